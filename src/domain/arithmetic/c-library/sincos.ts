/**
 * Sine and cosine to the bits of the GNU C Library's `sincos`, 2.36 and later, on x86-64 processors with fused multiply-add: within 0.55
 * ulp. (Its `sin` and `cos` differ from it here and there; compilers turn the pair of calls into one of `sincos`.)
 *
 * x is reduced to a + da, at most pi/4 beside a multiple of pi/2 (up to 0.855 with no reduction, to 2.426 beside pi/2); the sine and the
 * cosine of that are in reduced-sincos.ts.
 *
 * Source: usin and ucos of the IBM Accurate Mathematical Library as the GNU C Library has them since 2.28, in
 * sysdeps/ieee754/dbl-64/s_sin.c, s_sincos.c and usncs.h.
 * @module
 */
import { doubleHighBits } from '../bits.js';
import { fma64 } from '../fma.js';
import { cosineOf, sineOf } from './reduced-sincos.js';

/** pi/2 as a sum of two doubles. */
const HALF_PI = 1.5707963267948966; // 0x3ff921fb54442d18
const HALF_PI_LOW = 6.123233995736766e-17; // 0x3c91a62633145c07

/** pi/2 as a sum of four, of which all but the last have at most 27 bits: their multiples up to 2^25 are exact. And 2 / pi. */
const PART1 = 1.5707963407039642; // 0x3ff921fb58000000
const PART2 = -1.3909067564377153e-8; // 0xbe4dde973c000000
const PART3 = -4.97899623147991e-17; // 0xbc8cb3b398000000
const PART4 = -1.9034889620193266e-25; // 0xbacd747f23e32ed7
const TWO_OVER_PI = 0.6366197723675814; // 0x3fe45f306dc9c883

/** Adding and subtracting it rounds to whole numbers. */
const ROUND_TO_WHOLE = 1.5 * 2 ** 52;

/** The upper bits of about 0.855 and 2.426. */
const UNREDUCED_END = 0x3feb6000;
const FIRST_QUADRANT_END = 0x400368fd;

/**
 * @param x    up to 2^25 in magnitude
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

/** Takes off the nearest multiple of pi/2 in four parts; only multiples of the last need to be fused. */
function reduce(x: number, out: Float64Array): void {
  const quarters = countQuarters(x);
  const rest = x - quarters * PART1 - quarters * PART2;
  const part3 = quarters * PART3;
  const closer = rest - part3;
  const lost = rest - closer - part3;
  const a = withoutPart4(closer, quarters);
  const da = lost + withoutPart4(closer - a, quarters);
  const quadrant = quarters & 3;
  if (quadrant === 0) store(out, sineOf(a, da), cosineOf(a, da));
  else if (quadrant === 1) store(out, cosineOf(-a, -da), sineOf(-a, -da));
  else if (quadrant === 2) store(out, sineOf(-a, -da), -cosineOf(-a, -da));
  else store(out, -cosineOf(a, da), sineOf(a, da));
}

/** minuend - quarters * PART4, rounded once: the products of 1, 2 and 4, most of those up to a turn, are exact. */
const withoutPart4 = (minuend: number, quarters: number): number =>
  (quarters & (quarters - 1)) === 0 ? minuend - quarters * PART4 : fma64(-quarters, PART4, minuend);

/** The whole number nearest to x times 2 / pi; the product is rounded first where that decides nothing. */
function countQuarters(x: number): number {
  const product = x * TWO_OVER_PI;
  const nearest = product + ROUND_TO_WHOLE - ROUND_TO_WHOLE;
  if (Math.abs(product - nearest) < 0.499) return nearest;
  return fma64(x, TWO_OVER_PI, ROUND_TO_WHOLE) - ROUND_TO_WHOLE;
}
