/**
 * Sine and cosine of a + da to the bits of the GNU C Library (sincos.ts has the source): |a| up to 0.855, da beyond the last bit of a.
 * A polynomial near 0, elsewhere the table's entry k / 128 nearest to a and the difference: sin(k / 128 + r) = sin(k / 128) cos(r) + ... .
 * Which products are fused into sums is what the library's compiler chose.
 * @module
 */
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

/** Adding and subtracting it rounds to multiples of 1/128. */
const ROUND_TO_NODE = 1.5 * 2 ** 45;

/**
 * What the small part of a result's last sum may miss where products are rounded before they are added: more than the errors of both
 * ways together (the most in millions of arguments is half of it), as a share of r, or near 0 of the polynomial's terms, and of what
 * stays where r vanishes. The sum is the same for all that the part may be, save in a few cases of a hundred; then products are fused
 * as the library does it, at four times the cost.
 */
const DOUBT = 7 * 2 ** -53;
const SERIES_DOUBT = 2 ** -51;
const LEAST_DOUBT = 2 ** -100;

/** sin(a + da). */
export function sineOf(a: number, da: number): number {
  if (Math.abs(a) < POLYNOMIAL_BOUND) return sineNearZero(a, da);
  return a < 0 ? -sineByTable(-a, -da) : sineByTable(a, da);
}

function sineNearZero(a: number, da: number): number {
  const square = a * a;
  const series = (((S11 * square + S9) * square + S7) * square + S5) * square + S3;
  const tail = square * (series * a - 0.5 * da) + da;
  const doubt = (square * Math.abs(a) + Math.abs(da)) * SERIES_DOUBT;
  const value = a + (tail - doubt);
  return value === a + (tail + doubt) ? value : a + fuseSeries(a, da, square);
}

function fuseSeries(a: number, da: number, square: number): number {
  let sum = fma64(S11, square, S9);
  sum = fma64(sum, square, S7);
  sum = fma64(sum, square, S5);
  sum = fma64(sum, square, S3);
  return fma64(square, fma64(sum, a, -0.5 * da), da);
}

/** The number of the table's entry nearest to a, times the doubles of an entry. */
const entryOf = (node: number): number => node * (SINCOS_DENSITY * SINCOS_ENTRY);

/** @param a  at least 0 */
function sineByTable(a: number, da: number): number {
  const node = ROUND_TO_NODE + a - ROUND_TO_NODE;
  const entry = entryOf(node);
  const sine = float64At(SINCOS_TABLE, entry);
  const sineRest = float64At(SINCOS_TABLE, entry + 1);
  const cosine = float64At(SINCOS_TABLE, entry + 2);
  const r = a - node;
  const square = r * r;
  const s = r + (square * r * (square * T5 + T3) + da);
  const c = r * da + square * ((square * C6 + C4) * square + 0.5);
  const tail = sineRest + s * float64At(SINCOS_TABLE, entry + 3) - c * sine + s * cosine;
  const doubt = Math.abs(s) * DOUBT + LEAST_DOUBT;
  const value = sine + (tail - doubt);
  return value === sine + (tail + doubt) ? value : sine + fuseSineTail(entry, r, da, square);
}

function fuseSineTail(entry: number, r: number, da: number, square: number): number {
  const s = fma64(square * r, fma64(square, T5, T3), da) + r;
  const c = fma64(r, da, square * fma64(fma64(square, C6, C4), square, 0.5));
  const low = fma64(s, float64At(SINCOS_TABLE, entry + 3), float64At(SINCOS_TABLE, entry + 1));
  const lower = fma64(-c, float64At(SINCOS_TABLE, entry), low);
  return fma64(s, float64At(SINCOS_TABLE, entry + 2), lower);
}

/** cos(a + da). */
export function cosineOf(a: number, da: number): number {
  const size = Math.abs(a);
  const node = ROUND_TO_NODE + size - ROUND_TO_NODE;
  const entry = entryOf(node);
  const sine = float64At(SINCOS_TABLE, entry);
  const cosine = float64At(SINCOS_TABLE, entry + 2);
  const r = size - node + (a < 0 ? -da : da);
  const square = r * r;
  const s = r + square * r * (square * T5 + T3);
  const c = square * ((square * C6 + C4) * square + 0.5);
  const low = float64At(SINCOS_TABLE, entry + 3) - s * float64At(SINCOS_TABLE, entry + 1);
  const tail = low - c * cosine - s * sine;
  const doubt = Math.abs(s) * DOUBT + LEAST_DOUBT;
  const value = cosine + (tail - doubt);
  return value === cosine + (tail + doubt) ? value : cosine + fuseCosineTail(entry, r, square);
}

function fuseCosineTail(entry: number, r: number, square: number): number {
  const s = fma64(square * r, fma64(square, T5, T3), r);
  const c = square * fma64(fma64(square, C6, C4), square, 0.5);
  const low = fma64(-s, float64At(SINCOS_TABLE, entry + 1), float64At(SINCOS_TABLE, entry + 3));
  const lower = fma64(-c, float64At(SINCOS_TABLE, entry + 2), low);
  return fma64(-s, float64At(SINCOS_TABLE, entry), lower);
}
