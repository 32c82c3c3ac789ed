import { expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import { fillRange } from '../../../src/domain/draws/draw.js';
import { GENERATORS } from '../../../src/domain/streams/generators.js';
import { uniformParameters } from '../../../src/domain/kernels/uniform.js';
import { cdfGap, gapBound, meanBound, meanOf } from '../../support/statistics.js';

function drawUniform(n: number, low: number, high: number): Float32Array {
  const out = new Float32Array(n);
  const root = GENERATORS['xoroshiro128+'].root(2024n, 'uniform.stats');
  fillRange({ dtype: 'float32', kind: 'stream', root, kernel: uniformParameters(low, high) }, 0, out);
  return out;
}

test('the distribution function is (x - low) / (high - low), and this test would notice x^1.02', () => {
  const sample = drawUniform(2 ** 20, 0, 1);
  expect(cdfGap(sample, (x) => x)).toBeLessThan(gapBound(sample.length));
  expect(
    cdfGap(
      sample.map((x) => x ** 1.02),
      (x) => x,
    ),
  ).toBeGreaterThan(gapBound(sample.length));
});

test('mean and variance of [-0.75, 0.75]', () => {
  const sample = drawUniform(2 ** 20, -0.75, 0.75);
  expect(Math.abs(meanOf(sample))).toBeLessThan(meanBound(sample.length, 1.5));
  const variance = 1.5 ** 2 / 12;
  expect(Math.abs(meanOf(sample, (x) => x * x) - variance)).toBeLessThan(meanBound(sample.length, 0.75 ** 2));
});

test('neighbouring elements, elements of neighbouring lanes and of neighbouring blocks are uncorrelated', () => {
  const sample = drawUniform(2 ** 20, -1, 1);
  for (const lag of [1, 2, 3, 8, 16, 65_536]) {
    // Given what comes before, each product has mean 0 and lies in [-1, 1]: Hoeffding's bound holds for such
    // martingale differences too (Azuma, Tohoku Math. J. 19(3), 1967, https://doi.org/10.2748/tmj/1178243286).
    const products = sample.subarray(lag).map((x, i) => x * at(sample, i));
    expect(Math.abs(meanOf(products)), `lag ${lag}`).toBeLessThan(meanBound(products.length, 2));
  }
});
