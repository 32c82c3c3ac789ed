/**
 * The whole numbers that a dtype holds without a gap.
 * @module
 */
import { isOf, wholeRange, type Dtype, type DtypesOf, type OpaqueDtype } from './dtypes.js';

/** Bits of a significand, with the one that is not stored: whole numbers are exact up to 2 to that power. */
const SIGNIFICAND_BITS: Readonly<Record<DtypesOf['float' | 'half' | 'float8'], bigint>> = {
  float32: 24n,
  float64: 53n,
  float16: 11n,
  bfloat16: 8n,
  float8_e4m3fn: 4n,
  float8_e5m2: 3n,
};

/** The least and the largest of them. */
export function exactIntegers(dtype: Exclude<Dtype, OpaqueDtype>): {
  readonly least: bigint;
  readonly largest: bigint;
} {
  if (isOf(dtype, 'integer', 'boolean')) return wholeRange(dtype);
  const largest = 2n ** SIGNIFICAND_BITS[dtype];
  return { least: -largest, largest };
}
