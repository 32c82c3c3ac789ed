/**
 * Narrow floats: the formats of 8 and 16 bits, whose elements are patterns of sign and magnitude. What follows from that alone.
 * @module
 */
import { FLOAT8_FORMATS, type Float8Dtype } from './float8.js';
import { HALF_FORMATS, type HalfDtype } from './half.js';
import { float32At, uint8At } from './typed-at.js';

export type NarrowDtype = HalfDtype | Float8Dtype;

export interface NarrowFormat {
  /** The largest finite value. */
  readonly largest: number;
  /** The bit of the sign in a pattern. */
  readonly sign: number;
  /** The nearest value's pattern, for a float32; a double is rounded to float32 first. Finite values stay finite. */
  readonly toBits: (x: number) => number;
  /** The exact value of a bit pattern. */
  readonly fromBits: (bits: number) => number;
}

export const NARROW_FORMATS: Readonly<Record<NarrowDtype, NarrowFormat>> = {
  ...HALF_FORMATS,
  ...FLOAT8_FORMATS,
};

export const isNarrowDtype = (dtype: string): dtype is NarrowDtype => Object.hasOwn(NARROW_FORMATS, dtype);

/** The largest value of the dtype that is not above x, and +0 rather than -0; -Infinity below the range, `largest` above it. */
export function floorNarrow(x: number, dtype: NarrowDtype): number {
  const { largest, toBits, fromBits } = NARROW_FORMATS[dtype];
  if (x >= largest) return largest;
  if (x < -largest) return -Infinity;
  const nearest = fromBits(toBits(x));
  // Rounding to float32 and then to the dtype may go up twice, but never past the next value.
  return (nearest <= x ? nearest : valueOfRank(rankOf(nearest, dtype) - 1, dtype)) + 0;
}

/** The smallest value of the dtype that is not below x, and +0 rather than -0; Infinity above the range, `-largest` below it. */
export function ceilNarrow(x: number, dtype: NarrowDtype): number {
  return -floorNarrow(-x, dtype) + 0;
}

/** The rank of the value nearest to x among the dtype's: 0 for 0, 1 for the next above, -1 for the next below. */
export function rankOf(x: number, dtype: NarrowDtype): number {
  const { sign, toBits } = NARROW_FORMATS[dtype];
  const bits = toBits(x);
  return bits & sign ? sign - bits : bits;
}

/** The value of a rank. */
export function valueOfRank(rank: number, dtype: NarrowDtype): number {
  const { sign, fromBits } = NARROW_FORMATS[dtype];
  return fromBits(rank < 0 ? sign - rank : rank);
}

/** Every float8 is exactly a float32; a NaN stays a NaN. */
export function widenFloat8(out: Float32Array, patterns: Uint8Array, dtype: Float8Dtype): void {
  const { fromBits } = FLOAT8_FORMATS[dtype];
  const values = Float32Array.from({ length: 256 }, (_, bits) => fromBits(bits));
  // Read once, for the reason given in half.ts.
  const count = out.length;
  for (let i = 0; i < count; i++) out[i] = float32At(values, uint8At(patterns, i));
}
