/** Verdicts on invented figures: which means and standard deviations must be noticed, and which must not. */
import { expect, test } from 'vitest';
import type { ValueBins } from '../../../src/domain/statistics/value-bins.js';
import type { Figures } from '../../../src/domain/statistics/figures.js';
import type { ExpectedDistribution } from '../../../src/domain/statistics/laws.js';
import { findReasons } from '../../../src/domain/statistics/verdict.js';

/** Uniform on [-1, 1]. */
const UNIFORM: ExpectedDistribution = {
  lowest: -1,
  highest: 1,
  mean: 0,
  std: Math.sqrt(1 / 3),
  kurtosis: 1.8,
  shareBelow: (x) => Math.min(Math.max((x + 1) / 2, 0), 1),
  density: () => 0.5,
  blurAt: () => 0,
  blur: 0,
};
const NO_BINS: ValueBins = {
  lows: new Float64Array(),
  highs: new Float64Array(),
  counts: new Float64Array(),
};

const reasonsOf = (finiteCount: number, mean: number, std: number, expected = UNIFORM): string[] => {
  const none = { zeros: 0, nans: 0, positiveInfinities: 0, negativeInfinities: 0 };
  const figures: Figures = { ...none, finiteCount, min: -0.99, max: 0.99, mean, std };
  return findReasons(figures, NO_BINS, expected);
};

test('the spread is judged about the expected mean: a std can be right about a wrong mean', () => {
  // 20 elements: the mean may be off by 1.3, the mean square by 0.76.
  expect(reasonsOf(20, 0, UNIFORM.std)).toEqual([]);
  expect(reasonsOf(20, 0.5, Math.sqrt(1 / 3 - 0.25))).toEqual([]);
  expect(reasonsOf(20, 0.95, UNIFORM.std)).toEqual([
    expect.stringMatching(/^std is 0\.57735, expected 0\.57735/),
  ]);
});

test('a shift or a stretch beyond chance is noticed, and the blur of the kernels is allowed for', () => {
  const n = 1e6;
  // Bernstein's bounds at a million: 0.0039 for the mean, 0.002 for the mean square.
  expect(reasonsOf(n, 0.0035, UNIFORM.std)).toEqual([]);
  expect(reasonsOf(n, 0.0045, UNIFORM.std)).toEqual([expect.stringMatching(/^mean is 0\.0045/)]);
  expect(reasonsOf(n, 0, UNIFORM.std * 1.001)).toEqual([]);
  expect(reasonsOf(n, 0, UNIFORM.std * 1.004)).toEqual([expect.stringMatching(/^std is 0\.57966/)]);
  expect(reasonsOf(n, 0.0045, UNIFORM.std, { ...UNIFORM, blur: 0.001 })).toEqual([]);
});
