/**
 * The natural logarithm to the bits of the GNU C Library 2.28 and later on x86-64 processors with fused multiply-add: within 0.519 ulp.
 *
 * x = 2^k z with z near 1, c the table's number beside z: log(x) = k log(2) + log(c) + log(z / c), the last by a polynomial. Near 1 one
 * polynomial of x - 1 does without a table. Which products are fused into sums is what the library's compiler chose.
 *
 * Source: log of ARM Optimized Routines (math/log.c, https://github.com/ARM-software/optimized-routines), which the GNU C Library has
 * as sysdeps/ieee754/dbl-64/e_log.c.
 * @module
 */
import { doubleHighBits, withHighBits } from '../bits.js';
import { fma64, productError } from '../fma.js';
import { float64At } from '../typed-at.js';
import { LOG_ENTRY, LOG_TABLE } from './log-table.js';

/** log(2), its last bits zeros, so that k times it is exact; and the rest. */
const LN2_HIGH = 0.6931471805598903; // 0x3fe62e42fefa3800
const LN2_LOW = 5.497923018708371e-14; // 0x3d2ef35793c76730

/** log(1 + r) - r for |r| < 1/256, by powers of r from the second. */
const A2 = -0.5000000000000001; // 0xbfe0000000000001
const A3 = 0.33333333331825593; // 0x3fd555555551305b
const A4 = -0.2499999999622955; // 0xbfcfffffffeb4590
const A5 = 0.20000304511814496; // 0x3fc999b324f10111
const A6 = -0.16667054827627667; // 0xbfc55575e506c89f

/** The same for -1/16 <= r < 1/16 + 9/4096; the coefficient of the square is -1/2. */
const B3 = 0.3333333333333352; // 0x3fd5555555555577
const B4 = -0.24999999999998432; // 0xbfcffffffffffdcb
const B5 = 0.19999999999320328; // 0x3fc999999995dd0c
const B6 = -0.16666666669929706; // 0xbfc55555556745a7
const B7 = 0.14285715076560868; // 0x3fc24924a344de30
const B8 = -0.12499997863982555; // 0xbfbfffffa4423d65
const B9 = 0.11110712032936046; // 0x3fbc7184282ad6ca
const B10 = -0.10000486757818193; // 0xbfb999eb43b068ff
const B11 = 0.09181994006195467; // 0x3fb78182f7afd085
const B12 = -0.08328363062289341; // 0xbfb5521375d145cd

const NEAR_ONE_LOW = 1 - 2 ** -4;
const NEAR_ONE_HIGH = 1 + 2 ** -4 + 9 * 2 ** -12;

/** The upper bits of 0.6875: z lies from there to its double. */
const OFFSET = 0x3fe60000;
const EXPONENT_MASK = 0xfff00000;

/**
 * What a sum's small part may miss, as a share of its terms' magnitudes, where products are rounded before they are added: more than the
 * errors of both ways together (the most in millions of arguments is a quarter of it). The sum is the same for all that the part may be,
 * save in about one case of 15,000 (near 1 of fifty); then products are fused as the library does it, at four times the cost.
 */
const DOUBT = 2 ** -50;

/** @param x  positive, finite and normal */
export function log(x: number): number {
  if (x >= NEAR_ONE_LOW && x < NEAR_ONE_HIGH) return logNearOne(x - 1);
  const highBits = doubleHighBits(x);
  const distance = highBits - OFFSET;
  const k = distance >> 20;
  const entry = ((distance >> 13) & 0x7f) * LOG_ENTRY;
  const z = withHighBits(x, highBits - (distance & EXPONENT_MASK));
  const r = productMinusOne(z, float64At(LOG_TABLE, entry));
  const table = k * LN2_HIGH + float64At(LOG_TABLE, entry + 1);
  const high = table + r;
  const rest = table - high + r;
  const square = r * r;
  const lower = k * LN2_LOW;
  const tail = r * square * (A3 + r * A4 + square * (A5 + r * A6)) + square * A2 + (lower + rest);
  const doubt = (square + Math.abs(lower) + Math.abs(rest)) * DOUBT;
  const value = high + (tail - doubt);
  return value === high + (tail + doubt) ? value : high + fuseTail(r, square, k, rest);
}

/** fma64(a, b, -1) for products near 1: the subtraction is exact, so only adding the product's error rounds. */
function productMinusOne(a: number, b: number): number {
  const product = a * b;
  return product - 1 + productError(a, b, product);
}

function fuseTail(r: number, square: number, k: number, rest: number): number {
  const inner = fma64(fma64(r, A6, A5), square, fma64(r, A4, A3));
  return fma64(r * square, inner, fma64(square, A2, fma64(k, LN2_LOW, rest)));
}

/** log(1 + r). r - r^2 / 2 is a sum of two doubles, its square exact because r's upper half has 26 bits. */
function logNearOne(r: number): number {
  const square = r * r;
  const cube = r * square;
  const scaled = r * 2 ** 27;
  const rHigh = r + scaled - scaled;
  const halfSquare = -0.5 * (rHigh * rHigh);
  const high = r + halfSquare;
  const rest = r - high + halfSquare;
  const slope = -0.5 * (r - rHigh);
  const cross = slope * (r + rHigh);
  const last = B9 + r * B10 + square * B11 + cube * B12;
  const middle = B6 + r * B7 + square * B8 + cube * last;
  const tail = cube * (B3 + r * B4 + square * B5 + cube * middle) + (cross + rest);
  const doubt = (Math.abs(cube) + Math.abs(cross) + Math.abs(rest)) * DOUBT;
  const value = high + (tail - doubt);
  if (value === high + (tail + doubt)) return value;
  return high + fma64(fuseSeries(r, square, cube), cube, fma64(slope, r + rHigh, rest));
}

function fuseSeries(r: number, square: number, cube: number): number {
  const last = fma64(cube, B12, fma64(square, B11, fma64(r, B10, B9)));
  const middle = fma64(last, cube, fma64(square, B8, fma64(r, B7, B6)));
  return fma64(middle, cube, fma64(square, B5, fma64(r, B4, B3)));
}
