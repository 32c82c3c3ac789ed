/**
 * Truncated normal float64, mean + std * z with z standard normal truncated to [-2, 2]: the specification.
 *
 * Inversion: u = m * 2^-52, exact, uniform on (-1, 1), gives z = sqrt(2) * erfinv(u * erf(sqrt 2)). One 64-bit word for each element, no
 * rejection, no logarithm, no square root, no branch. Only + - * / of doubles, which IEEE 754 rounds the same way everywhere.
 *
 * Near the ends z changes 4.4 times as much as u, relatively, and 1 - u^2 loses its digits there. So s = (1 - u)(1 + u), of
 * which the factor that is small is exact. The ratio z / u, 1.2 to 2, is a smooth function of s; 1 + LINE - SLOPE * s comes near it and is
 * nearly exact. The rational adds less than 0.3, and less than 0.07 where |z| < 1.5; its rounding errors weigh as little.
 *
 * Error of z over 9 sets of 300,000 words, random and structured (`npm run fit -- float64-accuracy`): at most 1.6 ulp, mean 0.3; stated
 * bound 2 ulp. Spacing of u: 2^-52. Largest |z|: 2 - 2^-50. No bias: odd in m.
 *
 * Sources: inversion is Devroye, "Non-Uniform Random Variate Generation", 1986, section II.2, https://doi.org/10.1007/978-1-4613-8643-8;
 * the rational minimax fit is Remez exchange (Cody, "A survey of practical rational and polynomial approximation of
 * functions", SIAM Review 12(3), 1970, https://doi.org/10.1137/1012082).
 * @module
 */
import { TRUNCATION } from './truncated-normal.js';
import { ceilSum, floorSum } from '../arithmetic/float64.js';
import { uint32At } from '../arithmetic/typed-at.js';
import { latticeFromWord } from './uniform64.js';

export interface TruncatedNormal64Parameters {
  readonly kind: 'truncated_normal64';
  readonly mean: number;
  readonly std: number;
  /** The outermost doubles within [mean - 2 std, mean + 2 std]. */
  readonly lowest: number;
  readonly highest: number;
}

const U_SPACING = 2 ** -52;

/** z / u is about 1 + LINE - SLOPE * s. */
export const LINE = 0.703125;
export const SLOPE = 0.5;

/**
 * z / u = 1 + (LINE - SLOPE * s) + P(s) / Q(s), made by bench/fit/float64.ts (`npm run fit -- float64`). In real arithmetic within 2^-56.5
 * relative of the exact ratio, which is 0.09 ulp at most.
 */
const P10 = -1242.268667446176; // 0xc09369131d8f1b4e
const P9 = -9556.85784577182; // 0xc0c2aa6dcde3e77d
const P8 = -16704.61588434146; // 0xc0d050276aa6282c
const P7 = 67.46327515021358; // 0x4050dda64cd0cde0
const P6 = 17173.44572104065; // 0x40d0c55c86b18b2f
const P5 = 11317.945364379188; // 0x40c61af901b331b5
const P4 = 1992.4418039501554; // 0x409f21c4684134a5
const P3 = -322.1487830921468; // 0xc07422616a612f7e
const P2 = -151.49683340780533; // 0xc062efe60f2cc2b1
const P1 = -17.7815790602623; // 0xc031c81590b710a3
const P0 = -0.6899384890634679; // 0xbfe613f9e1d8ef9a
/** The leading coefficient of Q, of s^10, is 1. */
const Q9 = -2518.8710930876664; // 0xc0a3adbdffe9c699
const Q8 = -25745.68075585413; // 0xc0d9246b91810083
const Q7 = -83926.89879489855; // 0xc0f47d6e6176c271
const Q6 = -122072.24857431099; // 0xc0fdcd83fa290e85
const Q5 = -91400.71621782183; // 0xc0f6508b75a0d199
const Q4 = -37877.56495001417; // 0xc0e27eb214120d58
const Q3 = -8949.1304898306; // 0xc0c17a90b3e40972
const Q2 = -1191.3206622338894; // 0xc0929d485bae3e78
const Q1 = -82.75205788798665; // 0xc054b021b768667f
const Q0 = -2.3240033315822077; // 0xc002978f0f078667

/** By the names of the SIMD kernel's variables (workers/simd/truncated-normal64.ts). */
export const COEFFICIENTS = [
  ['truncatedLine', LINE],
  ['truncatedSlope', SLOPE],
  ['truncatedP10', P10],
  ['truncatedP9', P9],
  ['truncatedP8', P8],
  ['truncatedP7', P7],
  ['truncatedP6', P6],
  ['truncatedP5', P5],
  ['truncatedP4', P4],
  ['truncatedP3', P3],
  ['truncatedP2', P2],
  ['truncatedP1', P1],
  ['truncatedP0', P0],
  ['truncatedQ9', Q9],
  ['truncatedQ8', Q8],
  ['truncatedQ7', Q7],
  ['truncatedQ6', Q6],
  ['truncatedQ5', Q5],
  ['truncatedQ4', Q4],
  ['truncatedQ3', Q3],
  ['truncatedQ2', Q2],
  ['truncatedQ1', Q1],
  ['truncatedQ0', Q0],
] as const;

/** |mean| + 2 std is to be finite. */
export function truncatedNormal64Parameters(mean: number, std: number): TruncatedNormal64Parameters {
  return {
    kind: 'truncated_normal64',
    // + 0: a -0 would make the sign of a 0 depend on z, or on which of two equal numbers an implementation of min takes.
    mean: mean + 0,
    std,
    lowest: ceilSum(mean, -TRUNCATION * std) + 0,
    highest: floorSum(mean, TRUNCATION * std) + 0,
  };
}

/**
 * @param out    shape [n], overwritten
 * @param words  2n uint32: n 64-bit words, one for each element, low half first, in block order (generator.ts)
 */
export function fillTruncatedNormal64(
  out: Float64Array,
  words: Uint32Array,
  { mean, std, lowest, highest }: TruncatedNormal64Parameters,
): void {
  for (let i = 0; i < out.length; i++) {
    const value = mean + std * truncatedFromWord(uint32At(words, 2 * i), uint32At(words, 2 * i + 1));
    out[i] = Math.min(Math.max(value, lowest), highest);
  }
}

/** The standard truncated normal value of a 64-bit word, given as its halves: within (-2, 2), never 0, odd in m. */
export function truncatedFromWord(low: number, high: number): number {
  const u = latticeFromWord(low, high) * U_SPACING;
  const s = (1 - u) * (1 + u);
  let p = P10 * s + P9;
  p = p * s + P8;
  p = p * s + P7;
  p = p * s + P6;
  p = p * s + P5;
  p = p * s + P4;
  p = p * s + P3;
  p = p * s + P2;
  p = p * s + P1;
  p = p * s + P0;
  let q = s + Q9;
  q = q * s + Q8;
  q = q * s + Q7;
  q = q * s + Q6;
  q = q * s + Q5;
  q = q * s + Q4;
  q = q * s + Q3;
  q = q * s + Q2;
  q = q * s + Q1;
  q = q * s + Q0;
  return u + u * (LINE - SLOPE * s + p / q);
}
