/** Verdicts on invented figures: which means and standard deviations must be noticed, and which must not. */
import { describe, expect, test } from 'vitest';
import type { ValueBins } from '../../../src/domain/statistics/value-bins.js';
import type { Figures } from '../../../src/domain/statistics/figures.js';
import type { ExpectedDistribution } from '../../../src/domain/statistics/laws.js';
import { FALSE_ALARM, findReasons } from '../../../src/domain/statistics/verdict.js';

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

describe('what chance allows', () => {
  /** Two sides of three checks share the probability. */
  const log = Math.log(6 / FALSE_ALARM);
  const bernstein = (n: number, variance: number, reach: number): number => {
    const linear = (reach * log) / 3;
    return (linear + Math.sqrt(linear ** 2 + 2 * n * variance * log)) / n;
  };
  /** The least x that is flagged, of a figure that is worse the larger it is. */
  function leastFlagged(isFlagged: (x: number) => boolean): number {
    let [low, high] = [0, 4];
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2;
      if (isFlagged(middle)) high = middle;
      else low = middle;
    }
    return high;
  }

  test.each([40, 1000, 1e6, 1e12])(
    "of %d elements is Bernstein's bound, of the mean and of the mean square",
    (n) => {
      const variance = 1 / 3;
      const mean = leastFlagged((x) => reasonsOf(n, x, Math.sqrt(Math.max(variance - x * x, 0))).length > 0);
      expect(mean / bernstein(n, variance, 1)).toBeCloseTo(1, 6);
      // The variance of the square is 1/5 - 1/9, and it is at most 2/3 from 1/3.
      const square = leastFlagged((x) => reasonsOf(n, 0, Math.sqrt(variance + x)).length > 0);
      expect(square / bernstein(n, 4 / 45, 2 / 3)).toBeCloseTo(1, 6);
    },
  );

  test('reaches from the mean square down to 0 as well as up: rare zeros among ±1 are no reason', () => {
    const RARE: ExpectedDistribution = { ...UNIFORM, std: Math.sqrt(0.9), kurtosis: 1 / 0.9 };
    // A tenth are 0; of 20 elements 12 are with a probability of 5e-8.
    expect(reasonsOf(20, 0, Math.sqrt(8 / 20), RARE)).toEqual([]);
    expect(reasonsOf(2000, 0, Math.sqrt(800 / 2000), RARE)).toEqual([expect.stringMatching(/^std is/)]);
  });

  test('the blur may move the mean square, and no more than that is allowed for it', () => {
    const blurred = { ...UNIFORM, blur: 0.001 };
    const [std, n] = [UNIFORM.std, 1e14];
    expect(reasonsOf(n, 0, std + 0.00099, blurred)).toEqual([]);
    expect(reasonsOf(n, 0, std + 0.00105, blurred)).toEqual([expect.stringMatching(/^std is/)]);
  });

  /** Half of the values and `more` are below 0, the others above. */
  const halves = (n: number, more: number): ValueBins => ({
    lows: Float64Array.of(-1, 0),
    highs: Float64Array.of(0, 1),
    counts: Float64Array.of(n / 2 + more, n / 2 - more),
  });
  const shapeReasons = (n: number, share: number, expected = UNIFORM): string[] => {
    const none = { zeros: 0, nans: 0, positiveInfinities: 0, negativeInfinities: 0 };
    const figures: Figures = { ...none, finiteCount: n, min: -1, max: 1, mean: 0, std: UNIFORM.std };
    return findReasons(figures, halves(n, Math.round(n * share)), expected);
  };

  test.each([1000, 1e6])(
    "of %d elements is Massart's bound of the distribution function, on both sides",
    (n) => {
      const allowed = Math.sqrt(log / (2 * n)) + 2 ** -23;
      for (const side of [-1, 1]) {
        expect(shapeReasons(n, side * (allowed - 1 / n))).toEqual([]);
        expect(shapeReasons(n, side * (allowed + 1 / n))).toEqual([expect.stringMatching(/ of the values /)]);
      }
    },
  );

  test('of any number of elements is two points of a float32 lattice, and what the expected shares may be wrong by', () => {
    const n = 2 ** 52;
    const chance = Math.sqrt(log / (2 * n));
    for (const [error, expected] of [
      [0, UNIFORM],
      [1e-4, { ...UNIFORM, shareError: 1e-4 }],
    ] as const) {
      const allowed = 2 ** -23 + error + chance;
      expect(shapeReasons(n, allowed * 0.999, expected)).toEqual([]);
      expect(shapeReasons(n, allowed * 1.001, expected)).toHaveLength(1);
    }
  });

  test('values within the blur of an edge may lie on either side of it', () => {
    const blurred = { ...UNIFORM, blurAt: () => 0.01 };
    const n = 1e12;
    // The interval of the blur has half a percent of the values on each side.
    for (const side of [-1, 1]) {
      expect(shapeReasons(n, side * 0.0049, blurred)).toEqual([]);
      expect(shapeReasons(n, side * 0.0051, blurred)).toHaveLength(1);
      expect(shapeReasons(n, side * 0.0049)).toHaveLength(1);
    }
  });
});

test('NaN and infinities are reasons, each with its number, and so are values beyond the bounds', () => {
  const figures: Figures = {
    ...{ finiteCount: 10, min: -1.5, max: 1.25, mean: 0, std: 0.5, zeros: 0 },
    ...{ nans: 1, positiveInfinities: 2, negativeInfinities: 3 },
  };
  expect(findReasons(figures, NO_BINS, UNIFORM)).toEqual([
    ...['1 element is NaN', '2 elements are Infinity', '3 elements are -Infinity'],
    ...['min is -1.5, below -1', 'max is 1.25, above 1'],
  ]);
});

/** Upstream's truncated normal in standard deviations. */
const LEAKY: ExpectedDistribution = {
  ...UNIFORM,
  lowest: -5.8,
  highest: 5.8,
  std: 0.88,
  kurtosis: 2.37,
  leak: { low: -2, high: 2, share: 4.3e-6, isFine: true },
};

describe('the number of values that leak', () => {
  /** The numbers that are accepted: from the first to the last. */
  function acceptedOf(n: number): readonly [number, number] {
    const none = { zeros: 0, nans: 0, positiveInfinities: 0, negativeInfinities: 0 };
    const figures: Figures = { ...none, finiteCount: n, min: -3, max: 3, mean: 0, std: LEAKY.std };
    const accepted = Array.from({ length: 700 }, (_, beyond) => beyond).filter(
      (beyond) => findReasons(figures, NO_BINS, LEAKY, beyond).length === 0,
    );
    return [accepted[0] ?? NaN, accepted.at(-1) ?? NaN];
  }

  /** Poisson's, which is the binomial's limit for rare events. */
  function probabilityOf(mean: number, isCounted: (k: number) => boolean): number {
    let probability = Math.exp(-mean);
    let sum = 0;
    for (let k = 0; k < 3000; k++) {
      if (isCounted(k)) sum += probability;
      probability *= mean / (k + 1);
    }
    return sum;
  }

  test.each([1000, 1e5, 1e6, 1e7, 6e7])(
    'of %d elements: too many or too few are flagged by chance with less than a quarter of FALSE_ALARM, but not with far less',
    (n) => {
      const [first, last] = acceptedOf(n);
      const mean = n * 4.3e-6;
      const tooMany = probabilityOf(mean, (k) => k > last);
      expect(tooMany).toBeLessThan(FALSE_ALARM / 8);
      // Not far below what chance allows: one value fewer would be too strict by little.
      expect(probabilityOf(mean, (k) => k >= last - 1)).toBeGreaterThan(FALSE_ALARM / 1e4);
      if (first > 0) expect(probabilityOf(mean, (k) => k < first)).toBeLessThan(FALSE_ALARM / 8);
      // Ten million elements without a leak are nobody's draw of upstream's.
      expect(first > 0).toBe(mean > Math.log(8 / FALSE_ALARM));
    },
  );

  test('costs the other checks nothing: a std is judged as of values within the bounds', () => {
    const judge = (std: number, leak: ExpectedDistribution['leak']): string[] => {
      const tight = { ...UNIFORM, lowest: -2, highest: 2, std: LEAKY.std, kurtosis: 2.37 };
      return reasonsOf(10_000, 0, std, leak ? { ...LEAKY, leak } : tight);
    };
    const leastFlagged = (leak: ExpectedDistribution['leak']): number =>
      Array.from({ length: 200 }, (_, i) => i / 1000).find((by) => judge(0.88 * (1 + by), leak).length > 0) ??
      NaN;
    expect(leastFlagged(undefined)).toBeCloseTo(0.044, 2);
    expect(leastFlagged(LEAKY.leak) / leastFlagged(undefined)).toBeLessThan(1.06);
    // By the reach of the values that leak it would be a third more.
    expect(
      leastFlagged({ ...LEAKY.leak, isFine: false } as ExpectedDistribution['leak']) /
        leastFlagged(undefined),
    ).toBeGreaterThan(1.25);
  });

  test("Bernstein's inequality holds with the reaches that verdicts use: the moments of the leak are within them", () => {
    // Integrals of |z|^q over the normal's tails and its middle; q! / 2 V (b / 3)^(q - 2) must exceed their mix, for values and squares.
    const step = 1 / 512;
    const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const integral = (from: number, to: number, f: (z: number) => number): number => {
      let sum = 0;
      for (let z = from + step / 2; z < to; z += step) sum += 2 * f(z) * density(z) * step;
      return sum;
    };
    const missed = integral(2, 12, () => 1);
    const mix = (f: (z: number) => number): number =>
      ((1 - missed ** 4) / (1 - missed)) * integral(0, 2, f) + missed ** 3 * integral(2, 12, f);
    const variance = mix((z) => z * z);
    const ofSquares = mix((z) => (z * z - variance) ** 2);
    let factorial = 2;
    for (let q = 3; q <= 40; q++) {
      factorial *= q;
      expect(mix((z) => z ** q)).toBeLessThan((factorial / 2) * variance * (2 / 3) ** (q - 2));
      expect(mix((z) => Math.abs(z * z - variance) ** q)).toBeLessThan(
        (factorial / 2) * ofSquares * (8 / 3) ** (q - 2),
      );
    }
  });
});
