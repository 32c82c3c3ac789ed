import { expect, test } from 'vitest';
import { fillNormal64, normal64Parameters } from '../../../src/domain/kernels/normal64.js';
import {
  fillTruncatedNormal64,
  truncatedNormal64Parameters,
} from '../../../src/domain/kernels/truncated-normal64.js';
import { fillUniform64, uniform64Parameters } from '../../../src/domain/kernels/uniform64.js';
import { FALSE_ALARM, cdfGap, erf, gapBound, meanBound, meanOf } from '../../support/statistics.js';
import { drawWords } from '../../support/words64.js';

const N = 2 ** 20;

function draw<P>(
  kernel: (out: Float64Array, words: Uint32Array, parameters: P) => void,
  name: string,
  parameters: P,
) {
  const out = new Float64Array(N);
  kernel(out, drawWords(`${name}.stats`, N), parameters);
  return out;
}

const uniform = (low: number, high: number) =>
  draw(fillUniform64, 'uniform64', uniform64Parameters(low, high));
const truncated = (mean: number, std: number) =>
  draw(fillTruncatedNormal64, 'truncated-normal64', truncatedNormal64Parameters(mean, std));
const normal = (mean: number, std: number) => draw(fillNormal64, 'normal64', normal64Parameters(mean, std));

/** The standard normal truncated to [-2, 2]. */
const truncatedCdf = (z: number): number => (1 + erf(z / Math.SQRT2) / erf(Math.SQRT2)) / 2;

/** Phi by its all-positive series, error below 1e-14 for |z| <= 7: Marsaglia, J. Stat. Soft. 11(4), 2004, https://doi.org/10.18637/jss.v011.i04. */
function normalCdf(z: number): number {
  let term = z;
  let sum = z;
  for (let n = 3; n < 250; n += 2) sum += term *= (z * z) / n;
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

test('uniform: the distribution function, mean and variance', () => {
  const sample = uniform(-0.75, 0.75);
  expect(cdfGap(sample, (x) => x / 1.5 + 0.5)).toBeLessThan(gapBound(N));
  expect(Math.abs(meanOf(sample))).toBeLessThan(meanBound(N, 1.5));
  expect(Math.abs(meanOf(sample, (x) => x * x) - 1.5 ** 2 / 12)).toBeLessThan(meanBound(N, 0.75 ** 2));
});

test('truncated normal: the distribution function, and this test would notice a std of 1.02', () => {
  const sample = truncated(0, 1);
  expect(cdfGap(sample, truncatedCdf)).toBeLessThan(gapBound(N));
  const wider = sample.map((z) => Math.max(-2, Math.min(2, 1.02 * z)));
  expect(cdfGap(wider, truncatedCdf)).toBeGreaterThan(gapBound(N));
});

test('truncated normal: mean and variance, of mean 3 and std 0.5 as well', () => {
  const variance = 1 - (4 * Math.exp(-2)) / Math.sqrt(2 * Math.PI) / erf(Math.SQRT2);
  const sample = truncated(0, 1);
  expect(Math.abs(meanOf(sample))).toBeLessThan(meanBound(N, 4));
  expect(Math.abs(meanOf(sample, (z) => z * z) - variance)).toBeLessThan(meanBound(N, 4));
  expect(Math.abs(meanOf(truncated(3, 0.5)) - 3)).toBeLessThan(meanBound(N, 2));
});

test('normal: the distribution function, and this test would notice a std of 1.02', () => {
  const sample = normal(0, 1);
  expect(cdfGap(sample, normalCdf)).toBeLessThan(gapBound(N));
  expect(
    cdfGap(
      sample.map((z) => 1.02 * z),
      normalCdf,
    ),
  ).toBeGreaterThan(gapBound(N));
});

/**
 * A standard normal has no bounded range, so Hoeffding does not hold: the mean of n is normal with deviation n^-1/2, and the tail of a
 * normal is below exp(-t^2 / 2); n times the mean square is chi-squared, within n +- (2 sqrt(n t) + 2 t) except with probability
 * 2 exp(-t): Laurent, Massart, Ann. Statist. 28(5), 2000, https://doi.org/10.1214/aos/1015957395.
 */
test('normal: mean and variance, of mean 3 and std 0.5 as well', () => {
  const logarithm = Math.log(2 / FALSE_ALARM);
  const meanLimit = Math.sqrt((2 * logarithm) / N);
  const varianceLimit = 2 * Math.sqrt(logarithm / N) + (2 * logarithm) / N;
  const sample = normal(0, 1);
  expect(Math.abs(meanOf(sample))).toBeLessThan(meanLimit);
  expect(Math.abs(meanOf(sample, (z) => z * z) - 1)).toBeLessThan(varianceLimit);
  expect(Math.abs(meanOf(normal(3, 0.5)) - 3)).toBeLessThan(0.5 * meanLimit);
});

test('normal: the right number of values beyond 3 and beyond 4 standard deviations', () => {
  const sample = normal(0, 1);
  for (const bound of [3, 4]) {
    const expected = 2 * N * (1 - normalCdf(bound));
    const count = sample.filter((z) => Math.abs(z) > bound).length;
    // Bernstein's inequality for a binomial count: Boucheron, Lugosi, Massart, "Concentration Inequalities", 2013, section 2.8.
    const logarithm = Math.log(2 / FALSE_ALARM);
    const limit = logarithm / 3 + Math.sqrt((logarithm / 3) ** 2 + 2 * expected * logarithm);
    expect(Math.abs(count - expected)).toBeLessThan(limit);
    expect(count).toBeGreaterThan(0);
  }
});
