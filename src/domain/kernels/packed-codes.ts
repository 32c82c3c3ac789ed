/**
 * Codes of 2, 4 or 8 bits packed into int32, in the layout of compressed-tensors' `pack-quantized` format.
 *
 * Rows are packed on their own, along the last dimension. Code j of a row becomes the unsigned number code + 2^(bits-1) and
 * takes the bits from j * bits on: the first code lies lowest in its int32. The last int32 of a row is filled up with
 * unsigned 0, so a row takes ceil(columns * bits / 32) of them. Source: `pack_to_int32` of github.com/vllm-project/compressed-tensors
 * (src/compressed_tensors/compressors/pack_quantized/helpers.py at 54f44f2; older releases, which pad every int32, agree
 * for widths that divide 32). Its readers take 4 and 8 bits for Linear layers; 2 bits is the same layout.
 *
 * Names in a file: `weight_packed` int32 [rows, packedColumns], `weight_shape` int64, the unpacked shape, and `weight_scale`, there the
 * value of one code: step / weightScale, not WAGE's weight_scale (codes.ts).
 * @module
 */
import { int32At, int8At } from '../arithmetic/typed-at.js';

/** The widths that divide an int32 evenly, and that readers know. */
export const PACKED_BITS = [2, 4, 8] as const;
export type PackedBits = (typeof PACKED_BITS)[number];

export const PACKED_DTYPE = 'int32';
export const PACKED_ITEM_BITS = 32;

/** The number of int32 that a row takes. */
export const packedColumns = (columns: number, bits: PackedBits): number =>
  Math.ceil((columns * bits) / PACKED_ITEM_BITS);

/**
 * @param out      shape [rows, packedColumns(columns, bits)], overwritten
 * @param codes    shape [rows, columns], each within -2^(bits-1) and 2^(bits-1) - 1
 * @param columns  the last dimension
 */
export function packCodes(out: Int32Array, codes: Int8Array, columns: number, bits: PackedBits): void {
  const codesPerItem = PACKED_ITEM_BITS / bits;
  const offset = 2 ** (bits - 1);
  let next = 0;
  // Read once: V8 14 (Node 26) may take a length from 2^31 on for a negative one in the condition of a loop.
  const total = codes.length;
  for (let row = 0; row < total; row += columns) {
    for (let first = 0; first < columns; first += codesPerItem) {
      const count = Math.min(codesPerItem, columns - first);
      let packed = 0;
      for (let i = 0; i < count; i++) packed |= (int8At(codes, row + first + i) + offset) << (i * bits);
      out[next++] = packed;
    }
  }
}

/**
 * @param out      shape [rows, columns], overwritten with codes
 * @param packed   shape [rows, packedColumns(columns, bits)]
 */
export function unpackCodes(out: Int8Array, packed: Int32Array, columns: number, bits: PackedBits): void {
  const codesPerItem = PACKED_ITEM_BITS / bits;
  const offset = 2 ** (bits - 1);
  const mask = 2 ** bits - 1;
  const rowItems = packedColumns(columns, bits);
  const total = out.length;
  for (let i = 0; i < total; i++) {
    const row = Math.floor(i / columns);
    const column = i - row * columns;
    const item = int32At(packed, row * rowItems + Math.floor(column / codesPerItem));
    out[i] = ((item >>> ((column % codesPerItem) * bits)) & mask) - offset;
  }
}
