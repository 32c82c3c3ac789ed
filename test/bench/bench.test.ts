/** The bench as a program: questions, results, targets and mistakes. test/bench/bench.slow.test.ts asks every question. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Results } from '../../bench/measure/answer.js';
import { QUESTIONS } from '../../bench/questions.js';
import { compileBench, runBench, type Ended } from '../support/bench.js';
import { listFolder, makeFolder } from '../support/folder.js';
import { slowTest } from '../support/thorough.js';

beforeAll(compileBench);

const bench = (...parameters: string[]): Ended => runBench(parameters);

test('one question is answered with bytes checked, in JSON and nothing else, and leaves results and a page', () => {
  const out = makeFolder();
  const { status, stdout, stderr } = bench('kernels', '--quick', '--json', '--out', out);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '... kernels\n' });
  const { answers, machine } = JSON.parse(stdout) as Results;
  expect(machine).toMatchObject({ node: expect.stringContaining(process.version) as string });
  expect(answers.map(({ name }) => name)).toEqual(['kernels']);
  const labels = answers
    .flatMap(({ tables }) => tables)
    .flatMap(({ rows }) => rows.map(({ label }) => label));
  expect(labels).toContain('memory.fill');
  expect(listFolder(out)).toEqual(['index.html', 'results.json']);
  expect(JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'))).toEqual(JSON.parse(stdout));
});

test('without results no target is measured, and none is missed', () => {
  const { status, stdout } = bench('targets', '--out', makeFolder());
  expect(status).toBe(0);
  expect(stdout).not.toMatch(/ NO /);
});

test('--list and --help name every question', () => {
  const [list, help] = [bench('--list').stdout, bench('--help').stdout];
  for (const { name, asks } of QUESTIONS) {
    expect(list).toContain(asks);
    expect(help).toMatch(new RegExp(`^  ${name} `, 'm'));
  }
});

slowTest('a later run replaces what it asked and keeps the rest', () => {
  const out = makeFolder();
  expect(bench('jumps', '--quick', '--out', out).status).toBe(0);
  const { status, stdout } = bench('kernels', '--quick', '--json', '--out', out);
  expect(status).toBe(0);
  const { answers } = JSON.parse(stdout) as Results;
  expect(answers.map(({ name, machine: { command = '' } }) => [name, command.includes(name)])).toEqual([
    ['kernels', true],
    ['jumps', true],
  ]);
});

slowTest(
  'a question that fails is left out with its reason, the others are answered, and the exit code is 1',
  () => {
    const nowhere = join(makeFolder(), 'nowhere');
    const out = makeFolder();
    const { status, stdout, stderr } = runBench(
      ['files', 'jumps', '--quick', '--json', '--out', out],
      nowhere,
    );
    expect(status).toBe(1);
    expect(stderr).toContain('bench: files: Error: ENOENT');
    const { answers } = JSON.parse(stdout) as Results;
    const parts = answers.map(({ name, tables, leftOut = [] }) => [name, tables.length, leftOut.length]);
    expect(parts).toEqual([
      ['files', 0, 1],
      ['jumps', 1, 0],
    ]);
  },
);

slowTest("a spec of one's own is timed and leaves no file behind", () => {
  const files = makeFolder();
  const parameters = ['model', 'bench/models/vgg7-wage.json', '--quick', '--out', makeFolder()];
  const { status, stdout } = runBench(parameters, files);
  expect(status).toBe(0);
  expect(stdout).toMatch(/writeCheckpoint, 8 tensors +\d/);
  expect(listFolder(files)).toEqual([]);
});

test('an unknown name ends with exit code 2 and a list of the names', () => {
  const { status, stderr } = bench('krenels');
  expect(status).toBe(2);
  expect(stderr).toContain('Did you mean "kernels"?');
});
