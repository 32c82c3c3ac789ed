/** A few cases of each campaign pass, and a faulty program does not. `npm run torture` runs many. */
import { readdirSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NOTHING_WRONG, torture } from '../support/torture.js';

test('runs that are killed at calls and at any moment, and resumed, leave the files of unbroken ones', async () => {
  const { code, stdout } = await torture('kills', '--seed', '102', '--cases', '4');
  expect(stdout).toMatch(NOTHING_WRONG);
  expect(stdout).toMatch(/kills at calls [1-9]/);
  expect(code).toBe(0);
});

test.each([
  ['makes its lock', '5000', '8'],
  ['merges', '100', '1'],
])('if a run is killed while it %s, the next one removes everything it left', async (_, seed, name) => {
  const { code, stdout } = await torture('kills', '--seed', seed, '--case', name);
  expect(stdout).toMatch(NOTHING_WRONG);
  expect(code).toBe(0);
});

const TAKEOVERS = [
  'first/shards/main 20 before',
  'second/single/main 15 after/third takes over',
  'pair/1',
  'pair/2',
];

test('runs that are stopped while another takes over, and then continued, change no finished file', async () => {
  const names = TAKEOVERS.flatMap((name) => ['--case', name]);
  const { code, stdout } = await torture('takeovers', '--seed', '1', ...names);
  expect(stdout).toMatch(/first stopped 1, second stopped 1, pairs 2, not reached 0/);
  expect(stdout).toMatch(NOTHING_WRONG);
  expect(code).toBe(0);
});

test('after a power failure a run resumes, and files with their names are whole', async ({ skip }) => {
  const { code, stdout } = await torture('power', '--seed', '1', '--case', '2', '--case', '3');
  const missing = /^skipped: (.*)$/m.exec(stdout)?.[1];
  skip(missing !== undefined, missing);
  expect(stdout).toMatch(NOTHING_WRONG);
  expect(stdout).toMatch(/power failures [1-9]/);
  expect(code).toBe(0);
});

test('a program whose files appear before they are whole is detected, and the case is reported and saved', async () => {
  const faulty = ['--cli', 'test/faults/careless-copier.mjs'];
  const { code, stdout } = await torture('kills', '--seed', '2', '--cases', '9', ...faulty);
  expect(stdout).toMatch(/^wrong bytes: /m);
  const told =
    /^ {2}again: npm run torture -- kills --seed 2 --case '(\d+)', left as (build\/torture\/\S+)$/gm;
  const saved = [...stdout.matchAll(told)].map(([, number = '', path = '']) => ({ number, path }));
  expect(saved.length).toBeGreaterThan(0);
  for (const { number, path } of saved) {
    expect(path).toBe(`build/torture/kills-2-${number}`);
    expect(readdirSync(path)).toContain('trace');
    rmSync(path, { recursive: true });
  }
  expect(code).toBe(1);
});
