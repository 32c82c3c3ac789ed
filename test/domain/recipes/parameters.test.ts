/** Lists in initialisers: holes are no numbers, and what metadata could not hold is refused. */
import { expect, test } from 'vitest';
import { completeInit } from '../../../src/domain/recipes/init.js';
import { orthogonal, values } from '../../../src/domain/recipes/initialisers.js';
import { MOST_INIT_VALUES } from '../../../src/domain/recipes/init-size.js';
import { resolveRecipe } from '../../../src/domain/recipes/recipe.js';

const HOLED = Object.assign(Array<number>(3), { 0: 1, 2: 3 });

test('a list with a hole is refused where it is made', () => {
  expect(() => values({ values: HOLED })).toThrow(/values must be an array of finite numbers/);
  expect(() => orthogonal({ batch_axis: HOLED })).toThrow(/batch_axis must be a dimension/);
});

test('rows may have as many values as metadata hold, and no more', () => {
  const list = (count: number): object => ({ kind: 'values', values: Array<number>(count).fill(1) });
  const resolve = (count: number): object =>
    resolveRecipe(
      completeInit({
        kind: 'zeros',
        rows: [
          { from: 0, to: 1, init: list(count) },
          { from: 1, to: 2, init: list(count) },
        ],
      } as never),
      { shape: [2, count], dtype: 'float32', name: 'w' },
    );
  expect(() => resolve(MOST_INIT_VALUES / 2)).toThrow(/values, those of its rows among them/);
  expect(resolve(MOST_INIT_VALUES / 2 - 10)).toMatchObject({ kind: 'pieces' });
});
