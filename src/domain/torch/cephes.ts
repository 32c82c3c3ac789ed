/**
 * Logarithm, sine and cosine of float32 numbers to the bits of the AVX code that torch's `normal_` calls. All operations are float32's;
 * where a product is added it is fused, as the compiler of torch does.
 *
 * Sources: Cephes (https://www.netlib.org/cephes, single/logf.c, sinf.c); log256_ps and sincos256_ps in
 * aten/src/ATen/native/cpu/avx_mathfun.h of PyTorch 2.13.0 (Garberoglio, after Pommier's sse_mathfun). Which of two products
 * a sum is fused with was found by comparing all 2^24 arguments with torch.
 * @module
 */
import { floatBits, floatOfBits } from '../arithmetic/bits.js';
import { fma32 } from '../arithmetic/fma.js';

const { fround } = Math;

const FRACTION = 0x7fffff;
/** The exponent of [1/2, 1). */
const HALF = 0x3f000000;
const EXPONENT_OF_HALF = 126;
const ROOT_HALF = 0.7071067690849304; // 0x3f3504f3

/** ln(1 + x) = x - x^2 / 2 + x^3 * P(x). */
const L8 = 0.07037683576345444; // 0x3d9021bb
const L7 = -0.11514610052108765; // 0xbdebd1b8
const L6 = 0.11676998436450958; // 0x3def251a
const L5 = -0.12420140951871872; // 0xbdfe5d4f
const L4 = 0.14249323308467865; // 0x3e11e9bf
const L3 = -0.16668057441711426; // 0xbe2aae50
const L2 = 0.2000071406364441; // 0x3e4cceac
const L1 = -0.24999994039535522; // 0xbe7ffffc
const L0 = 0.3333333134651184; // 0x3eaaaaaa
/** ln 2 as a sum; the first has so few bits that its products with exponents are exact. */
const LN2_HIGH = 0.693359375; // 0x3f318000
const LN2_LOW = -0.00021219444170128554; // 0xb95e8083

/** ln x, for normal x above 0. */
export function log(x: number): number {
  const bits = floatBits(x);
  const significand = floatOfBits((bits & FRACTION) | HALF);
  const isLow = significand < ROOT_HALF;
  const exponent = (bits >>> 23) - EXPONENT_OF_HALF - (isLow ? 1 : 0);
  // Both are exact.
  const t = isLow ? significand - 1 + significand : significand - 1;
  const square = fround(t * t);
  let p = fma32(L8, t, L7);
  p = fma32(p, t, L6);
  p = fma32(p, t, L5);
  p = fma32(p, t, L4);
  p = fma32(p, t, L3);
  p = fma32(p, t, L2);
  p = fma32(p, t, L1);
  p = fma32(p, t, L0);
  const rest = fma32(fround(p * t), square, fround(exponent * LN2_LOW));
  // These products are exact in float32.
  return fround(fround(t + fround(rest - 0.5 * square)) + exponent * LN2_HIGH);
}

const FOUR_OVER_PI = 1.2732394933700562; // 0x3fa2f983
/** -pi/4 as a sum of three. */
const PART1 = -0.78515625; // 0xbf490000
const PART2 = -0.00024187564849853516; // 0xb97da000
const PART3 = -3.774895063202166e-8; // 0xb3222169

/** cos x = 1 - x^2 / 2 + x^4 * P(x^2), for |x| up to pi/4. */
const C2 = 0.0000244331567955669; // 0x37ccf5ce
const C1 = -0.0013887316454201937; // 0xbab6061a
const C0 = 0.04166664555668831; // 0x3d2aaaa5
/** sin x = x + x^3 * P(x^2). */
const S2 = -0.00019515295571181923; // 0xb94ca1f9
const S1 = 0.008332161232829094; // 0x3c08839e
const S0 = -0.16666655242443085; // 0xbe2aaaa3

/**
 * @param x    0 to 2 pi
 * @param out  its sine and its cosine, overwritten
 */
export function sincos(x: number, out: Float32Array): void {
  const octant = (Math.trunc(fround(x * FOUR_OVER_PI)) + 1) & ~1;
  // The products with the first two parts are exact in float32.
  const near = fround(fround(x + octant * PART1) + octant * PART2);
  const rest = fma32(octant, PART3, near);
  const square = fround(rest * rest);
  let c = fma32(C2, square, C1);
  c = fma32(c, square, C0);
  c = fma32(fround(c * square), square, -0.5 * square);
  c = fround(c + 1);
  let s = fma32(S2, square, S1);
  s = fma32(s, square, S0);
  s = fma32(fround(s * square), rest, rest);
  const isSwapped = (octant & 2) !== 0;
  const sine = isSwapped ? c : s;
  const cosine = isSwapped ? s : c;
  out[0] = (octant & 4) === 0 ? sine : -sine;
  out[1] = ((octant - 2) & 4) === 0 ? -cosine : cosine;
}
