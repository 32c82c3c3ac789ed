/**
 * Values of stored tensors, from any program. Multi-byte values are little-endian, as in safetensors.
 *
 * Types of one and two bytes have so few patterns that each gets a counter, from which all figures of a tensor follow exactly.
 * Wider types are decoded to numbers; 64-bit integers beyond 2^53 are rounded.
 * @module
 */
import { at } from '../../base/at.js';
import { FLOAT8_FORMATS } from '../arithmetic/float8.js';
import { HALF_FORMATS } from '../arithmetic/half.js';
import { STORED_BITS, type StoredDtype } from './stored-dtypes.js';

interface CountedType {
  readonly kind: 'counted';
  /** May be infinite or NaN. */
  readonly valueAt: (pattern: number) => number;
}

interface DecodedType {
  readonly kind: 'decoded';
  /**
   * @param byteOffset  of the first of `count` values, a multiple of their width
   * @param numbers     scratch, overwritten unless the values can be read in place
   */
  readonly decode: (
    bytes: ArrayBuffer,
    byteOffset: number,
    count: number,
    numbers: Float64Array,
  ) => Float32Array | Float64Array;
}

export type ValueType = (CountedType | DecodedType) & { readonly byteWidth: number };

const counted = (valueAt: (pattern: number) => number): CountedType => ({ kind: 'counted', valueAt });

/** Two's complement. */
const signed = (bits: number) => (pattern: number) => (pattern << (32 - bits)) >> (32 - bits);
const unsigned = (pattern: number): number => pattern;

/**
 * A float of up to 8 bits without infinities. Sources: Noune et al., 2022, https://arxiv.org/abs/2206.02915 (fnuz: one zero, the pattern
 * of -0 is NaN); OCP Microscaling Formats 1.0, 2023: F4 and F6, without
 * infinities and NaNs (tables 3 to 5), and E8M0, a power of two (section 5.4.1).
 */
function smallFloat(
  fractionBits: number,
  bias: number,
  specials: 'fnuz' | 'none',
  bits = 8,
): (pattern: number) => number {
  const fractions = 2 ** fractionBits;
  const signBit = 2 ** (bits - 1);
  return (pattern) => {
    const sign = pattern & signBit ? -1 : 1;
    const magnitude = pattern & (signBit - 1);
    const exponent = magnitude >> fractionBits;
    const fraction = magnitude & (fractions - 1);
    if (specials === 'fnuz' && pattern === 0x80) return NaN;
    if (exponent === 0) return sign * fraction * 2 ** (1 - bias - fractionBits);
    return sign * (fractions + fraction) * 2 ** (exponent - bias - fractionBits);
  };
}

type NumberArray = Float64Array | Int32Array | Uint32Array;

const decoded = (
  Elements: new (buffer: ArrayBuffer, byteOffset: number, length: number) => NumberArray,
): DecodedType => ({
  kind: 'decoded',
  decode: (bytes, byteOffset, count, numbers) => {
    numbers.set(new Elements(bytes, byteOffset, count));
    return numbers.subarray(0, count);
  },
});

const float32: DecodedType = {
  kind: 'decoded',
  decode: (bytes, byteOffset, count) => new Float32Array(bytes, byteOffset, count),
};

/** In two halves: a BigInt for each element would cost fifty times as much. */
const wholes64 = (isSigned: boolean): DecodedType => ({
  kind: 'decoded',
  decode: (bytes, byteOffset, count, numbers) => {
    const halves = new Uint32Array(bytes, byteOffset, 2 * count);
    for (let i = 0; i < count; i++) {
      const high = at(halves, 2 * i + 1);
      numbers[i] = (isSigned ? high | 0 : high) * 2 ** 32 + at(halves, 2 * i);
    }
    return numbers.subarray(0, count);
  },
});

const exponentOnly = (pattern: number): number => (pattern === 0xff ? NaN : 2 ** (pattern - 127));

const TYPES = {
  BOOL: counted(unsigned),
  U8: counted(unsigned),
  I8: counted(signed(8)),
  F8_E4M3: counted(FLOAT8_FORMATS.float8_e4m3fn.fromBits),
  F8_E5M2: counted(FLOAT8_FORMATS.float8_e5m2.fromBits),
  F8_E8M0: counted(exponentOnly),
  F8_E4M3FNUZ: counted(smallFloat(3, 8, 'fnuz')),
  F8_E5M2FNUZ: counted(smallFloat(2, 16, 'fnuz')),
  U16: counted(unsigned),
  I16: counted(signed(16)),
  F16: counted(HALF_FORMATS.float16.fromBits),
  BF16: counted(HALF_FORMATS.bfloat16.fromBits),
  F32: float32,
  F64: decoded(Float64Array),
  I32: decoded(Int32Array),
  U32: decoded(Uint32Array),
  I64: wholes64(true),
  U64: wholes64(false),
} as const satisfies Partial<Record<StoredDtype, CountedType | DecodedType>>;

const isMeasurable = (dtype: string): dtype is keyof typeof TYPES => Object.hasOwn(TYPES, dtype);

const PACKED = {
  F4: smallFloat(1, 1, 'none', 4),
  F6_E2M3: smallFloat(3, 1, 'none', 6),
  F6_E3M2: smallFloat(2, 3, 'none', 6),
} as const satisfies Partial<Record<StoredDtype, unknown>>;

const isPacked = (dtype: string): dtype is keyof typeof PACKED => Object.hasOwn(PACKED, dtype);

/** The value of an element below 8 bits. */
export function packedValue(storedDtype: string, pattern: number): number {
  if (isPacked(storedDtype)) return PACKED[storedDtype](pattern);
  throw new TypeError(`${storedDtype} is not packed`);
}

/** Undefined for dtypes that are listed but not measured: F4, F6, C64. */
export function valueTypeOf(storedDtype: string): ValueType | undefined {
  if (!isMeasurable(storedDtype)) return undefined;
  return { ...TYPES[storedDtype], byteWidth: STORED_BITS[storedDtype] / 8 };
}
