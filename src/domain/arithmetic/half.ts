/**
 * The two half precisions, as 16-bit patterns: float16 (IEEE 754-2019 binary16, https://doi.org/10.1109/IEEESTD.2019.8766229)
 * and bfloat16 (the upper half of a float32). Rounding is to nearest, ties to even, subnormals included.
 *
 * No finite value becomes an infinity: values past the largest half become the largest half. (IEEE 754 would overflow; a fill never
 * gets there, because its bounds are halves.)
 * @module
 */
import { floatBits, floatOfBits } from './bits.js';
import { uint16At, uint32At } from './typed-at.js';

export type HalfDtype = 'float16' | 'bfloat16';

export interface HalfFormat {
  /** The largest finite value. */
  readonly largest: number;
  /** The bit of the sign in a pattern. */
  readonly sign: 0x8000;
  /** The nearest half's pattern, for a float32; a double is rounded to float32 first. */
  readonly toBits: (x: number) => number;
  /** The exact value of a bit pattern. */
  readonly fromBits: (bits: number) => number;
}

const SIGN = 0x8000;
const INFINITY_BITS = 0x7f800000;

/** float32 has 13 more bits of significand than float16, and its exponents are biased by 112 more. */
const FLOAT16_DROPPED = 13;
const FLOAT16_BIAS = 112 << 23;
const FLOAT16_SMALLEST_NORMAL = 2 ** -14;
/** As a float32, its last place is that of float16's subnormals, 2^-24: adding it rounds to that place. */
const FLOAT16_SUBNORMAL_MAGIC = 0.5;
const FLOAT16_LARGEST = 65_504;
const FLOAT16_INFINITY = 0x7c00;

function toFloat16(x: number): number {
  const pattern = floatBits(x);
  const sign = (pattern >>> 16) & SIGN;
  const magnitude = pattern & 0x7fffffff;
  if (magnitude > INFINITY_BITS) return sign | FLOAT16_INFINITY | 0x200;
  if (magnitude === INFINITY_BITS) return sign | FLOAT16_INFINITY;
  const value = floatOfBits(magnitude);
  if (value < FLOAT16_SMALLEST_NORMAL) {
    return sign | (floatBits(value + FLOAT16_SUBNORMAL_MAGIC) - floatBits(FLOAT16_SUBNORMAL_MAGIC));
  }
  // Adds half a place less one, plus the last bit that stays: a tie goes up from odd only. A carry moves into the exponent.
  const odd = (magnitude >>> FLOAT16_DROPPED) & 1;
  const rounded = (magnitude - FLOAT16_BIAS + 0xfff + odd) >>> FLOAT16_DROPPED;
  return sign | Math.min(rounded, FLOAT16_INFINITY - 1);
}

function fromFloat16(bits: number): number {
  const sign = bits & SIGN ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const BFLOAT16_INFINITY = 0x7f80;

function toBfloat16(x: number): number {
  const pattern = floatBits(x);
  const magnitude = pattern & 0x7fffffff;
  const sign = (pattern >>> 16) & SIGN;
  if (magnitude > INFINITY_BITS) return sign | BFLOAT16_INFINITY | 0x40;
  if (magnitude === INFINITY_BITS) return sign | BFLOAT16_INFINITY;
  const odd = (magnitude >>> 16) & 1;
  return sign | Math.min((magnitude + 0x7fff + odd) >>> 16, BFLOAT16_INFINITY - 1);
}

const fromBfloat16 = (bits: number): number => floatOfBits(bits << 16);

export const HALF_FORMATS: Readonly<Record<HalfDtype, HalfFormat>> = {
  float16: { largest: FLOAT16_LARGEST, sign: SIGN, toBits: toFloat16, fromBits: fromFloat16 },
  bfloat16: {
    largest: fromBfloat16(BFLOAT16_INFINITY - 1),
    sign: SIGN,
    toBits: toBfloat16,
    fromBits: fromBfloat16,
  },
};

/** For each pattern, the bits of the float32 with the same value. */
const float16Table = (): Uint32Array =>
  Uint32Array.from({ length: 2 ** 16 }, (_, bits) => floatBits(fromFloat16(bits)));
let float16Bits: Uint32Array | undefined;

/** Every half is exactly a float32; a NaN stays a NaN. */
export function widenHalves(out: Float32Array, halves: Uint16Array, dtype: HalfDtype): void {
  // Read once: V8 14 (Node 26) may take a length from 2^31 on for a negative one in the condition of a loop.
  const count = out.length;
  const bits = new Uint32Array(out.buffer, out.byteOffset, count);
  if (dtype === 'bfloat16') {
    for (let i = 0; i < count; i++) bits[i] = uint16At(halves, i) << 16;
    return;
  }
  const table = (float16Bits ??= float16Table());
  for (let i = 0; i < count; i++) bits[i] = uint32At(table, uint16At(halves, i));
}
