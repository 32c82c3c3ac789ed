import { describe, expect, test } from 'vitest';
import { standardLaw } from '../../../src/domain/arithmetic/normal-law.js';
import { erf } from '../../support/statistics.js';

const distribution = (z: number): number => (1 + erf(z / Math.SQRT2)) / 2;
const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

test('without bounds it is the normal distribution', () => {
  const law = standardLaw(-Infinity, Infinity);
  expect(law).toMatchObject({ mean: 0 });
  expect(law.std).toBeCloseTo(1, 13);
  expect(law.kurtosis).toBeCloseTo(3, 12);
  for (const z of [-2.5, -1, 0, 0.3, 2]) {
    expect(law.shareBelow(z)).toBeCloseTo(distribution(z), 12);
    expect(law.density(z)).toBeCloseTo(density(z), 12);
  }
});

describe('between bounds that lose no digits it agrees with the textbook', () => {
  // Johnson, Kotz, Balakrishnan, "Continuous univariate distributions" 1, 1994, section 13.10.1.
  test.each([
    [-2, 2],
    [-1, 2.5],
    [0.5, 1.5],
    [-2.5, -0.25],
  ])('%d to %d', (low, high) => {
    const law = standardLaw(low, high);
    const mass = distribution(high) - distribution(low);
    const mean = (density(low) - density(high)) / mass;
    const variance = 1 + (low * density(low) - high * density(high)) / mass - mean * mean;
    expect(law.mean).toBeCloseTo(mean, 11);
    expect(law.std).toBeCloseTo(Math.sqrt(variance), 11);
    for (const share of [0.1, 0.5, 0.9]) {
      const z = low + share * (high - low);
      expect(law.shareBelow(z)).toBeCloseTo((distribution(z) - distribution(low)) / mass, 11);
      expect(law.density(z)).toBeCloseTo(density(z) / mass, 11);
    }
    expect([law.shareBelow(low), law.shareBelow(high), law.density(high + 1e-9)]).toEqual([0, 1, 0]);
  });
});

test('far out it approaches an exponential distribution: mean 1/a beyond the bound, kurtosis 9', () => {
  const law = standardLaw(1e4, Infinity);
  expect((law.mean - 1e4) * 1e4).toBeCloseTo(1, 6);
  expect(law.std * 1e4).toBeCloseTo(1, 6);
  expect(law.kurtosis).toBeCloseTo(9, 5);
  expect(law.shareBelow(1e4 + 1e-4)).toBeCloseTo(1 - Math.exp(-1), 6);
});
