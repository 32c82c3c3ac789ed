import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  combineAll,
  combineMoments,
  momentsOf,
  NO_MOMENTS,
  spreadOf,
  weightedMoments,
  type Moments,
} from '../../../src/domain/statistics/moments.js';

/** By the definition, in two passes. */
function twoPass(values: readonly number[]): Moments {
  if (values.length === 0) return NO_MOMENTS;
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const power = (k: number): number => values.reduce((sum, x) => sum + (x - mean) ** k, 0);
  return { count: values.length, mean, m2: power(2), m3: power(3), m4: power(4) };
}

function expectClose(actual: Moments, expected: Moments, scale: number): void {
  expect(actual.count).toBe(expected.count);
  const { count } = expected;
  for (const [key, power] of [
    ['mean', 1],
    ['m2', 2],
    ['m3', 3],
    ['m4', 4],
  ] as const) {
    const size = power === 1 ? scale : count * scale ** power;
    expect(Math.abs(actual[key] - expected[key]), key).toBeLessThanOrEqual(1e-12 * size);
  }
}

const anyValues = fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { maxLength: 60 });

test('moments from powers about any centre near the values equal those of two passes', () => {
  fc.assert(
    fc.property(anyValues, fc.double({ min: -1000, max: 1000, noNaN: true }), (values, centre) => {
      const sum = (k: number): number => values.reduce((total, x) => total + (x - centre) ** k, 0);
      const sums = { count: values.length, centre, s1: sum(1), s2: sum(2), s3: sum(3), s4: sum(4) };
      expectClose(momentsOf(sums), twoPass(values), 2000);
    }),
  );
});

test('parts combine to the whole, however it is cut', () => {
  fc.assert(
    fc.property(fc.array(anyValues, { maxLength: 9 }), (parts) => {
      expectClose(combineAll(parts.map(twoPass)), twoPass(parts.flat()), 2000);
    }),
  );
});

test('small whole numbers come out exact', () => {
  // 1 to 5: mean 3, sums of powers 10, 0, 34; kurtosis 34/5 / 2^2.
  const sums = { count: 5, centre: 1, s1: 10, s2: 30, s3: 100, s4: 354 };
  expect(momentsOf(sums)).toEqual({ count: 5, mean: 3, m2: 10, m3: 0, m4: 34 });
  const half = { count: 2, mean: 1, m2: 2, m3: 0, m4: 2 };
  // 0, 2 and 4, 6: mean 3, squares 9 + 1 + 1 + 9, fourth powers 81 + 1 + 1 + 81.
  expect(combineMoments(half, { ...half, mean: 5 })).toEqual({ count: 4, mean: 3, m2: 20, m3: 0, m4: 164 });
});

test('counted values have the same moments as each value repeated that often', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.nat(5)), { maxLength: 20 }),
      (entries) => {
        const counts = new Map(entries);
        const all = [...counts].flatMap(([value, count]) => new Array<number>(count).fill(value));
        expectClose(weightedMoments(counts), twoPass(all), 20);
      },
    ),
  );
});

test('a large mean costs no digits of the spread: 1e6 and two values 1e-3 apart', () => {
  const [a, b] = [1e6, 1e6 + 2 ** -10];
  const moments = combineAll(Array.from({ length: 1000 }, () => twoPass([a, b])));
  expect(spreadOf(moments)?.std).toBeCloseTo(2 ** -11, 12);
});

describe('spread', () => {
  test('kurtosis is Pearson’s: 1 for two values, 1.8 for many evenly spaced values', () => {
    expect(spreadOf(twoPass([-1, 1]))).toEqual({ mean: 0, std: 1, kurtosis: 1 });
    const row = twoPass(Array.from({ length: 1001 }, (_, i) => i));
    expect(spreadOf(row)?.kurtosis).toBeCloseTo(1.8, 5);
  });

  test('is undefined without values and beyond doubles; equal values have no kurtosis', () => {
    expect(spreadOf(NO_MOMENTS)).toBeUndefined();
    expect(spreadOf(twoPass([7, 7, 7]))).toEqual({ mean: 7, std: 0, kurtosis: undefined });
    expect(spreadOf(twoPass([1e300, -1e300]))).toBeUndefined();
    expect(spreadOf(twoPass([1e100, -1e100]))).toMatchObject({ std: 1e100, kurtosis: undefined });
  });
});
