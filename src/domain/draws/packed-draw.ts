/**
 * The codes of a WAGE layer, packed row by row (packed-codes.ts): they are the codes of the unpacked tensor's own draw.
 * @module
 */
import {
  packCodes,
  packedColumns,
  PACKED_DTYPE,
  PACKED_ITEM_BITS,
  type PackedBits,
} from '../kernels/packed-codes.js';
import { fillStreamRange, type StreamDraw } from './stream-draw.js';

export interface PackedDraw {
  readonly kind: 'packed';
  readonly dtype: typeof PACKED_DTYPE;
  /** The int8 codes, unpacked. */
  readonly codes: StreamDraw;
  /** The codes of a row. */
  readonly columns: number;
  readonly bits: PackedBits;
}

/** Codes on their way into an int32: 32 KiB, which fits the innermost cache. */
const BUFFER_CODES = 2 ** 15;
const buffer = new Int8Array(BUFFER_CODES);

/** Fills codes from an element of the unpacked tensor on. */
export type FillCodes = (codes: StreamDraw, first: number, out: Int8Array) => void;

/**
 * Fills `out` with elements start to start + out.length - 1 of the packed tensor: whole rows together where they fit the buffer.
 * @param out  shape [n], overwritten
 */
export function fillPackedRange(
  { codes, columns, bits }: PackedDraw,
  start: number,
  out: Int32Array,
  fillCodes: FillCodes = fillStreamRange,
): void {
  const rowItems = packedColumns(columns, bits);
  const codesPerItem = PACKED_ITEM_BITS / bits;
  const pack = (first: number, count: number, width: number, into: Int32Array): void => {
    const drawn = buffer.subarray(0, count);
    fillCodes(codes, first, drawn);
    packCodes(into, drawn, width, bits);
  };
  for (let done = 0; done < out.length;) {
    const row = Math.floor((start + done) / rowItems);
    const item = start + done - row * rowItems;
    const rows = Math.min(
      item === 0 ? Math.floor((out.length - done) / rowItems) : 0,
      Math.floor(BUFFER_CODES / columns),
    );
    if (rows > 0) {
      pack(row * columns, rows * columns, columns, out.subarray(done, (done += rows * rowItems)));
      continue;
    }
    const items = Math.min(out.length - done, rowItems - item, BUFFER_CODES / codesPerItem);
    const count = Math.min(items * codesPerItem, columns - item * codesPerItem);
    pack(row * columns + item * codesPerItem, count, count, out.subarray(done, (done += items)));
  }
}
