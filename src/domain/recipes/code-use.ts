/**
 * Counts the codes that a WAGE layer uses. Where the grid asks for wider weights than the fan-in does (limit = Wm = 1.5 steps), every
 * weight is -1, 0 or 1 step, a third of them 0, at any bit width: at 8 bits that is any fan-in above 43,690 (factor 2).
 *
 * Computed without drawing: a code is a monotone function of the lattice point, so each code owns one interval of them (exactly for a
 * uniform; for a truncated normal except for neighbours that rounding swaps). Bisection on the kernel itself finds its end, in 24
 * steps a code, 53 for torch's doubles. Points are equally likely, so a code's share of the lattice is its probability.
 * @module
 */
import { firstThat } from '../arithmetic/bisection.js';
import { codeOf, largestCode } from '../kernels/codes.js';
import type { FloatKernel } from '../kernels/kernel.js';
import { floatLattice, type Lattice } from './lattice.js';

export interface CodeUse {
  /** Codes that some word produces. With torch, one that only a single point of the lattice gives does not count. */
  readonly used: number;
  /** All codes: 2^bits - 1. */
  readonly available: number;
  /** The probability of a 0. */
  readonly zeroShare: number;
  /** The probability of the two outermost codes. */
  readonly outermostShare: number;
}

/** Three codes or fewer are used, of more than three: only the sign and a zero are left of the grid. */
export const isCollapsed = ({ used, available }: CodeUse): boolean => used <= 3 && available > 3;

/** @param bits  2 to 8 */
export function measureCodeUse(lattice: Lattice, bits: number): CodeUse {
  const shares = codeShares(lattice, bits);
  const stray = lattice.strayPoints / lattice.points;
  const largest = largestCode(bits);
  return {
    used: [...shares.values()].filter((share) => share > stray).length,
    available: 2 * largest + 1,
    zeroShare: shares.get(0) ?? 0,
    outermostShare: (shares.get(-largest) ?? 0) + (shares.get(largest) ?? 0),
  };
}

/** The probability of each code, lowest code first; unused codes are left out. */
export function codeShares(
  { points, valueAt, wrapsAt, wrapped }: Lattice,
  bits: number,
): Map<number, number> {
  const codeAt = (point: number): number => codeOf(valueAt(point), bits);
  const shares = new Map<number, number>();
  let first = 0;
  while (first < wrapsAt) {
    const code = codeAt(first);
    const end = firstThat(first, wrapsAt, (point) => codeAt(point) > code);
    shares.set(code, (end - first) / points);
    first = end;
  }
  // The lowest value, so there is no new code before the others.
  if (wrapsAt < points) {
    const code = codeOf(wrapped, bits);
    shares.set(code, (shares.get(code) ?? 0) + (points - wrapsAt) / points);
  }
  return shares;
}

export interface TernaryWords {
  /** Signed words below give code -1. */
  readonly low: number;
  /** Signed words above give code 1. */
  readonly high: number;
}

/** The thresholds between the codes -1, 0 and 1 of a uniform kernel; undefined if there are other codes. */
export function ternaryWords(kernel: FloatKernel, bits: number): TernaryWords | undefined {
  const { points, valueAt } = floatLattice(kernel);
  const codeAt = (point: number): number => codeOf(valueAt(point), bits);
  if (codeAt(0) !== -1 || codeAt(points - 1) !== 1) return undefined;
  const firstZero = firstThat(0, points, (point) => codeAt(point) >= 0);
  const firstOne = firstThat(firstZero, points, (point) => codeAt(point) >= 1);
  const wordOf = (point: number): number => (point - points / 2) * 2 ** 8;
  return { low: wordOf(firstZero), high: wordOf(firstOne) - 1 };
}
