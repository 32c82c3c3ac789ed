/** Widths by name, against the documented formulas of torch, Keras and JAX in another language (vectors/schemes.py). */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { completeInit } from '../../../src/domain/recipes/init.js';
import { resolveRecipe } from '../../../src/domain/recipes/recipe.js';
import { computeFans, type ShapeLayout } from '../../../src/domain/recipes/fans.js';
import type { Scheme } from '../../../src/domain/recipes/schemes.js';

interface Row {
  readonly shape: readonly number[];
  readonly init: Omit<Scheme, 'kind'> & { readonly kind?: Scheme['kind'] };
  readonly fans: readonly [number, number];
  readonly width: number | null;
}

const rows = JSON.parse(readFileSync('test/vectors/schemes.json', 'utf8')) as readonly Row[];

test('fans are those of torch and of Keras, in 2 to 5 dimensions, grouped and transposed', () => {
  const layouts: readonly ShapeLayout[] = ['torch', 'keras'];
  for (const { shape, init, fans } of rows) {
    const layout = layouts.find((candidate) => candidate === init.layout) ?? expect.fail('no layout');
    expect(computeFans(shape, layout)).toEqual({ fanIn: fans[0], fanOut: fans[1] });
  }
  expect(new Set(rows.map(({ shape }) => shape.length))).toEqual(new Set([2, 3, 4, 5]));
});

test('limits and standard deviations agree to the last bit of a double', () => {
  let compared = 0;
  for (const { shape, init, width } of rows) {
    if (init.kind === undefined) continue;
    const { facts } = resolveRecipe(completeInit(init), { shape, dtype: 'float32' });
    expect(facts.limit ?? facts.std, JSON.stringify({ shape, init })).toBe(width);
    compared++;
  }
  expect(compared).toBeGreaterThan(900);
});
