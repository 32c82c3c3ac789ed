/**
 * log(1 + x) to the bits of the GNU C Library 2.39 and later on x86-64 processors with fused multiply-add: within 1 ulp.
 *
 * 1 + x = 2^k (1 + f), f between sqrt(1/2) - 1 and sqrt(2) - 1: log(1 + x) = k log(2) + log(1 + f), and with s = f / (2 + f) the latter is
 * f - (f^2 / 2 - s (f^2 / 2 + R)), R a polynomial of s^2. Which products are fused into sums is what the library's compiler chose.
 *
 * Source: log1p of fdlibm (Sun Microsystems, https://www.netlib.org/fdlibm/s_log1p.c) with the polynomial's terms grouped as in the GNU C
 * Library's sysdeps/ieee754/dbl-64/s_log1p.c.
 * @module
 */
import { doubleHighBits, withHighBits } from '../bits.js';
import { fma64 } from '../fma.js';

/** log(2), its last bits zeros, so that k times it is exact; and the rest. */
const LN2_HIGH = 0.6931471803691238; // 0x3fe62e42fee00000
const LN2_LOW = 1.9082149292705877e-10; // 0x3dea39ef35793c76

/** R's coefficients, by powers of s^2. */
const R1 = 0.6666666666666735; // 0x3fe5555555555593
const R2 = 0.3999999999940942; // 0x3fd999999997fa04
const R3 = 0.2857142874366239; // 0x3fd2492494229359
const R4 = 0.22222198432149784; // 0x3fcc71c51d8e78af
const R5 = 0.1818357216161805; // 0x3fc7466496cb03de
const R6 = 0.15313837699209373; // 0x3fc39a09d078c69f
const R7 = 0.14798198605116586; // 0x3fc2f112df3e5244
const TWO_THIRDS = 0.6666666666666666; // 0x3fe5555555555555

/** Upper bits, between which 1 + x needs no reduction: sqrt(2) - 1, and sqrt(1/2) - 1 (negative, so compared by magnitude). */
const PLAIN_ABOVE = 0x3fda827a;
const PLAIN_BELOW = 0x3fd2bec3;
/** The fraction's upper bits of sqrt(2). */
const ROOT_TWO = 0x6a09e;
const FRACTION_MASK = 0xfffff;
const ONE = 0x3ff00000;
const HALF = 0x3fe00000;

/** @param x  above -1, below 2^53 */
export function log1p(x: number): number {
  const size = Math.abs(x);
  if (size < 2 ** -29) return size < 2 ** -54 ? x : x - x * x * 0.5;
  const sizeBits = doubleHighBits(size);
  if (x > 0 ? sizeBits < PLAIN_ABOVE : sizeBits <= PLAIN_BELOW) return logOf(x);
  const sum = 1 + x;
  const sumBits = doubleHighBits(sum);
  const k = (sumBits >> 20) - 1023;
  const lost = (k > 0 ? 1 - (sum - x) : x - (sum - 1)) / sum;
  const fraction = sumBits & FRACTION_MASK;
  if (fraction < ROOT_TWO) return logOfScaled(withHighBits(sum, fraction | ONE) - 1, k, lost);
  return logOfScaled(withHighBits(sum, fraction | HALF) - 1, k + 1, lost);
}

/** log(1 + f). */
function logOf(f: number): number {
  const halfSquare = 0.5 * f * f;
  return f - (halfSquare - curveOf(f, halfSquare));
}

/** log(2^k (1 + f)) + lost. */
function logOfScaled(f: number, k: number, lost: number): number {
  const low = fma64(k, LN2_LOW, lost);
  if (f === 0) return k * LN2_HIGH + low;
  const halfSquare = 0.5 * f * f;
  if (isTiny(f)) {
    const rest = halfSquare * fma64(-TWO_THIRDS, f, 1);
    return k * LN2_HIGH - (rest - low - f);
  }
  return k * LN2_HIGH - (halfSquare - (low + curveOf(f, halfSquare)) - f);
}

/** Is 1 + f, or (1 + f) / 2 for f < 0, a power of two in its upper bits? */
function isTiny(f: number): boolean {
  return f > 0 ? f < 2 ** -20 : f >= -(2 ** -20);
}

/** s (f^2 / 2 + R). */
function curveOf(f: number, halfSquare: number): number {
  const s = f / (2 + f);
  const z = s * s;
  const z2 = z * z;
  const z4 = z2 * z2;
  const z6 = z2 * z4;
  const first = fma64(z, R1, z2 * fma64(z, R3, R2));
  const r = fma64(z6, fma64(z, R7, R6), fma64(z4, fma64(z, R5, R4), first));
  return (r + halfSquare) * s;
}
