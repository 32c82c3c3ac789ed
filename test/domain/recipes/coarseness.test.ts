/** A recipe is coarse in a dtype that has few values in the recipe's range; this test counts them by drawing. */
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, normal, SharedTensor, type Dtype, type InitInput } from 'jumpfill';
import { at } from '../../../src/base/at.js';
import { completeInit } from '../../../src/domain/recipes/init.js';
import { findCoarseness, type Coarseness } from '../../../src/domain/recipes/coarseness.js';
import { resolveRecipe } from '../../../src/domain/recipes/recipe.js';

const engine = new Engine({ threads: 1, seed: 3n });
afterAll(() => engine.close());

const coarsenessOf = (dtype: Dtype, init: InitInput, shape = [64, 1024]): Coarseness | undefined => {
  const form = { shape, dtype, name: 'w' };
  return findCoarseness(resolveRecipe(completeInit(init), form), form);
};

describe.each([
  // A recipe, and how many values of the dtype lie where nearly all of its values do.
  ['bfloat16', { kind: 'normal', mean: 5, std: 0.01 }, 1],
  ['bfloat16', { kind: 'truncated_normal', mean: 5, std: 0.02 }, 3],
  ['bfloat16', { kind: 'uniform', low: 1, high: 1.03 }, 4],
  ['float16', { kind: 'normal', mean: -1000, std: 0.4 }, 5],
  ['float16', { kind: 'normal', std: 2 ** -24 }, 7],
  ['float32', { kind: 'normal', mean: 1e6, std: 0.05 }, 5],
  ['float32', { kind: 'truncated_normal', mean: 1e6, std: 0.1, low: 4, high: Infinity }, 1],
  ['float64', { kind: 'uniform', low: 1, high: 1 + 2 ** -51 }, 3],
] as const)('%s, %o', (dtype, init, values) => {
  test('is coarse, and nearly all that is drawn is one of those values', async () => {
    const coarseness = coarsenessOf(dtype, init);
    expect(coarseness?.values).toBe(values);
    const tensor = SharedTensor.empty([64, 1024], { dtype, name: 'w' });
    await engine.fill(tensor, init);
    const counts = new Map<number, number>();
    for (const element of tensor.data) counts.set(element, (counts.get(element) ?? 0) + 1);
    // One more on either side, to which what lies between is rounded.
    const most = [...counts.values()].sort((a, b) => b - a).slice(0, values + 2);
    expect(most.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0.98 * tensor.length);
  });
});

test.each([
  ['bfloat16', { kind: 'normal', mean: 5, std: 0.1 }],
  ['bfloat16', { kind: 'normal', std: 0.01 }],
  ['bfloat16', { kind: 'he_normal' }],
  ['bfloat16', { kind: 'wage', bits: 8 }],
  ['bfloat16', { kind: 'ones' }],
  ['bfloat16', { kind: 'normal', mean: 5, std: 0 }],
  ['float16', { kind: 'normal', std: 1e-6 }],
  ['float32', { kind: 'normal', mean: 5, std: 0.01 }],
  ['float32', { kind: 'truncated_normal', low: 6, high: 7 }],
  ['float64', { kind: 'normal', mean: 1e6, std: 0.01 }],
  ['int8', { kind: 'wage', bits: 2, codes: true }],
] as const)('%s is fine enough for %o', (dtype, init) => {
  expect(coarsenessOf(dtype, init)).toBeUndefined();
});

test('what is fine enough keeps its standard deviation within 2.4 %, what is coarse may not', async () => {
  const stdOf = async (std: number): Promise<number> => {
    const tensor = SharedTensor.empty([2 ** 18], { dtype: 'bfloat16', name: 'w' });
    await engine.fill(tensor, normal({ mean: 5, std }));
    // bfloat16 is the upper half of a float32.
    const values = Array.from(tensor.data, (bits) =>
      at(new Float32Array(Uint32Array.of(bits << 16).buffer), 0),
    );
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
  };
  // Steps of 2^-5.
  const least = 2 ** -5 / 0.7;
  expect(coarsenessOf('bfloat16', { kind: 'normal', mean: 5, std: least })).toBeUndefined();
  expect(Math.abs((await stdOf(least)) / least - 1)).toBeLessThan(0.024);
  expect(coarsenessOf('bfloat16', { kind: 'normal', mean: 5, std: 0.01 })).toBeDefined();
  expect(Math.abs((await stdOf(0.01)) / 0.01 - 1)).toBeGreaterThan(0.05);
});

test('a model with such tensors causes one warning for all that are alike', async () => {
  const init = { kind: 'normal', mean: 5, std: 0.01 };
  const spec = {
    tensors: Array.from('abcde', (name) => ({ name, shape: [4, 4], dtype: 'bfloat16', init })),
  };
  const { warnings, tensors } = await engine.planCheckpoint(spec);
  expect(warnings).toEqual([
    '5 tensors ("a", "b", "c" and 2 more): bfloat16 has only 1 value from 4.97 to 5.03, where nearly all values of the recipe lie. A wider dtype, or values nearer to 0, would keep their distribution.',
  ]);
  expect(tensors[0]?.coarseness).toEqual({ values: 1, low: 4.97, high: 5.03 });
});

test("what torch's generator draws is as coarse as what the default generator does", () => {
  for (const [dtype, init] of [
    ['bfloat16', { kind: 'normal', mean: 5, std: 0.01 }],
    ['bfloat16', { kind: 'uniform', low: 1, high: 1.03 }],
    ['float16', { kind: 'truncated_normal', mean: -1000, std: 0.4 }],
    ['float32', { kind: 'normal', mean: 1e6, std: 0.05 }],
    ['float32', { kind: 'normal' }],
  ] as const) {
    const form = { shape: [64, 64], dtype, name: 'w' };
    const recipe = resolveRecipe(completeInit(init), form, 'torch');
    expect(findCoarseness(recipe, form)).toEqual(coarsenessOf(dtype, init, form.shape));
  }
});
