/** What is expected of whole numbers is exactly what their levels say, however many there are. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { completeInit, type InitInput } from '../../../src/domain/recipes/init.js';
import { resolveRecipe } from '../../../src/domain/recipes/recipe.js';
import { expectedDistributionOf } from '../../../src/domain/statistics/expected-distribution.js';
import { levelDistribution, type ExpectedDistribution } from '../../../src/domain/statistics/laws.js';
import type { Dtype } from '../../../src/domain/tensors/dtypes.js';

function expectedOf(given: InitInput, dtype: Dtype): ExpectedDistribution {
  const form = { shape: [10], dtype, name: 'w' } as const;
  return expectedDistributionOf(resolveRecipe(completeInit(given), form), form) ?? expect.fail('nothing');
}

const evenly = (low: number, count: number): ExpectedDistribution =>
  levelDistribution(new Map(Array.from({ length: count }, (_, i) => [low + i, 1 / count])));

test('256 numbers or fewer are levels, more have a density, and both have the same moments and shares', () => {
  const law = fc.property(
    fc.integer({ min: -500, max: 500 }),
    fc.integer({ min: 1, max: 700 }),
    (low, count) => {
      const found = expectedOf({ kind: 'integers', low, high: low + count }, 'int32');
      const exact = evenly(low, count);
      expect(found.levels === undefined).toBe(count > 256);
      for (const figure of ['lowest', 'highest', 'mean', 'std'] as const)
        expect(found[figure]).toBeCloseTo(exact[figure], 9);
      if (count > 1) expect(found.kurtosis).toBeCloseTo(exact.kurtosis ?? NaN, 9);
      for (const x of [low - 0.5, low + 0.5, low + count / 3 + 0.01, low + count - 0.5])
        expect(found.shareBelow(x)).toBeCloseTo(exact.shareBelow(x), 9);
    },
  );
  fc.assert(law, { numRuns: 200, seed: 13 });
});

test.each([
  [
    { kind: 'bernoulli', p: 0.25 },
    'float32',
    [
      [0, 0.75],
      [1, 0.25],
    ],
  ],
  [{ kind: 'bernoulli', p: 1 }, 'bool', [[1, 1]]],
  [
    { kind: 'rademacher', scale: 3 },
    'int16',
    [
      [-3, 0.5],
      [3, 0.5],
    ],
  ],
  [
    { kind: 'rademacher', scale: 0.1 },
    'bfloat16',
    [
      [-0.10009765625, 0.5],
      [0.10009765625, 0.5],
    ],
  ],
  [
    { kind: 'bits' },
    'bool',
    [
      [0, 0.5],
      [1, 0.5],
    ],
  ],
] as const)('%o as %s has the levels %o', (init, dtype, levels) => {
  expect([...(expectedOf(init, dtype).levels ?? [])]).toEqual(levels);
});

test.each([
  ['int8', -128, 127],
  ['uint16', 0, 65_535],
  ['int64', -(2 ** 63), 2 ** 63],
  ['uint64', 0, 2 ** 64],
] as const)('the bits of %s reach from %d to %d, as doubles', (dtype, lowest, highest) => {
  expect(expectedOf({ kind: 'bits' }, dtype)).toMatchObject({ lowest, highest });
});
