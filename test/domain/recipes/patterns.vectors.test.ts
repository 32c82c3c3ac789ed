/** Where torch.nn.init puts ones and how many zeros: test/vectors/torch_patterns.py. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fillRange } from '../../../src/domain/draws/draw.js';
import { makeDraw } from '../../../src/domain/recipes/draws.js';
import { completeInit, type InitInput } from '../../../src/domain/recipes/init.js';
import { resolveRecipe } from '../../../src/domain/recipes/recipe.js';
import { countElements } from '../../../src/domain/tensors/shapes.js';

interface Ones {
  readonly shape: readonly number[];
  readonly ones: readonly number[];
}
interface Vectors {
  readonly eye: readonly Ones[];
  readonly dirac: readonly (Ones & { readonly groups: number })[];
  readonly sparse: readonly {
    readonly shape: readonly [number, number];
    readonly sparsity: number;
    readonly zeros: readonly number[];
  }[];
}
const vectors = JSON.parse(readFileSync('test/vectors/torch_patterns.json', 'utf8')) as Vectors;

function drawOf(init: InitInput, shape: readonly number[]): Float32Array {
  const form = { name: 'w', shape, dtype: 'float32' } as const;
  const elementCount = countElements(shape);
  const recipe = resolveRecipe(completeInit(init), form);
  const draw = makeDraw(
    { generator: 'xoroshiro128+', seed: 1n },
    { ...form, elementCount, recipe },
    undefined,
  );
  const out = new Float32Array(elementCount);
  fillRange(draw, 0, out);
  return out;
}

const onesOf = (out: Float32Array): number[] => [...out].flatMap((value, i) => (value === 1 ? [i] : []));

describe('ones lie where torch has them:', () => {
  test.each(vectors.eye)('eye $shape', ({ shape, ones }) => {
    expect(onesOf(drawOf({ kind: 'eye' }, shape))).toEqual(ones);
  });

  test.each(vectors.dirac)('dirac $shape in $groups groups', ({ shape, groups, ones }) => {
    expect(onesOf(drawOf({ kind: 'dirac', groups }, shape))).toEqual(ones);
  });
});

test.each(vectors.sparse)('sparse $sparsity of $shape has as many zeros', ({ shape, sparsity, zeros }) => {
  const out = drawOf({ kind: 'sparse', sparsity }, shape);
  const [, columns] = shape;
  const counts = zeros.map(
    (_, column) => out.filter((value, i) => i % columns === column && value === 0).length,
  );
  expect(counts).toEqual(zeros);
});
