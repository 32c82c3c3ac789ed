import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packCodes, packedColumns, unpackCodes } from '../../../src/domain/kernels/packed-codes.js';

const anyBits = fc.constantFrom(2 as const, 4 as const, 8 as const);

function pack(codes: number[], columns: number, bits: 2 | 4 | 8): number[] {
  const out = new Int32Array((codes.length / columns) * packedColumns(columns, bits));
  packCodes(out, Int8Array.from(codes), columns, bits);
  return [...out].map((word) => word >>> 0);
}

test('the example in pack_to_int32: 8-bit 1 and 2 become 129 and 130, in the low bytes, filled up with 0', () => {
  expect(pack([1, 2], 2, 8)).toEqual([0x00008281]);
});

test('by hand: eight 4-bit codes per int32, the first one lowest, each plus 8', () => {
  expect(pack([-7, -1, 0, 1, 7, 2, -3, 4], 8, 4)).toEqual([0xc5af9871]);
});

test('by hand: sixteen 2-bit codes per int32, each plus 2; a row of 17 takes two, the second filled up', () => {
  const row = [0, 1, -1, ...new Array<number>(13).fill(0), 1];
  expect(pack([...row, ...row], 17, 2)).toEqual([0xaaaaaa9e, 3, 0xaaaaaa9e, 3]);
});

test('unpacking gives the codes back for any shape', () => {
  const anyShape = fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 70 }), anyBits, fc.nat());
  const law = fc.property(anyShape, ([rows, columns, bits, seed]) => {
    const largest = 2 ** (bits - 1) - 1;
    const codes = Int8Array.from(
      { length: rows * columns },
      (_, i) => ((Math.imul(seed + i, 0x9e3779b1) >>> 8) % (2 * largest + 1)) - largest,
    );
    const packed = new Int32Array(rows * packedColumns(columns, bits));
    packCodes(packed, codes, columns, bits);
    const again = new Int8Array(codes.length);
    unpackCodes(again, packed, columns, bits);
    expect(again).toEqual(codes);
  });
  fc.assert(law);
});
