/** Packed codes are the codes of the unpacked tensor, packed row by row: whole, in any range, by either kernel, on any threads. */
import fc from 'fast-check';
import { Engine, packCodes, SharedTensor, wage, wageVarianceScaling } from 'jumpfill';
import { afterAll, expect, test } from 'vitest';
import { fillRange, type Draw } from '../../../src/domain/draws/draw.js';
import {
  packCodes as packRows,
  packedColumns,
  PACKED_BITS,
} from '../../../src/domain/kernels/packed-codes.js';
import { makeDraw } from '../../../src/domain/recipes/draws.js';
import { completeInit } from '../../../src/domain/recipes/init.js';
import { resolveRecipe } from '../../../src/domain/recipes/recipe.js';
import { DEFAULT_GENERATOR } from '../../../src/domain/streams/generators.js';
import { expectSameBytes } from '../../support/bytes.js';
import { failureOf } from '../../support/failure.js';

const SOURCE = { generator: DEFAULT_GENERATOR, seed: 3n } as const;

function drawOf(
  shape: readonly number[],
  init: Parameters<typeof completeInit>[0],
  dtype: 'int8' | 'int32',
): Draw {
  const form = { name: 'w', dtype, shape };
  const recipe = resolveRecipe(completeInit(init), form, DEFAULT_GENERATOR);
  const elementCount = shape.reduce((product, size) => product * size, 1);
  return makeDraw(SOURCE, { ...form, elementCount, recipe }, undefined);
}

const anyLayer = fc.record({
  rows: fc.integer({ min: 1, max: 40 }),
  columns: fc.oneof(fc.integer({ min: 1, max: 70 }), fc.constantFrom(32_767, 32_768, 70_001)),
  bits: fc.constantFrom(...PACKED_BITS),
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  to: fc.double({ min: 0, max: 1, noNaN: true }),
});

test('any range of packed codes is that range of the codes, packed whole', () => {
  const law = fc.property(anyLayer, ({ rows, columns, bits, from, to }) => {
    const packedShape = [rows, packedColumns(columns, bits)];
    const length = rows * packedColumns(columns, bits);
    const codes = new Int8Array(rows * columns);
    fillRange(drawOf([rows, columns], { kind: 'wage', bits, codes: true }, 'int8'), 0, codes);
    const whole = new Int32Array(length);
    packRows(whole, codes, columns, bits);
    const [start, end] = [from, to].map((part) => Math.round(part * length)).sort((a, b) => a - b);
    const out = new Int32Array((end ?? 0) - (start ?? 0));
    const init = { kind: 'wage', bits, codes: 'pack-quantized', unpacked_shape: [rows, columns] } as const;
    fillRange(drawOf(packedShape, init, 'int32'), start ?? 0, out);
    expectSameBytes(out, whole.subarray(start, end));
  });
  fc.assert(law, { numRuns: 60 });
});

const engines = [1, 2, 3, 7].flatMap((threads) => [
  new Engine({ threads, seed: 3n }),
  new Engine({ threads, seed: 3n, simd: false }),
]);
afterAll(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
});

test('an int32 tensor is filled with what packCodes packs, by any threads and kernels', async () => {
  const shape = [600, 1_003];
  const codes = SharedTensor.empty(shape, { dtype: 'int8', name: 'w' });
  await new Engine({ threads: 1, seed: 3n }).fill(codes, wageVarianceScaling({ bits: 4, codes: true }));
  const expected = packCodes(codes, 4).weight_packed;
  for (const engine of engines) {
    const packed = SharedTensor.empty([600, packedColumns(1_003, 4)], { dtype: 'int32', name: 'w' });
    await engine.fill(
      packed,
      wageVarianceScaling({ bits: 4, codes: 'pack-quantized', unpacked_shape: shape }),
    );
    expectSameBytes(packed.data, expected);
    expect([packed.step, packed.weightScale]).toEqual([codes.step, codes.weightScale]);
  }
});

const packed = SharedTensor.empty([4, 2], { dtype: 'int32', name: 'w' });
test.each([
  ['no unpacked shape', 'BAD_OPTION', packed, wage({ bits: 4, codes: 'pack-quantized' })],
  [
    'an unpacked shape of int8 codes',
    'BAD_OPTION',
    packed,
    wage({ bits: 4, codes: true, unpacked_shape: [4, 16] }),
  ],
  ['3 bits', 'BAD_BITS', packed, wage({ bits: 3, codes: 'pack-quantized', unpacked_shape: [4, 16] })],
  ['other columns', 'BAD_SHAPE', packed, wage({ bits: 4, codes: 'pack-quantized', unpacked_shape: [4, 17] })],
  ['other rows', 'BAD_SHAPE', packed, wage({ bits: 4, codes: 'pack-quantized', unpacked_shape: [5, 16] })],
  [
    'three dimensions',
    'BAD_SHAPE',
    packed,
    wage({ bits: 4, codes: 'pack-quantized', unpacked_shape: [4, 4, 4] }),
  ],
  [
    'half a dimension',
    'BAD_SHAPE',
    packed,
    wage({ bits: 4, codes: 'pack-quantized', unpacked_shape: [4, 1.5] }),
  ],
  [
    'another dtype',
    'BAD_DTYPE',
    SharedTensor.empty([4, 2], { dtype: 'int8' }),
    wage({ bits: 4, codes: 'pack-quantized', unpacked_shape: [4, 16] }),
  ],
] as const)('%s is refused', async (_, code, tensor, init) => {
  const [engine] = engines;
  expect(await failureOf(engine?.fill(tensor, init) ?? Promise.resolve())).toMatchObject({ code });
});
