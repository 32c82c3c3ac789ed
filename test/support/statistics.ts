/**
 * Bounds for statistical tests: a correct kernel, freshly seeded, fails with probability at most FALSE_ALARM a check.
 * (Seeds are fixed, so a test that passes once always passes; the bound matters when a kernel or a seed changes.)
 */
import { at } from '../../src/base/at.js';

export const FALSE_ALARM = 1e-9;

/** The number of points of a sample that are compared: a distribution function takes microseconds. */
const COMPARED = 2 ** 16;

/**
 * Largest distance between the sample's distribution function and F: the Kolmogorov-Smirnov statistic, or up to 1 / COMPARED less,
 * as both functions grow by no more than that from one compared point of a larger sample to the next.
 */
export function cdfGap(sample: Float32Array | Float64Array, cdf: (x: number) => number): number {
  const sorted = Float64Array.from(sample).sort();
  const step = Math.max(1, Math.floor(sorted.length / COMPARED));
  let gap = 0;
  for (let i = 0; i < sorted.length; i += step) {
    const expected = cdf(at(sorted, i));
    gap = Math.max(gap, Math.abs(expected - i / sorted.length), Math.abs((i + 1) / sorted.length - expected));
  }
  return gap;
}

/**
 * P(gap > bound) <= FALSE_ALARM at any n: Massart, Ann. Probab. 18(3), 1990, https://doi.org/10.1214/aop/1176990746.
 * At n = 2^20: 0.0032.
 */
export const gapBound = (n: number): number => Math.sqrt(Math.log(2 / FALSE_ALARM) / (2 * n));

/**
 * P(|mean - expected| > bound) <= FALSE_ALARM for values within an interval of this width: Hoeffding, J. Amer. Statist.
 * Assoc. 58, 1963, https://doi.org/10.1080/01621459.1963.10500830.
 */
export const meanBound = (n: number, width: number): number =>
  width * Math.sqrt(Math.log(2 / FALSE_ALARM) / (2 * n));

export function meanOf(sample: Float32Array | Float64Array, term: (x: number) => number = (x) => x): number {
  let sum = 0;
  for (const x of sample) sum += term(x);
  return sum / sample.length;
}

/** erf by its Maclaurin series, for |x| <= 2: terms alternate and shrink, error below 1e-13. */
export function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 60; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
