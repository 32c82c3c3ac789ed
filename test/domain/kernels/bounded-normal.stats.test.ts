import { expect, test } from 'vitest';
import { GENERATORS } from '../../../src/domain/streams/generators.js';
import { boundedNormalParameters } from '../../../src/domain/kernels/bounded-normal.js';
import { boundedNormal64Parameters } from '../../../src/domain/kernels/bounded-normal64.js';
import { normalParameters } from '../../../src/domain/kernels/normal.js';
import { depth } from '../../../src/domain/arithmetic/normal-tail.js';
import type { DoubleKernel, FloatKernel } from '../../../src/domain/kernels/kernel.js';
import { fillBySimd } from '../../support/simd-draws.js';
import { FALSE_ALARM, cdfGap, gapBound, meanOf } from '../../support/statistics.js';
import { casesOf } from '../../support/thorough.js';

/** At the least that lets every test notice what it would notice. */
const N = casesOf({ few: 2 ** 19, all: 2 ** 20 });

function draw(kernel: FloatKernel): Float32Array {
  const out = new Float32Array(new SharedArrayBuffer(4 * N));
  const root = GENERATORS['xoroshiro128+'].root(2024n, 'bounded-normal.stats');
  fillBySimd({ dtype: 'float32', kind: 'stream', root, kernel }, out);
  return out;
}

function drawDoubles(kernel: DoubleKernel): Float64Array {
  const out = new Float64Array(new SharedArrayBuffer(8 * N));
  const root = GENERATORS['xoroshiro128+'].root(2024n, 'bounded-normal64.stats');
  fillBySimd({ dtype: 'float64', kind: 'stream', root, kernel }, out);
  return out;
}

/**
 * low, high, then mean and standard deviation of the truncated normal, 12 digits or more, from
 * m = (phi(low) - phi(high)) / (Q(low) - Q(high)) and v = 1 + (low phi(low) - high phi(high)) / (Q(low) - Q(high)) - m^2 with mpmath 1.3.0 at 80
 * digits (400 for low = 1000): Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1, 1994, section 13.10.1.
 */
const MOMENTS = [
  [6, 7, 6.1572109033782798, 0.150825664651],
  [20, Infinity, 20.049753068527850542, 0.0496312564323],
  [-40, -39.9, -39.923161943563494616, 0.0208693479206],
  [5, 5.0001, 5.0000499958332915689, 2.88675132742e-5],
  [-1, 30, 0.28759997093917836, 0.793527747326],
  [-0.001, 0.001, 0, 0.0005773502307],
  [-Infinity, -3, -3.2830986549304365, 0.265629792729],
  [0.3, 8, 0.9981659688584717, 0.550558343203],
  [-3, 0.5, -0.5037344585049451, 0.686955342297],
  [1000, Infinity, 1000.00099999800001, 0.00099999700002],
] as const;

/** P(|mean of N - expected| > bound) is about FALSE_ALARM: the normal quantile of 5e-10, by the central limit theorem. */
const DEVIATIONS = 6.11;

test.each(MOMENTS)(
  '[%d, %d]: mean and distribution function, for mean 0 and for the mean that takes the anchor to 0',
  (low, high, mean, sd) => {
    const anchor = low > 0 ? low : high < 0 ? high : 0;
    for (const offset of [0, -anchor]) {
      const sample = draw(boundedNormalParameters(offset, 1, low, high));
      // Rounding a value to float32 moves it by half an ulp at most, either way.
      const ulp = offset === 0 && anchor !== 0 ? 2 ** (Math.floor(Math.log2(Math.abs(anchor))) - 23) : 0;
      expect(Math.abs(meanOf(sample, (z) => z - offset - anchor) - (mean - anchor))).toBeLessThan(
        (DEVIATIONS * sd) / Math.sqrt(N) + ulp / 2,
      );
      expect(sample.every((z) => z - offset >= low && z - offset <= high)).toBe(true);
      if (ulp === 0) expect(cdfGap(sample, distribution(low, high, anchor))).toBeLessThan(gapBound(N));
    }
  },
);

test.each(MOMENTS)('[%d, %d] in float64: mean and distribution function', (low, high, mean, sd) => {
  const anchor = low > 0 ? low : high < 0 ? high : 0;
  const distances = drawDoubles(boundedNormal64Parameters(-anchor, 1, low, high));
  expect(Math.abs(meanOf(distances) - (mean - anchor))).toBeLessThan((DEVIATIONS * sd) / Math.sqrt(N));
  expect(cdfGap(distances, distribution(low, high, anchor))).toBeLessThan(gapBound(N));
  const sample = drawDoubles(boundedNormal64Parameters(0, 1, low, high));
  expect(sample.every((z) => z >= low && z <= high)).toBe(true);
  // The same words: the anchor is added, and rounding moves a value by half an ulp.
  expect(
    sample.every(
      (z, i) => Math.abs(z - anchor - (distances[i] ?? NaN)) <= 2 ** -52 * Math.max(1, Math.abs(z)),
    ),
  ).toBe(true);
});

/** Of z less the anchor, from the depth of its distance; normal-tail.test.ts holds depth against numbers from elsewhere. */
function distribution(low: number, high: number, anchor: number): (delta: number) => number {
  const a = Math.abs(anchor);
  const mass = (delta: number): number => -Math.expm1(-depth(a, delta));
  const below = low < anchor ? mass(anchor - low) : 0;
  const above = high > anchor ? mass(high - anchor) : 0;
  return (delta) => (below + Math.sign(delta) * mass(Math.abs(delta))) / (below + above);
}

test('would notice a bound that is 2 % off, and a tail that is 2 % too heavy', () => {
  expect(FALSE_ALARM).toBe(1e-9);
  const sample = draw(boundedNormalParameters(-6, 1, 6, 7));
  expect(cdfGap(sample, distribution(6.12, 7.12, 6.12))).toBeGreaterThan(gapBound(N));
  const doubles = drawDoubles(boundedNormal64Parameters(-6, 1, 6, 7));
  expect(cdfGap(doubles, distribution(6.12, 7.12, 6.12))).toBeGreaterThan(gapBound(N));
  expect(
    cdfGap(
      sample.map((delta) => 1.02 * delta),
      distribution(6, 7, 6),
    ),
  ).toBeGreaterThan(gapBound(N));
});

test('normal: mean 0, variance 1, distribution function; and would notice a std of 1.02', () => {
  const sample = draw(normalParameters(0, 1));
  const cdf = distribution(-Infinity, Infinity, 0);
  expect(cdfGap(sample, cdf)).toBeLessThan(gapBound(N));
  expect(
    cdfGap(
      sample.map((z) => 1.02 * z),
      cdf,
    ),
  ).toBeGreaterThan(gapBound(N));
  expect(Math.abs(meanOf(sample))).toBeLessThan(DEVIATIONS / Math.sqrt(N));
  // The variance of z^2 is 2.
  expect(Math.abs(meanOf(sample, (z) => z * z) - 1)).toBeLessThan(DEVIATIONS * Math.sqrt(2 / N));
});
