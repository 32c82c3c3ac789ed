/**
 * Sine and cosine to the bits of the GNU C Library's `sincos`, 2.36 and later, on x86-64 processors with fused multiply-add: within 0.55
 * ulp. (Its `sin` and `cos` differ from it here and there; compilers turn the pair of calls into one of `sincos`.)
 *
 * x is reduced to a + da, at most pi/4 beside a multiple of pi/2 (up to 0.855 with no reduction); sine and cosine of a + da come from a
 * polynomial near 0 and from the table's entry beside a elsewhere. Which products are fused into sums is what the library's compiler chose.
 *
 * Source: usin and ucos of the IBM Accurate Mathematical Library as the GNU C Library has them since 2.28, in
 * sysdeps/ieee754/dbl-64/s_sin.c, s_sincos.c and usncs.h.
 * @module
 */
import { doubleHighBits } from '../bits.js';
import { fma64 } from '../fma.js';
import { float64At } from '../typed-at.js';
import { SINCOS_DENSITY, SINCOS_ENTRY, SINCOS_TABLE } from './sincos-table.js';

/** sin(x) - x near 0: coefficients of x^3, x^5, ... x^11. */
const S3 = -0.16666666666666666; // 0xbfc5555555555555
const S5 = 0.008333333333332329; // 0x3f81111111110ece
const S7 = -0.00019841269834414642; // 0xbf2a01a019db08b8
const S9 = 2.755729806860771e-6; // 0x3ec71de27b9a7ed9
const S11 = -2.5022014848318398e-8; // 0xbe5addffc2fcdf59
/** Below it the polynomial alone is exact enough. */
const POLYNOMIAL_BOUND = 0.126;

/** sin(r) - r and 1 - cos(r) for |r| < 1/128: coefficients of r^3, r^5; of r^4, r^6 (that of r^2 is 1/2). */
const T3 = -0.16666666666666488; // 0xbfc5555555555515
const T5 = 0.008333332142857223; // 0x3f811110e829872f
const C4 = -0.04166666666666644; // 0xbfa5555555555535
const C6 = 0.001388888740079376; // 0x3f56c16bedd9e239

/** pi/2 as a sum of two doubles. */
const HALF_PI = 1.5707963267948966; // 0x3ff921fb54442d18
const HALF_PI_LOW = 6.123233995736766e-17; // 0x3c91a62633145c07

/** pi/2 as a sum of four, of which all but the last have so few bits that small multiples are exact; and 2 / pi. */
const PART1 = 1.5707963407039642; // 0x3ff921fb58000000
const PART2 = -1.3909067564377153e-8; // 0xbe4dde973c000000
const PART3 = -4.97899623147991e-17; // 0xbc8cb3b398000000
const PART4 = -1.9034889620193266e-25; // 0xbacd747f23e32ed7
const TWO_OVER_PI = 0.6366197723675814; // 0x3fe45f306dc9c883

/** Adding and subtracting them rounds to whole numbers, and to multiples of 1/128. */
const ROUND_TO_WHOLE = 1.5 * 2 ** 52;
const ROUND_TO_NODE = 1.5 * 2 ** 45;

/** The upper bits of about 0.855 and 2.426. */
const UNREDUCED_END = 0x3feb6000;
const FIRST_QUADRANT_END = 0x400368fd;

/**
 * @param x    up to 105414350 in magnitude
 * @param out  its sine and its cosine, overwritten
 */
export function sincos(x: number, out: Float64Array): void {
  const size = Math.abs(x);
  const sizeBits = doubleHighBits(size);
  if (size < 2 ** -27) store(out, x, 1);
  else if (sizeBits < UNREDUCED_END) store(out, sineOf(x, 0), cosineOf(x, 0));
  else if (sizeBits < FIRST_QUADRANT_END) {
    const rest = HALF_PI - size;
    const a = rest + HALF_PI_LOW;
    const da = rest - a + HALF_PI_LOW;
    store(out, cosineOf(a, da) * Math.sign(x), sineOf(a, da));
  } else reduce(x, out);
}

function store(out: Float64Array, sine: number, cosine: number): void {
  out[0] = sine;
  out[1] = cosine;
}

/** Takes off the nearest multiple of pi/2 in four parts. */
function reduce(x: number, out: Float64Array): void {
  const quarters = fma64(x, TWO_OVER_PI, ROUND_TO_WHOLE) - ROUND_TO_WHOLE;
  const rest = fma64(-quarters, PART2, fma64(-quarters, PART1, x));
  const closer = fma64(-quarters, PART3, rest);
  const lost = fma64(-quarters, PART3, rest - closer);
  const a = fma64(-quarters, PART4, closer);
  const da = lost + fma64(-quarters, PART4, closer - a);
  const quadrant = quarters & 3;
  if (quadrant === 0) store(out, sineOf(a, da), cosineOf(a, da));
  else if (quadrant === 1) store(out, cosineOf(-a, -da), sineOf(-a, -da));
  else if (quadrant === 2) store(out, sineOf(-a, -da), -cosineOf(-a, -da));
  else store(out, -cosineOf(a, da), sineOf(a, da));
}

/** sin(a + da). */
function sineOf(a: number, da: number): number {
  const size = Math.abs(a);
  if (size < POLYNOMIAL_BOUND) return sineNearZero(a, da);
  const node = ROUND_TO_NODE + size - ROUND_TO_NODE;
  const entry = node * SINCOS_DENSITY * SINCOS_ENTRY;
  const sine = float64At(SINCOS_TABLE, entry);
  const r = size - node;
  const dr = a < 0 ? -da : da;
  const square = r * r;
  const s = fma64(square * r, fma64(square, T5, T3), dr) + r;
  const c = fma64(r, dr, square * fma64(fma64(square, C6, C4), square, 0.5));
  const low = fma64(s, float64At(SINCOS_TABLE, entry + 3), float64At(SINCOS_TABLE, entry + 1));
  const correction = fma64(s, float64At(SINCOS_TABLE, entry + 2), fma64(-c, sine, low));
  return a < 0 ? -(sine + correction) : sine + correction;
}

function sineNearZero(a: number, da: number): number {
  const square = a * a;
  let sum = fma64(S11, square, S9);
  sum = fma64(sum, square, S7);
  sum = fma64(sum, square, S5);
  sum = fma64(sum, square, S3);
  return a + fma64(square, fma64(sum, a, -0.5 * da), da);
}

/** cos(a + da). */
function cosineOf(a: number, da: number): number {
  const size = Math.abs(a);
  const node = ROUND_TO_NODE + size - ROUND_TO_NODE;
  const entry = node * SINCOS_DENSITY * SINCOS_ENTRY;
  const cosine = float64At(SINCOS_TABLE, entry + 2);
  const r = size - node + (a < 0 ? -da : da);
  const square = r * r;
  const s = fma64(square * r, fma64(square, T5, T3), r);
  const c = square * fma64(fma64(square, C6, C4), square, 0.5);
  const low = fma64(-s, float64At(SINCOS_TABLE, entry + 1), float64At(SINCOS_TABLE, entry + 3));
  const correction = fma64(-s, float64At(SINCOS_TABLE, entry), fma64(-c, cosine, low));
  return cosine + correction;
}
