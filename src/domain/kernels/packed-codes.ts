/**
 * Codes of 2, 4 or 8 bits packed into int32 words, in the layout of compressed-tensors' `pack-quantized` format.
 *
 * Rows are packed on their own, along the last dimension. Code j of a row becomes the unsigned number code + 2^(bits-1) and
 * takes the bits from j * bits on: the first code lies lowest in its word. The last word of a row is filled up with
 * unsigned 0, so a row is ceil(columns * bits / 32) words. Source: `pack_to_int32` of github.com/vllm-project/compressed-tensors
 * (src/compressed_tensors/compressors/pack_quantized/helpers.py at 54f44f2; older releases, which pad every word, agree
 * for widths that divide 32). Its readers take 4 and 8 bits for Linear layers; 2 bits is the same layout.
 *
 * Names in a file: `weight_packed` int32 [rows, words], `weight_shape` int64, the shape unpacked, and `weight_scale`, which
 * there is what one code is worth: step / weightScale, not WAGE's weight_scale (codes.ts).
 * @module
 */
export type PackedBits = 2 | 4 | 8;

const WORD_BITS = 32;

/** Words of one row. */
export const packedColumns = (columns: number, bits: PackedBits): number =>
  Math.ceil((columns * bits) / WORD_BITS);

/**
 * @param out      shape [rows, packedColumns(columns, bits)], overwritten
 * @param codes    shape [rows, columns], each within -2^(bits-1) and 2^(bits-1) - 1
 * @param columns  the last dimension
 */
export function packCodes(out: Int32Array, codes: Int8Array, columns: number, bits: PackedBits): void {
  const perWord = WORD_BITS / bits;
  const offset = 2 ** (bits - 1);
  let at = 0;
  // Read once: V8 14 (Node 26) may take a length from 2^31 on for a negative one in the condition of a loop.
  const total = codes.length;
  for (let row = 0; row < total; row += columns) {
    for (let first = 0; first < columns; first += perWord) {
      const count = Math.min(perWord, columns - first);
      let packed = 0;
      for (let i = 0; i < count; i++) packed |= ((codes[row + first + i] ?? 0) + offset) << (i * bits);
      out[at++] = packed;
    }
  }
}

/**
 * @param out      shape [rows, columns], overwritten with codes
 * @param packed   shape [rows, packedColumns(columns, bits)]
 */
export function unpackCodes(out: Int8Array, packed: Int32Array, columns: number, bits: PackedBits): void {
  const perWord = WORD_BITS / bits;
  const offset = 2 ** (bits - 1);
  const mask = 2 ** bits - 1;
  const rowWords = packedColumns(columns, bits);
  const total = out.length;
  for (let i = 0; i < total; i++) {
    const row = Math.floor(i / columns);
    const column = i - row * columns;
    const word = packed[row * rowWords + Math.floor(column / perWord)] ?? 0;
    out[i] = ((word >>> ((column % perWord) * bits)) & mask) - offset;
  }
}
