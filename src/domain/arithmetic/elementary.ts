/**
 * Logarithm, exponential and tangent of doubles for kernels that compute one for each element: fast, and from + - * / and bits alone, so every
 * engine gets the same doubles. (portable-math.ts is for the constants of kernels; its values are part of the byte contract, so it stays.)
 *
 * Errors, over what elementary.test.ts tries: ln, lnOnePlus and exp within 1 ulp, expMinusOne within 2, tanQuarter within 3.
 *
 * Source: methods and polynomials of fdlibm (Sun Microsystems, https://www.netlib.org/fdlibm: e_log.c, e_exp.c, k_sin.c, k_cos.c).
 * @module
 */
import { doubleHighBits, withHighBits } from './bits.js';
import { add, divide, multiply, twoProduct, type DoubleDouble } from './double-double.js';
import { balancedExponent, withoutExponent } from './float64.js';

/** ln 2, its last bits zeros, so that an exponent times it is exact; and the rest. */
const LN2_HIGH = 0.6931471803691238; // 0x3fe62e42fee00000
const LN2_LOW = 1.9082149292705877e-10; // 0x3dea39ef35793c76

/** ln(1 + f) = f - (f^2 / 2 - s (f^2 / 2 + R)) with s = f / (2 + f), and R a polynomial of s^2: its coefficients. */
const L7 = 0.14798198605116586; // 0x3fc2f112df3e5244
const L6 = 0.15313837699209373; // 0x3fc39a09d078c69f
const L5 = 0.1818357216161805; // 0x3fc7466496cb03de
const L4 = 0.22222198432149784; // 0x3fcc71c51d8e78af
const L3 = 0.2857142874366239; // 0x3fd2492494229359
const L2 = 0.3999999999940942; // 0x3fd999999997fa04
const L1 = 0.6666666666666735; // 0x3fe5555555555593

const LEAST_NORMAL = 2 ** -1022;
/** Takes a subnormal number to the normal ones. */
const LIFT = 2 ** 54;

/** The natural logarithm. @param x  positive and finite */
export function ln(x: number): number {
  if (x < LEAST_NORMAL) return ln(x * LIFT) - 54 * LN2_LOW - 54 * LN2_HIGH;
  const exponent = balancedExponent(x);
  return lnScaled(withoutExponent(x, exponent) - 1, exponent);
}

/** ln(1 + f), without loss for small f. @param f  -0.29 to 0.41 */
export const lnOnePlus = (f: number): number => lnScaled(f, 0);

/** ln(2^exponent (1 + f)). */
function lnScaled(f: number, exponent: number): number {
  const s = f / (2 + f);
  const z = s * s;
  let r = L7 * z + L6;
  r = r * z + L5;
  r = r * z + L4;
  r = r * z + L3;
  r = r * z + L2;
  r = r * z + L1;
  const halfSquare = 0.5 * f * f;
  return exponent * LN2_HIGH - (halfSquare - (s * (halfSquare + r * z) + exponent * LN2_LOW) - f);
}

/** exp(r) = 1 + r + r c / (2 - c) with c = r - r^2 P, and P a polynomial of r^2: its coefficients, for |r| up to ln(2) / 2. */
const E5 = 4.1381367970572385e-8; // 0x3e66376972bea4d0
const E4 = -0.0000016533902205465252; // 0xbebbbd41c5d26bf1
const E3 = 0.00006613756321437934; // 0x3f11566aaf25de2c
const E2 = -0.0027777777777015593; // 0xbf66c16c16bebd93
const E1 = 0.16666666666666602; // 0x3fc555555555553e

/** What exp adds to 1 + r. */
function curveOfExp(r: number): number {
  const square = r * r;
  const c = r - square * (E1 + square * (E2 + square * (E3 + square * (E4 + square * E5))));
  return (r * c) / (2 - c);
}

const PER_LN2 = 1.4426950408889634; // 0x3ff71547652b82fe
/** exp is 0 below and Infinity above, or may be: no caller goes there. */
const LEAST_EXPONENT = -745;
const MOST_EXPONENT = 710;

/**
 * e^(x + rest), where the rest is what rounding x lost. 0 for x < -745, Infinity for x > 710.
 * @param rest  at most half an ulp of x
 */
export function exp(x: number, rest = 0): number {
  if (x < LEAST_EXPONENT) return 0;
  if (x > MOST_EXPONENT) return Infinity;
  const doublings = Math.floor(x * PER_LN2 + 0.5);
  const high = x - doublings * LN2_HIGH;
  const low = doublings * LN2_LOW - rest;
  const fraction = 1 - (low - curveOfExp(high - low) - high);
  return scaleByPower(fraction, doublings);
}

/** x 2^power, rounded at most once. @param x  0.7 to 1.5 */
function scaleByPower(x: number, power: number): number {
  if (power > 1022) return x * 2 ** 1022 * 2 ** (power - 1022);
  if (power < -1021) return withHighBits(x, doubleHighBits(x) + ((power + 1000) << 20)) * 2 ** -1000;
  return withHighBits(x, doubleHighBits(x) + (power << 20));
}

/** e^x - 1, without loss for small x. @param x  within ±0.34 */
export const expMinusOne = (x: number): number => x + curveOfExp(x);

const HALF_PI = 1.5707963267948966; // 0x3ff921fb54442d18
/** sin(x) = x + x^3 S, cos(x) = 1 - (x^2 / 2 - x^4 C), polynomials of x^2, for x up to pi / 4. */
const S6 = 1.58969099521155e-10; // 0x3de5d93a5acfd57c
const S5 = -2.5050760253406863e-8; // 0xbe5ae5e68a2b9ceb
const S4 = 0.0000027557313707070068; // 0x3ec71de357b1fe7d
const S3 = -0.0001984126982985795; // 0xbf2a01a019c161d5
const S2 = 0.00833333333332249; // 0x3f8111111110f8a6
const S1 = -0.16666666666666632; // 0xbfc5555555555549
const C6 = -1.1359647557788195e-11; // 0xbda8fae9be8838d4
const C5 = 2.087572321298175e-9; // 0x3e21ee9ebdb4b1c4
const C4 = -2.7557314351390663e-7; // 0xbe927e4f809c52ad
const C3 = 0.00002480158728947673; // 0x3efa01a019cb1590
const C2 = -0.001388888888887411; // 0xbf56c16c16c15177
const C1 = 0.0416666666666666; // 0x3fa555555555554c

/** tan(v pi / 2). @param v  0 to 1/2 */
export function tanQuarter(v: number): number {
  const x = v * HALF_PI;
  const z = x * x;
  const s = S1 + z * (S2 + z * (S3 + z * (S4 + z * (S5 + z * S6))));
  const c = C1 + z * (C2 + z * (C3 + z * (C4 + z * (C5 + z * C6))));
  return (x + x * z * s) / (1 - (0.5 * z - z * z * c));
}

/** ln 2 to 106 bits. */
const LN2: DoubleDouble = [0.6931471805599453, 2.3190468138462996e-17]; // 0x3fe62e42fefa39ef, 0x3c7abc9e3b39803f
/** s^(2 * 21) is below 2^-106, s up to 0.172. */
const LAST_ODD = 43;

/** The natural logarithm to about 100 bits: an exponent, and twice the inverse hyperbolic tangent of (f - 1) / (f + 1) by its series. */
export function lnExactly(x: number): DoubleDouble {
  const exponent = balancedExponent(x);
  const f = withoutExponent(x, exponent);
  const s = divide([f - 1, 0], add([f, 0], [1, 0]));
  const square = multiply(s, s);
  let sum: DoubleDouble = [0, 0];
  for (let odd = LAST_ODD; odd >= 1; odd -= 2) sum = add(multiply(sum, square), divide([1, 0], [odd, 0]));
  return add(multiply(LN2, [exponent, 0]), multiply(multiply(s, sum), [2, 0]));
}

/** e^(factor * exponent), the factor of about 100 bits: exact where it is ln(2) and the exponent a whole number. */
export function expOfProduct(factor: DoubleDouble, exponent: number): number {
  const [product, error] = twoProduct(factor[0], exponent);
  return exp(product, error + factor[1] * exponent);
}
