import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  divideRounds,
  fitLine,
  fitRelatively,
  quantile,
  relativeSpread,
  summarise,
} from '../../bench/measure/statistics.js';

test('quantiles interpolate between order statistics, for any order of the sample', () => {
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

test('both fits recover a line', () => {
  const points = [1, 2, 4, 8].map((x) => [x, 3 + 2 * x] as const);
  expect(fitLine(points)).toEqual({ slope: 2, intercept: 3 });
  const { slope, intercept, largestResidual } = fitRelatively(points);
  expect(slope).toBeCloseTo(2, 12);
  expect(intercept).toBeCloseTo(3, 12);
  expect(largestResidual).toBeLessThan(1e-12);
});

test('the relative fit weighs small points as much as large ones, and would notice a power of 1.1', () => {
  const xs = [20, 22, 24, 26, 28].map((exponent) => 2 ** exponent);
  const { intercept, largestResidual } = fitRelatively(xs.map((x, i) => [x, 100 + x * (1 + (i % 2) / 100)]));
  expect(Math.abs(intercept)).toBeLessThan(0.03 * 2 ** 20);
  expect(largestResidual).toBeLessThan(0.01);
  expect(fitRelatively(xs.map((x) => [x, x ** 1.1])).largestResidual).toBeGreaterThan(0.05);
});
