/** The law of an entry of a random orthogonal matrix: its density is the slope of its distribution function. */
import { expect, test } from 'vitest';
import { orthogonalDistribution } from '../../../src/domain/statistics/orthogonal-distribution.js';

test.each([2, 3, 4, 7, 100, 4096])('of %i dimensions', (dimensions) => {
  const matrix = { rows: dimensions, columns: dimensions, gain: 1, first: 0 };
  const { density, shareBelow, std } = orthogonalDistribution(matrix, 'float64');
  if (density === undefined) throw new Error('the law has a density');
  for (const of of [-1.3, -0.5, 0.01, 0.4, 1.2]) {
    const [x, step] = [of * std, std / 1000];
    if (Math.abs(x) > 0.95) continue;
    const slope = (shareBelow(x + step) - shareBelow(x - step)) / (2 * step);
    expect(Math.abs(density(x) / slope - 1)).toBeLessThan(1e-4);
  }
  expect([density(1.001), density(-1.001)]).toEqual([0, 0]);
  expect([shareBelow(-1.001), shareBelow(1.001)].map((share) => Math.round(share * 1e9) / 1e9)).toEqual([
    0, 1,
  ]);
});
