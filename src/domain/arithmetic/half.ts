/**
 * The two half precisions, as 16-bit patterns: float16 (IEEE 754-2019 binary16, https://doi.org/10.1109/IEEESTD.2019.8766229)
 * and bfloat16 (the upper half of a float32). Rounding is to nearest, ties to even, subnormals included.
 *
 * No finite value becomes an infinity: past the largest half it stays the largest half (IEEE would overflow; a fill never
 * gets there, its bounds are halves).
 * @module
 */
export type HalfDtype = 'float16' | 'bfloat16';

export interface HalfFormat {
  /** The largest finite value. */
  readonly largest: number;
  /** Nearest bit pattern of a float32 (a double is rounded to float32 first: `fround` it to see that). */
  readonly toBits: (x: number) => number;
  /** The exact value of a bit pattern. */
  readonly fromBits: (bits: number) => number;
}

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

function bitsOf(x: number): number {
  float[0] = x;
  return word[0] ?? 0;
}

function floatOf(bits: number): number {
  word[0] = bits;
  return float[0] ?? 0;
}

const SIGN = 0x8000;
const INFINITY_BITS = 0x7f800000;

/** float32 has 13 more bits of significand than float16, and its exponents are biased by 112 more. */
const FLOAT16_DROPPED = 13;
const FLOAT16_BIAS = 112 << 23;
const FLOAT16_SMALLEST_NORMAL = 2 ** -14;
/** Its last place as a float32 is the last place of float16's subnormals, 2^-24: adding it rounds to that. */
const FLOAT16_SUBNORMAL_MAGIC = 0.5;
const FLOAT16_LARGEST = 65_504;
const FLOAT16_INFINITY = 0x7c00;

function toFloat16(x: number): number {
  const pattern = bitsOf(x);
  const sign = (pattern >>> 16) & SIGN;
  const magnitude = pattern & 0x7fffffff;
  if (magnitude > INFINITY_BITS) return sign | FLOAT16_INFINITY | 0x200;
  if (magnitude === INFINITY_BITS) return sign | FLOAT16_INFINITY;
  const value = floatOf(magnitude);
  if (value < FLOAT16_SMALLEST_NORMAL) {
    return sign | (bitsOf(value + FLOAT16_SUBNORMAL_MAGIC) - bitsOf(FLOAT16_SUBNORMAL_MAGIC));
  }
  // Half a place less one, plus the last bit that stays: a tie goes up from odd only. A carry moves into the exponent.
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
  const pattern = bitsOf(x);
  const magnitude = pattern & 0x7fffffff;
  const sign = (pattern >>> 16) & SIGN;
  if (magnitude > INFINITY_BITS) return sign | BFLOAT16_INFINITY | 0x40;
  if (magnitude === INFINITY_BITS) return sign | BFLOAT16_INFINITY;
  const odd = (magnitude >>> 16) & 1;
  return sign | Math.min((magnitude + 0x7fff + odd) >>> 16, BFLOAT16_INFINITY - 1);
}

const fromBfloat16 = (bits: number): number => floatOf((bits << 16) >>> 0);

export const HALF_FORMATS: Readonly<Record<HalfDtype, HalfFormat>> = {
  float16: { largest: FLOAT16_LARGEST, toBits: toFloat16, fromBits: fromFloat16 },
  bfloat16: { largest: fromBfloat16(BFLOAT16_INFINITY - 1), toBits: toBfloat16, fromBits: fromBfloat16 },
};

/** Of each pattern, the bits of the float32 that is the same value. */
const float16Table = (): Uint32Array =>
  Uint32Array.from({ length: 2 ** 16 }, (_, bits) => bitsOf(fromFloat16(bits)));
let float16Bits: Uint32Array | undefined;

/** Every half is a float32 exactly; a NaN stays one. */
export function widenHalves(out: Float32Array, halves: Uint16Array, dtype: HalfDtype): void {
  // Read once: V8 14 (Node 26) may take a length from 2^31 on for a negative one in the condition of a loop.
  const count = out.length;
  const bits = new Uint32Array(out.buffer, out.byteOffset, count);
  if (dtype === 'bfloat16') {
    for (let i = 0; i < count; i++) bits[i] = (halves[i] ?? 0) << 16;
    return;
  }
  const table = (float16Bits ??= float16Table());
  for (let i = 0; i < count; i++) bits[i] = table[halves[i] ?? 0] ?? 0;
}

/** The largest half that is not above x, and +0 rather than -0; -Infinity below the range, `largest` above it. */
export function floorHalf(x: number, dtype: HalfDtype): number {
  const { largest, toBits, fromBits } = HALF_FORMATS[dtype];
  if (x >= largest) return largest;
  if (x < -largest) return -Infinity;
  const bits = toBits(x);
  const nearest = fromBits(bits);
  // Through float32 and then to the half: either rounding may go up, never by more than to the next half.
  return (nearest <= x ? nearest : fromBits(nextDown(bits))) + 0;
}

/** The smallest half that is not below x, and +0 rather than -0; Infinity above the range, `-largest` below it. */
export function ceilHalf(x: number, dtype: HalfDtype): number {
  return -floorHalf(-x, dtype) + 0;
}

/** The pattern of the half below; the patterns count up from 0 and, with the sign set, down from -0. */
function nextDown(bits: number): number {
  if (bits & SIGN) return bits + 1;
  return bits === 0 ? SIGN | 1 : bits - 1;
}
