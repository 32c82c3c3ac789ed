/**
 * Truncated normal float32, mean + std * z with z standard normal truncated to [-2, 2]: the specification.
 *
 * Inversion: x uniform on (-erf(sqrt 2), erf(sqrt 2)) gives z = sqrt(2) * erfinv(x). One word for each element, no rejection, no
 * logarithm, no square root, no branch. erfinv's odd factor z / x is a function of s = 1 - x^2 alone; in s the fitted
 * rational has ten positive coefficients, so nothing cancels in float32. Error figures: the fit below.
 *
 * Sources: inversion is Devroye, "Non-Uniform Random Variate Generation", 1986, section II.2, https://doi.org/10.1007/978-1-4613-8643-8;
 * the rational minimax fit is Remez exchange (Cody, "A survey of practical rational and polynomial approximation of
 * functions", SIAM Review 12(3), 1970, https://doi.org/10.1137/1012082).
 * @module
 */
import { uint32At } from '../arithmetic/typed-at.js';

export interface TruncatedNormalParameters {
  readonly kind: 'truncated_normal';
  /** float32. */
  readonly mean: number;
  /** float32. */
  readonly std: number;
}

/**
 * Bounds of z in standard deviations, of every kernel called truncated normal. The constants below are derived for these bounds
 * (`npm run fit -- truncated-normal`), so this is not a switch: other bounds are drawn by bounded-normal.ts.
 */
export const TRUNCATION = 2;

const ERF_SQRT2 = 0.9544997361036416; // 0x3fee8b4307d3627a
/** Spacing of the lattice of x. */
export const X_SPACING = Math.fround(ERF_SQRT2 * 2 ** -23);

/**
 * z / x = P(s) / Q(s), made by bench/fit/truncated-normal.ts (`npm run fit -- truncated-normal`); all float32. In real arithmetic within 6.8e-8
 * relative of sqrt(2) erfinv(x) / x; the kernel, over all 2^24 words, within 7.1 ulp (mean 1.05) and 4.7e-7 relative.
 */
const P4 = 0.42907604575157166; // 0x3edbafdb
const P3 = 4.683067798614502; // 0x4095dbb1
const P2 = 4.780045986175537; // 0x4098f623
const P1 = 0.8321889042854309; // 0x3f550a55
const P0 = 0.01968066580593586; // 0x3ca13959
/** The leading coefficient of Q, of s^4, is 1. */
const Q3 = 4.345924377441406; // 0x408b11d0
const Q2 = 2.857095718383789; // 0x4036daa8
const Q1 = 0.3631713390350342; // 0x3eb9f198
const Q0 = 0.0063270991668105125; // 0x3bcf538e

/** By the names of the SIMD kernel's variables (workers/simd/truncated-normal.ts). */
export const COEFFICIENTS = [
  ['p4', P4],
  ['p3', P3],
  ['p2', P2],
  ['p1', P1],
  ['p0', P0],
  ['q3', Q3],
  ['q2', Q2],
  ['q1', Q1],
  ['q0', Q0],
] as const;

/** The kernel's float32 constants, from doubles. */
export function truncatedNormalParameters(mean: number, std: number): TruncatedNormalParameters {
  // + 0: a mean of -0 would make the sign of a 0 depend on z.
  return { kind: 'truncated_normal', mean: Math.fround(mean) + 0, std: Math.fround(std) };
}

/**
 * @param out    shape [n], overwritten
 * @param words  n uint32 words, one for each element, in block order (generator.ts)
 */
export function fillTruncatedNormal(
  out: Float32Array,
  words: Uint32Array,
  { mean, std }: TruncatedNormalParameters,
): void {
  for (let i = 0; i < out.length; i++) {
    out[i] = Math.fround(mean + Math.fround(std * standardFromWord(uint32At(words, i))));
  }
}

/** The standard truncated normal value of a uint32 word, as a float32. The bounds never act: every |z| is below 2. */
export function standardFromWord(word: number): number {
  const m = (word >> 8) + 0.5;
  const x = Math.fround(m * X_SPACING);
  const s = Math.fround(1 - Math.fround(x * x));
  let p = Math.fround(Math.fround(P4 * s) + P3);
  p = Math.fround(Math.fround(p * s) + P2);
  p = Math.fround(Math.fround(p * s) + P1);
  p = Math.fround(Math.fround(p * s) + P0);
  let q = Math.fround(s + Q3);
  q = Math.fround(Math.fround(q * s) + Q2);
  q = Math.fround(Math.fround(q * s) + Q1);
  q = Math.fround(Math.fround(q * s) + Q0);
  const z = Math.fround(Math.fround(x * p) / q);
  return Math.min(Math.max(z, -TRUNCATION), TRUNCATION);
}
