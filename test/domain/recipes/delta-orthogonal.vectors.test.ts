/** Where JAX puts the matrix of delta_orthogonal: test/vectors/jax_patterns.py. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import { fillRange } from '../../../src/domain/draws/draw.js';
import { makeDraw } from '../../../src/domain/recipes/draws.js';
import { completeInit } from '../../../src/domain/recipes/init.js';
import { resolveRecipe } from '../../../src/domain/recipes/recipe.js';
import { countElements } from '../../../src/domain/tensors/shapes.js';

interface Row {
  readonly shape: readonly number[];
  readonly gain: number;
  readonly nonzero: readonly number[];
  /** Of each row of the matrix. */
  readonly norm: number;
}
const rows = JSON.parse(readFileSync('test/vectors/jax_patterns.json', 'utf8')) as readonly Row[];

function drawDelta({ shape, gain }: Row): Float64Array {
  const form = { name: 'w', shape, dtype: 'float64' } as const;
  const elementCount = countElements(shape);
  const recipe = resolveRecipe(completeInit({ kind: 'delta_orthogonal', gain }), form);
  const stream = { generator: 'xoroshiro128+', seed: 1n } as const;
  const out = new Float64Array(elementCount);
  fillRange(makeDraw(stream, { ...form, elementCount, recipe }, undefined), 0, out);
  return out;
}

test.each(rows)("delta_orthogonal of $shape has its matrix where JAX has it, with JAX's norm", (row) => {
  const out = drawDelta(row);
  expect([...out].flatMap((value, i) => (value === 0 ? [] : [i]))).toEqual(row.nonzero);
  const outputs = row.shape.at(-1) ?? 0;
  for (let i = 0; i < row.nonzero.length; i += outputs) {
    const squares = row.nonzero.slice(i, i + outputs).map((element) => at(out, element) ** 2);
    expect(Math.sqrt(squares.reduce((sum, square) => sum + square, 0))).toBeCloseTo(row.norm, 5);
  }
});

test('the vectors have kernels of even and of odd sizes', () => {
  const sizes = new Set(rows.flatMap(({ shape }) => shape.slice(0, -2).map((k) => k % 2)));
  expect([...sizes].sort()).toEqual([0, 1]);
});
