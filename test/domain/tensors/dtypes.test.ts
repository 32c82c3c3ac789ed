/** What a normal needs of a dtype: a standard deviation that leaves something of it. */
import { expect, test } from 'vitest';
import { resolveRecipe } from '../../../src/domain/recipes/recipe.js';

test.each([
  ['float32', 2 ** -126],
  ['float64', 2 ** -950],
  ['float16', 2 ** -24],
  ['bfloat16', 2 ** -126],
  ['float8_e4m3fn', 2 ** -11],
  ['float8_e5m2', 2 ** -18],
] as const)('the least standard deviation of %s is %d, and half of it is refused', (dtype, least) => {
  const resolve = (std: number): object =>
    resolveRecipe({ kind: 'normal', mean: 0, std }, { shape: [4], dtype, name: 'w' });
  expect(resolve(least)).toMatchObject({ kind: 'stream' });
  expect(() => resolve(least / 2)).toThrow(`As a ${dtype} so small a std has no precision left`);
});
