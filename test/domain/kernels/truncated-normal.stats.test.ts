import { expect, test } from 'vitest';
import { fillRange } from '../../../src/domain/draws/draw.js';
import { GENERATORS } from '../../../src/domain/streams/generators.js';
import { truncatedNormalParameters } from '../../../src/domain/kernels/truncated-normal.js';
import { cdfGap, erf, gapBound, meanBound, meanOf } from '../../support/statistics.js';

function drawTruncatedNormal(n: number, mean: number, std: number): Float32Array {
  const out = new Float32Array(n);
  const root = GENERATORS['xoroshiro128+'].root(2024n, 'truncated-normal.stats');
  const kernel = truncatedNormalParameters(mean, std);
  fillRange({ dtype: 'float32', kind: 'stream', root, kernel }, 0, out);
  return out;
}

/** The standard normal truncated to [-2, 2]. */
const cdf = (z: number): number => (1 + erf(z / Math.SQRT2) / erf(Math.SQRT2)) / 2;
/** 1 - 4 phi(2) / (2 Phi(2) - 1): 0.77374. */
const VARIANCE = 1 - (4 * Math.exp(-2)) / Math.sqrt(2 * Math.PI) / erf(Math.SQRT2);

test('the distribution function is the truncated normal’s, and this test would notice a std of 1.02', () => {
  const sample = drawTruncatedNormal(2 ** 20, 0, 1);
  expect(cdfGap(sample, cdf)).toBeLessThan(gapBound(sample.length));
  const wider = sample.map((z) => Math.max(-2, Math.min(2, 1.02 * z)));
  expect(cdfGap(wider, cdf)).toBeGreaterThan(gapBound(sample.length));
});

test('mean and variance, of mean 3 and std 0.5 as well', () => {
  const n = 2 ** 20;
  const standard = drawTruncatedNormal(n, 0, 1);
  expect(Math.abs(meanOf(standard))).toBeLessThan(meanBound(n, 4));
  expect(Math.abs(meanOf(standard, (z) => z * z) - VARIANCE)).toBeLessThan(meanBound(n, 4));
  const shifted = drawTruncatedNormal(n, 3, 0.5);
  expect(Math.abs(meanOf(shifted) - 3)).toBeLessThan(meanBound(n, 2));
  expect(shifted.every((value) => value >= 2 && value <= 4)).toBe(true);
});
