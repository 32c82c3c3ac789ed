/**
 * Value tests: each compares drawn values with the distribution that they should have, and gives a p value.
 * @module
 */
import { at } from '#built/base/at.js';
import type { Cells } from './laws.js';
import { chiSquarePValue, normalPValue } from './special-functions.js';

export interface Finding {
  readonly statistic: string;
  readonly pValue: number;
}

/** At this many cells a count of 2^24 values is 4,096 on average. */
export const CELLS = 2 ** 12;

/** Pearson's chi-square over cells. */
export function chiSquare(counts: ArrayLike<number>, shares: readonly number[], total: number): Finding {
  let sum = 0;
  shares.forEach((share, cell) => {
    const expected = share * total;
    sum += ((counts[cell] ?? 0) - expected) ** 2 / expected;
  });
  const degrees = shares.length - 1;
  return {
    statistic: `chi-square ${sum.toFixed(1)}, ${degrees} degrees`,
    pValue: chiSquarePValue(sum, degrees),
  };
}

export function countCells(values: ArrayLike<number>, { shares, cellOf }: Cells): Uint32Array {
  const counts = new Uint32Array(shares.length);
  for (let i = 0; i < values.length; i++) {
    const cell = cellOf(at(values, i));
    counts[cell] = at(counts, cell) + 1;
  }
  return counts;
}

/** Moments tested. */
export const MOST_MOMENT = 8;

/**
 * The mean of x^k against its expectation, for k from 1 to 8. The p value is 8 times the smallest of the eight, which is at least as
 * large as the right one (Bonferroni).
 * @param moments  E X^k for k from 0 to 16
 */
export function testMoments(values: ArrayLike<number>, moments: readonly number[]): Finding {
  const sums = new Float64Array(MOST_MOMENT + 1);
  for (let i = 0; i < values.length; i++) {
    const x = at(values, i);
    for (let k = 1, power = x; k <= MOST_MOMENT; k++, power *= x) sums[k] = at(sums, k) + power;
  }
  const scores = Array.from({ length: MOST_MOMENT }, (_, i) => {
    const k = i + 1;
    const deviation = Math.sqrt((at(moments, 2 * k) - at(moments, k) ** 2) / values.length);
    return (at(sums, k) / values.length - at(moments, k)) / deviation;
  });
  return furthest(scores, 'moments 1 to 8');
}

/** The p value of the standard normal score furthest from 0, corrected for their number (Bonferroni). A NaN among the values fails. */
export function furthest(scores: readonly number[], what: string): Finding {
  const score = scores.reduce((most, z) => (Math.abs(z) <= Math.abs(most) ? most : z), 0);
  return {
    statistic: `${what}: ${score.toFixed(2)} standard errors at most`,
    pValue: scores.some(Number.isNaN) ? 0 : Math.min(1, scores.length * normalPValue(score)),
  };
}

/** Correlation of elements this far apart, as a standard normal score. The values have mean 0. */
export function lagScore(values: ArrayLike<number>, lag: number, variance: number): number {
  let sum = 0;
  const count = values.length - lag;
  for (let i = 0; i < count; i++) sum += at(values, i) * at(values, i + lag);
  return sum / (variance * Math.sqrt(count));
}

/** Cells of each side of the square, CELLS of them in all. */
const SIDE = 64;

/** Chi-square of pairs (x, y) of values uniform on [-1, 1], in cells of a square. */
export function testPairs(x: ArrayLike<number>, y: ArrayLike<number>): Finding {
  const counts = new Uint32Array(SIDE * SIDE);
  const place = (value: number): number => Math.min(Math.floor(((value + 1) / 2) * SIDE), SIDE - 1);
  for (let i = 0; i < x.length; i++) {
    const cell = SIDE * place(at(x, i)) + place(at(y, i));
    counts[cell] = at(counts, cell) + 1;
  }
  return chiSquare(counts, new Array<number>(SIDE * SIDE).fill(1 / (SIDE * SIDE)), x.length);
}
