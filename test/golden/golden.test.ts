import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const golden = JSON.parse(readFileSync('test/golden/golden.json', 'utf8')) as unknown;

function print(environment: Readonly<Record<string, string>>): unknown {
  const env = { ...process.env, ...environment };
  return JSON.parse(execFileSync(process.execPath, ['test/golden/print.mjs'], { encoding: 'utf8', env }));
}

test('the bytes follow the byte contract', () => {
  expect(print({})).toEqual(golden);
});

test('the specification alone gives the same', () => {
  expect(print({ JUMPFILL_SIMD: '0' })).toEqual(golden);
});
