/** The bench as a program: built, run as small as it goes, and read. No number of it is held against another. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { Results } from '../../bench/measure/answer.js';
import { countThreads } from '../../src/engine/host/threads.js';
import { listFolder, makeFolder } from '../support/folder.js';

const BENCH = 'build/bench/main.js';
const TSC = 'node_modules/.bin/tsc';

beforeAll(() => {
  execFileSync(process.execPath, [TSC, '-p', 'tsconfig.bench.json'], { stdio: 'inherit' });
});

/** Where the bench writes files for a moment. */
let files = '';
beforeEach(() => {
  files = makeFolder();
});

const listQuestions = (): string[] =>
  bench('--list')
    .stdout.trim()
    .split('\n')
    .map((line) => line.replace(/ .*/, ''));

/** A comparison that takes two threads. */
const needsTwoThreads = (label: string): boolean => label.endsWith(' over 1');

function bench(...parameters: string[]): Ended {
  return benchIn(files, ...parameters);
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function benchIn(folder: string, ...parameters: string[]): Ended {
  return spawnSync(process.execPath, [BENCH, ...parameters], {
    encoding: 'utf8',
    env: { ...process.env, JUMPFILL_BENCH_FOLDER: folder },
  });
}

test('one question is answered with bytes checked, in JSON and nothing else, and leaves results and a page', () => {
  const out = makeFolder();
  const { status, stdout, stderr } = bench('kernels', '--quick', '--json', '--out', out);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '... kernels\n' });
  const { answers, machine } = JSON.parse(stdout) as Results;
  expect(machine).toMatchObject({ node: expect.stringContaining(process.version) as string });
  expect(answers.map(({ name }) => name)).toEqual(['targets', 'kernels']);
  const labels = answers
    .flatMap(({ tables }) => tables)
    .flatMap(({ rows }) => rows.map(({ label }) => label));
  expect(labels).toContain('memory.fill');
  expect(listFolder(out)).toEqual(['index.html', 'results.json']);
  expect(JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'))).toEqual(JSON.parse(stdout));
});

test('every question is answered or says why not, and every target finds its number', () => {
  const out = makeFolder();
  const { status, stderr } = bench(...listQuestions(), '--quick', '--out', out);
  expect({ status, failures: stderr.match(/^bench: .*$/gm) }).toEqual({ status: 0, failures: null });
  const { answers } = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')) as Results;
  expect(answers.map(({ name }) => name)).toEqual(['targets', ...listQuestions()]);
  for (const { name, tables, leftOut = [] } of answers) {
    expect({ name, parts: tables.length + leftOut.length }).not.toEqual({ name, parts: 0 });
  }
  const isLeftOut = (bench: string): boolean =>
    answers.some(({ name, tables }) => name === bench && tables.length === 0);
  const targets = answers.flatMap(({ tables }) =>
    tables.flatMap((table) => (table.kind === 'targets' ? table.rows : [])),
  );
  expect(targets.length).toBeGreaterThan(20);
  for (const { label, value, command, unjudged } of targets) {
    const mayLack =
      isLeftOut(command.split(' ').at(-1) ?? '') || (needsTwoThreads(label) && countThreads() < 2);
    if (!mayLack) expect({ label, value }).toEqual({ label, value: expect.any(Number) as number });
    if (value !== undefined) expect(unjudged).toBe('--quick');
  }
});

test('a later run replaces what it asked and keeps the rest', () => {
  const out = makeFolder();
  expect(bench('jumps', '--quick', '--out', out).status).toBe(0);
  const { status, stdout } = bench('kernels', '--quick', '--json', '--out', out);
  expect(status).toBe(0);
  const { answers } = JSON.parse(stdout) as Results;
  expect(answers.map(({ name, machine: { command = '' } }) => [name, command.includes(name)])).toEqual([
    ['targets', false],
    ['kernels', true],
    ['jumps', true],
  ]);
});

test('a question that fails is left out with its reason, the others are answered, and the exit code is 1', () => {
  const nowhere = join(files, 'nowhere');
  const out = makeFolder();
  const { status, stdout, stderr } = benchIn(nowhere, 'files', 'jumps', '--quick', '--json', '--out', out);
  expect(status).toBe(1);
  expect(stderr).toContain('bench: files: Error: ENOENT');
  const { answers } = JSON.parse(stdout) as Results;
  const parts = answers.map(({ name, tables, leftOut = [] }) => [name, tables.length, leftOut.length]);
  expect(parts.slice(1)).toEqual([
    ['files', 0, 1],
    ['jumps', 1, 0],
  ]);
});

test("a spec of one's own is timed and leaves no file behind", () => {
  const out = makeFolder();
  const { status, stdout } = bench('model', 'bench/models/vgg7-wage.json', '--quick', '--out', out);
  expect(status).toBe(0);
  expect(stdout).toMatch(/writeCheckpoint, 8 tensors +\d/);
  expect(listFolder(files)).toEqual([]);
});

test('an unknown name ends with exit code 2 and the names there are', () => {
  const { status, stderr } = bench('krenels');
  expect(status).toBe(2);
  expect(stderr).toContain('Did you mean "kernels"?');
});
