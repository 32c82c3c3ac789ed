/** The bench as a program: built, run as small as it goes, and read. No number of it is looked at. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { Results } from '../../bench/harness/answer.js';
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

function bench(...parameters: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [BENCH, ...parameters], {
    encoding: 'utf8',
    env: { ...process.env, JUMPFILL_BENCH_FOLDER: files },
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

test("a spec of one's own is timed and leaves no file behind", () => {
  const out = makeFolder();
  const { status, stdout } = bench('model', 'bench/models/vgg7-wage.json', '--quick', '--out', out);
  expect(status).toBe(0);
  expect(stdout).toMatch(/initModel, 8 tensors +\d/);
  expect(listFolder(files)).toEqual([]);
});

test('an unknown name ends with exit code 2 and the names there are', () => {
  const { status, stderr } = bench('krenels');
  expect(status).toBe(2);
  expect(stderr).toContain('Did you mean "kernels"?');
});
