/**
 * Laws that are drawn by one inversion: the quantile function at a point of a lattice, computed in doubles from + - * / and bits alone
 * (elementary.ts) and rounded once to the dtype. One word for each element, no rejection.
 *
 * A point u lies in (-1, 1), symmetric about 0 and never on it or an end; it stands for the probability (1 + u) / 2. 1 - |u| is exact in
 * doubles, so neither tail loses relative precision. Every quantile grows with u.
 *
 * | law | value at u | lattice of float32 | reach |
 * |---|---|---|---|
 * | log_uniform | sqrt(low high) exp(u ln(high / low) / 2) | 24 bits | low to high |
 * | exponential | -ln((1 - u) / 2) / rate | 32 bits | 1.2e-10 to 22.87, over rate |
 * | laplace | location ± scale -ln(1 - abs u) | 32 bits | 22.18 scales |
 * | cauchy | location + scale tan(pi u / 2) | 32 bits | 2.73e9 scales |
 * | gumbel | location - scale ln(-ln((1 + u) / 2)) | 32 bits | -3.13 to 22.87 scales |
 *
 * Doubles have the lattice of 53 bits, which reaches further: exponential and gumbel to 37.43, laplace to 36.74, cauchy to 5.7e15, gumbel
 * down to -3.62. Errors, in doubles before the last rounding: 4 ulp of the quantile of location 0; log_uniform's relative error is below
 * 2^-52 (3 + abs ln low + abs ln high).
 *
 * Sources: Devroye, "Non-Uniform Random Variate Generation", 1986, section II.2, table 1, https://doi.org/10.1007/978-1-4613-8643-8;
 * the parameters are NumPy's (https://numpy.org/doc/stable/reference/random/generator.html) but exponential's rate, which is torch's lambd.
 * @module
 */
import { exp, ln, lnOnePlus, tanQuarter } from '../arithmetic/elementary.js';

/** Plain data, which crosses threads. */
export type InversionLaw =
  | {
      readonly kind: 'log_uniform';
      /** The geometric mean of the bounds. */
      readonly centre: number;
      /** Half of ln(high / low). */
      readonly half: number;
    }
  | { readonly kind: 'exponential'; readonly rate: number }
  | { readonly kind: 'laplace' | 'cauchy' | 'gumbel'; readonly location: number; readonly scale: number };

/** From bounds, 0 < low <= high. */
export function logUniformLaw(low: number, high: number): InversionLaw {
  // The product of the bounds may leave the range of doubles.
  return { kind: 'log_uniform', centre: Math.sqrt(low) * Math.sqrt(high), half: (ln(high) - ln(low)) / 2 };
}

/** The bits of a 32-bit word that choose a lattice point. */
export const latticeBits = ({ kind }: InversionLaw): 24 | 32 => (kind === 'log_uniform' ? 24 : 32);

/** The law's value at a lattice point, as a function for a loop. */
export function quantileOf(law: InversionLaw): (u: number) => number {
  switch (law.kind) {
    case 'log_uniform': {
      const { centre, half } = law;
      return (u) => {
        // In two factors: where the bounds are the smallest and the largest numbers, the whole would overflow.
        const root = exp((half / 2) * u);
        return centre * root * root;
      };
    }
    case 'exponential': {
      const { rate } = law;
      return (u) => standardExponential(u) / rate;
    }
    case 'laplace': {
      const { location, scale } = law;
      return (u) => location + scale * standardLaplace(u);
    }
    case 'cauchy': {
      const { location, scale } = law;
      return (u) => location + scale * standardCauchy(u);
    }
    case 'gumbel': {
      const { location, scale } = law;
      return (u) => location - scale * ln(standardExponential(-u));
    }
  }
}

/** Below, 1 - x is rounded and loses digits of its logarithm. */
const NEAR_ONE = 0.25;

/** -ln((1 - u) / 2). */
function standardExponential(u: number): number {
  const tail = (1 - Math.abs(u)) / 2;
  if (u > 0) return -ln(tail);
  return tail < NEAR_ONE ? -lnOnePlus(-tail) : -ln(1 - tail);
}

/** The sign of u times -ln(1 - |u|). */
function standardLaplace(u: number): number {
  const magnitude = Math.abs(u);
  const distance = magnitude < NEAR_ONE ? -lnOnePlus(-magnitude) : -ln(1 - magnitude);
  return u < 0 ? -distance : distance;
}

/** tan(pi u / 2). */
function standardCauchy(u: number): number {
  const magnitude = Math.abs(u);
  const tangent = magnitude <= 0.5 ? tanQuarter(magnitude) : 1 / tanQuarter(1 - magnitude);
  return u < 0 ? -tangent : tangent;
}

/** The outermost points of the lattice of so many bits are this far from 0. */
export const outermostPoint = (bits: 24 | 32 | 53): number => 1 - 2 ** -bits;

/** The least and the greatest value that words can give: quantiles grow with the point. */
export function reachOfLaw(law: InversionLaw, isDouble: boolean): readonly [number, number] {
  const quantile = quantileOf(law);
  const u = outermostPoint(isDouble ? 53 : latticeBits(law));
  return [quantile(-u), quantile(u)];
}
