/** The kernels hold the coefficients that the fits derive, digit by digit. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { compileBench } from '../support/bench.js';

beforeAll(compileBench);

const fit = (name: string): string =>
  execFileSync(process.execPath, ['build/bench/fit/main.js', name], { encoding: 'utf8' });

const kernels = (...names: readonly string[]): string =>
  names.map((name) => readFileSync(`src/domain/kernels/${name}.ts`, 'utf8')).join('');

test('float64: normal and truncated normal', () => {
  const derived = [...fit('float64').matchAll(/^const \w+ = (\S+);$/gm)].map(([, value]) => value);
  const source = kernels('normal64', 'truncated-normal64');
  expect(derived.length).toBeGreaterThan(60);
  expect(derived.filter((value) => value === undefined || !source.includes(value))).toEqual([]);
});

test('float32: truncated normal', () => {
  const derived = [...fit('truncated-normal').matchAll(/^ {2}(?:p\d|q[0-3]) .* exactly (\S+)$/gm)].map(
    ([, value]) => value,
  );
  const source = kernels('truncated-normal');
  expect(derived).toHaveLength(9);
  expect(derived.filter((value) => value === undefined || !source.includes(value))).toEqual([]);
});
