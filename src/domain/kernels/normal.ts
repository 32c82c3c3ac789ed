/**
 * Normal float32, mean + std * z with z standard normal: the specification.
 *
 * Inversion of all 32 bits of a word, one word for each element. The word as an int32 i stands for the probability
 * (i + 2^31 + 1/2) / 2^32. The lattice is symmetric: i and ~i give opposite values. Whichever of the two is not negative, n,
 * counts from the centre, and d = 2^31 - 1 - n from the nearer end. Both are exact integers, so neither centre nor tail loses
 * relative precision. With x = (n + 1/2) / 2^31, the probability between -z and z, there are two pieces:
 *
 * - middle, |z| <= 3.18: z / x is a function of r = sqrt(1 - x^2) alone, a rational one here. The root spreads the ends of the
 *   interval so far apart that degrees 5 and 4 are enough; 1 - x^2 is d (2^31 + n) / 2^62, and R = 2^31 r needs no scaling.
 * - end, one word in 683: z is a rational function of W = -log2(1 - x), the logarithm taken from the exponent bits and
 *   a polynomial in the mantissa.
 *
 * All coefficients of the rational functions but a small leading one are positive, so nothing cancels. Range: 2.9e-10 to 6.338 standard deviations on
 * either side, never 0. Spacing: 2^32 lattice points; near the centre float32 is finer than the lattice, elsewhere coarser, and
 * neighbouring words may be out of order by the kernel's error. Bias: none, by symmetry. Error, against double precision
 * (`npm run fit -- normal`): at most 6.9 ulp and 4.7e-7 relative, 0.96 ulp on average.
 *
 * Sources: inversion is Devroye, "Non-Uniform Random Variate Generation", 1986, section II.2,
 * https://doi.org/10.1007/978-1-4613-8643-8; a middle and a tail in a logarithm are as in Wichura, "Algorithm AS 241",
 * Applied Statistics 37(3), 1988, https://doi.org/10.2307/2347330; variables, pieces and coefficients are this project's own.
 * @module
 */
import { floatBits, floatOfBits } from '../arithmetic/bits.js';
import { uint32At } from '../arithmetic/typed-at.js';

export interface NormalParameters {
  readonly kind: 'normal';
  /** float32. */
  readonly mean: number;
  /** float32. */
  readonly std: number;
}

/** No value lies further from the mean, in standard deviations. */
export const NORMAL_REACH = 6.339;

/** Words closer than this to their end of the lattice belong to the end piece. */
const END_WORDS = 3 * 2 ** 20;
const LARGEST_INT = 0x7fffffff;
const HALF_WORDS = 2 ** 31;

/** The middle's z / x = P(r) / Q(r), highest degree first, from bench/fit/normal.ts; float32. Within 6.4e-8. */
const MIDDLE_P = [
  -0.011820478364825249, // 0xbc41aaae
  0.12168312817811966, // 0x3df93501
  2.275608777999878, // 0x4011a393
  1.2872014045715332, // 0x3fa4c304
  0.12709367275238037, // 0x3e0224d8
  0.0017476585926488042, // 0x3ae511b1
] as const;
/** Without the leading 1. */
const MIDDLE_Q = [
  1.5020612478256226, // 0x3fc0438b
  0.49495822191238403, // 0x3efd6b2a
  0.03577866777777672, // 0x3d128ca7
  0.0003715144994203001, // 0x39c2c7d5
] as const;

/** The same for R = 2^31 r and 2^31 x, both times 2^124: powers of two, so no bit is lost. */
const [P5, P4, P3, P2, P1, P0] = inScaledRoot(MIDDLE_P, -2);
const [Q3, Q2, Q1, Q0] = inScaledRoot(MIDDLE_Q, 1);

/** @param first  power of 2^31 that the first coefficient gets; each further one gets one more */
function inScaledRoot<T extends readonly number[]>(
  coefficients: T,
  first: number,
): { [K in keyof T]: number } {
  let scale = 1;
  for (let k = 0; k < first; k++) scale *= HALF_WORDS;
  for (let k = 0; k > first; k--) scale /= HALF_WORDS;
  return coefficients.map((value) => {
    const scaled = value * scale;
    scale *= HALF_WORDS;
    return scaled;
  }) as { [K in keyof T]: number };
}

/** The end's z = P(W) / Q(W), highest degree first. Within 5.7e-8. */
const [E3, E2, E1, E0] = [
  35.27519607543945, // 0x420d19cd
  3121.7001953125, // 0x45431b34
  30395.203125, // 0x46ed7668
  6610.06689453125, // 0x45ce9089
] as const;
const [F2, F1, F0] = [
  383.7376708984375, // 0x43bfde6c
  11606.2509765625, // 0x46355901
  44129.62109375, // 0x472c619f
] as const;

/** 1 - log2(1.5 + t) for t in [-1/2, 1/2], highest degree first, from the same script. Within 1.9e-6, which moves z by 1e-7. */
const [G6, G5, G4, G3, G2, G1, G0] = [
  0.02568996511399746, // 0x3cd273c3
  -0.04392983764410019, // 0xbd33efc6
  0.07037661224603653, // 0x3d90219d
  -0.14171776175498962, // 0xbe111e76
  0.32065242528915405, // 0x3ea42c8e
  -0.9618212580680847, // 0xbf7639eb
  0.4150369465351105, // 0x3ed47fb9
] as const;

/** The bits of float32 2^31, less one. */
const TOP_BITS = ((31 + 127) << 23) - 1;

/** By the names of the SIMD kernel's variables (workers/simd/normal.ts). */
export const NORMAL_COEFFICIENTS = [
  ['middleP5', P5],
  ['middleP4', P4],
  ['middleP3', P3],
  ['middleP2', P2],
  ['middleP1', P1],
  ['middleP0', P0],
  ['middleQ3', Q3],
  ['middleQ2', Q2],
  ['middleQ1', Q1],
  ['middleQ0', Q0],
  ['endP3', E3],
  ['endP2', E2],
  ['endP1', E1],
  ['endP0', E0],
  ['endQ2', F2],
  ['endQ1', F1],
  ['endQ0', F0],
  ['log6', G6],
  ['log5', G5],
  ['log4', G4],
  ['log3', G3],
  ['log2', G2],
  ['log1', G1],
  ['log0', G0],
] as const;

/** The kernel's float32 constants, from doubles. */
export function normalParameters(mean: number, std: number): NormalParameters {
  // + 0: a mean of -0 would make the sign of a 0 depend on z.
  return { kind: 'normal', mean: Math.fround(mean) + 0, std: Math.fround(std) };
}

/**
 * @param out    shape [n], overwritten
 * @param words  n uint32 words, one for each element, in block order (generator.ts)
 */
export function fillNormal(out: Float32Array, words: Uint32Array, { mean, std }: NormalParameters): void {
  for (let i = 0; i < out.length; i++) {
    out[i] = Math.fround(mean + Math.fround(std * normalFromWord(uint32At(words, i))));
  }
}

/** The standard normal value of a uint32 word, as a float32. */
export function normalFromWord(word: number): number {
  const signs = word >> 31;
  const n = word ^ signs;
  const d = LARGEST_INT - n;
  const z = d < END_WORDS ? endQuantile(d) : middleQuantile(n, d);
  return signs === 0 ? z : -z;
}

function middleQuantile(n: number, d: number): number {
  const fromCentre = Math.fround(n);
  const r = Math.fround(Math.sqrt(Math.fround(Math.fround(d) * Math.fround(fromCentre + HALF_WORDS))));
  let p = Math.fround(Math.fround(P5 * r) + P4);
  p = Math.fround(Math.fround(p * r) + P3);
  p = Math.fround(Math.fround(p * r) + P2);
  p = Math.fround(Math.fround(p * r) + P1);
  p = Math.fround(Math.fround(p * r) + P0);
  let q = Math.fround(r + Q3);
  q = Math.fround(Math.fround(q * r) + Q2);
  q = Math.fround(Math.fround(q * r) + Q1);
  q = Math.fround(Math.fround(q * r) + Q0);
  return Math.fround(Math.fround(Math.fround(fromCentre + 0.5) * p) / q);
}

function endQuantile(d: number): number {
  const pattern = floatBits(Math.fround(d) + 0.5);
  const octave = (TOP_BITS - pattern) >>> 23;
  const t = Math.fround(floatOfBits((pattern & 0x7fffff) | 0x3f800000) - 1.5);
  let g = Math.fround(Math.fround(G6 * t) + G5);
  g = Math.fround(Math.fround(g * t) + G4);
  g = Math.fround(Math.fround(g * t) + G3);
  g = Math.fround(Math.fround(g * t) + G2);
  g = Math.fround(Math.fround(g * t) + G1);
  g = Math.fround(Math.fround(g * t) + G0);
  const w = Math.fround(octave + g);
  let p = Math.fround(Math.fround(E3 * w) + E2);
  p = Math.fround(Math.fround(p * w) + E1);
  p = Math.fround(Math.fround(p * w) + E0);
  let q = Math.fround(w + F2);
  q = Math.fround(Math.fround(q * w) + F1);
  q = Math.fround(Math.fround(q * w) + F0);
  return Math.fround(p / q);
}
