/** SIMD against the specification: any draw, any range, in place and through the scratch. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { fillRange, type Draw } from '../../src/domain/draws/draw.js';
import { DTYPES, elementsAt } from '../../src/domain/tensors/dtypes.js';
import { SCRATCH_BYTES } from '#built/engine/fillers/filler.js';
import { compileRevectorized, compileSimd } from '#built/engine/simd/code.js';
import { SimdFiller } from '#built/engine/simd/simd-filler.js';
import { allocateMemory } from '#built/engine/memory/wasm.js';
import { expectSameBytes } from './bytes.js';
import { anyBlock } from './random.js';
import { HAS_REVECTORIZER } from './revectorizer.js';

export const BLOCK = 65_536;
export const LONGEST = 3 * BLOCK;
const GUARD = 64;

/** Revectorized code is other code of the processor. */
const codes = [compileSimd(), ...(HAS_REVECTORIZER ? [compileRevectorized()] : [])];
const fillers = codes.map((code) => new SimdFiller(code, SCRATCH_BYTES));
const BYTES = 8 * LONGEST + 9 * GUARD;
const memory = allocateMemory(BYTES) ?? expect.fail('no memory');
const plain = new SharedArrayBuffer(BYTES);
const expected = new ArrayBuffer(8 * LONGEST);

/** The third is where the range goes, in elements. */
export type Range = readonly [start: number, count: number, offset: number];

/** Fills the range in place and through the scratch; both equal the specification, and nothing around it is touched. */
export function expectParity(draw: Draw, [start, count, offset]: Range): void {
  const { byteWidth } = DTYPES[draw.dtype];
  const wanted = elementsAt(draw.dtype, expected, 0, count);
  fillRange(draw, start, wanted);
  for (const filler of fillers) {
    for (const buffer of [memory.buffer, plain]) {
      const bytes = new Uint8Array(buffer);
      const byteOffset = offset * byteWidth;
      const end = byteOffset + byteWidth * count;
      const around = [bytes.subarray(0, byteOffset), bytes.subarray(end, end + GUARD)];
      for (const side of around) side.fill(0xaa);
      if (buffer === plain) filler.fillBuffer(draw, start, count, plain, byteOffset);
      else filler.fillMemory(draw, start, count, memory, byteOffset);
      const where = `${JSON.stringify({ ...draw, root: [] })} from ${start}, ${count} elements at ${offset}`;
      expectSameBytes(bytes.subarray(byteOffset, end), wanted, where);
      for (const side of around)
        expect(
          side.every((byte) => byte === 0xaa),
          where,
        ).toBe(true);
    }
  }
}

const anyWord = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
export const anyRoot = fc.tuple(anyWord, anyWord, anyWord, anyWord);
const anyOffset = fc.nat(GUARD / 8);
const anyPlace = fc.oneof(
  fc.nat(40),
  fc.nat(BLOCK - 1),
  fc.nat(40).map((before) => BLOCK - 1 - before),
);
const anyStart = fc
  .tuple(fc.oneof(fc.nat(3), anyBlock), anyPlace)
  .map(([block, place]) => Math.min(block * BLOCK + place, 2 ** 53 - 1 - LONGEST));
const anyCount = fc.oneof(fc.nat(140), fc.nat(10_000), fc.nat(LONGEST));
export const anyRange: fc.Arbitrary<Range> = fc.tuple(anyStart, anyCount, anyOffset);
