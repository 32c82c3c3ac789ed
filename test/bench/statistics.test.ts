import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  divideRounds,
  fitExponent,
  fitLine,
  quantile,
  relativeSpread,
  summarise,
} from '../../bench/harness/statistics.js';

test('quantiles interpolate between order statistics, whatever the order of the sample', () => {
  expect(summarise([4, 1, 3, 2])).toEqual({ count: 4, q1: 1.75, median: 2.5, q3: 3.25 });
  expect(summarise([7])).toEqual({ count: 1, q1: 7, median: 7, q3: 7 });
  expect(quantile([10, 9, 100], 0.5)).toBe(10);
  expect(() => quantile([], 0.5)).toThrow(RangeError);
});

const samples = fc.array(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), { minLength: 1 });

test('half of a sample is on either side of its median, and the quartiles are in order', () => {
  fc.assert(
    fc.property(samples, (sample) => {
      const { q1, median, q3 } = summarise(sample);
      expect(q1).toBeLessThanOrEqual(median);
      expect(median).toBeLessThanOrEqual(q3);
      expect(sample.filter((x) => x < median).length).toBeLessThanOrEqual(sample.length / 2);
      expect(sample.filter((x) => x > median).length).toBeLessThanOrEqual(sample.length / 2);
    }),
  );
});

test('the spread is the interquartile range as a share of the median', () => {
  expect(relativeSpread(summarise([1, 2, 3, 4, 5]))).toBeCloseTo(2 / 3, 12);
});

test('rounds are divided one by one, and a round that one side lacks is left out', () => {
  expect(divideRounds([2, 9, 8], [1, 3])).toEqual([2, 3]);
});

test('lines and exponents are found again', () => {
  const xs = [1, 2, 4, 8];
  expect(fitLine(xs.map((x) => [x, 3 + 2 * x]))).toMatchObject({ slope: 2, intercept: 3, r2: 1 });
  const { slope, r2 } = fitExponent(xs.map((x) => [x, 5 * x ** 1.5]));
  expect(slope).toBeCloseTo(1.5, 12);
  expect(r2).toBeCloseTo(1, 12);
});
