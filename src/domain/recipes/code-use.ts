/**
 * Counts the codes that a WAGE layer uses. Where the grid asks for wider weights than the fan-in does (limit = Wm = 1.5 steps), every
 * weight is -1, 0 or 1 step, a third of them 0, at any bit width: at 8 bits that is any fan-in above 43,690 (factor 2).
 *
 * Computed without drawing: a code is a monotone function of the lattice point k in [-2^23, 2^23), so each code owns one interval of
 * k (exactly for a uniform; for a truncated normal except for neighbours that rounding swaps). Bisection on the kernel itself finds
 * its end, in 24 steps a code. Words are uniform, so a code's share of the lattice is its probability.
 * @module
 */
import { at } from '../../base/at.js';
import { codeOf, largestCode } from '../kernels/codes.js';
import { runKernel, type FloatKernel } from '../kernels/kernel.js';

/** Lattice points on either side of 0. */
const HALF_POINTS = 2 ** 23;

export interface CodeUse {
  /** Codes that some word produces. */
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

/**
 * @param kernel  a random float32 kernel that grows with its word: uniform or truncated normal
 * @param bits    2 to 8
 */
export function measureCodeUse(kernel: FloatKernel, bits: number): CodeUse {
  const shares = codeShares(kernel, bits);
  const largest = largestCode(bits);
  return {
    used: shares.size,
    available: 2 * largest + 1,
    zeroShare: shares.get(0) ?? 0,
    outermostShare: (shares.get(-largest) ?? 0) + (shares.get(largest) ?? 0),
  };
}

/** The probability of each code, lowest code first; unused codes are left out. */
export function codeShares(kernel: FloatKernel, bits: number): Map<number, number> {
  const codeAt = (point: number): number => codeOf(valueAt(kernel, point), bits);
  const shares = new Map<number, number>();
  let first = -HALF_POINTS;
  while (first < HALF_POINTS) {
    const code = codeAt(first);
    const end = firstPoint(first, (point) => codeAt(point) > code);
    shares.set(code, (end - first) / (2 * HALF_POINTS));
    first = end;
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
  const codeAt = (point: number): number => codeOf(valueAt(kernel, point), bits);
  if (codeAt(-HALF_POINTS) !== -1 || codeAt(HALF_POINTS - 1) !== 1) return undefined;
  const firstZero = firstPoint(-HALF_POINTS, (point) => codeAt(point) >= 0);
  const firstOne = firstPoint(firstZero, (point) => codeAt(point) >= 1);
  return { low: firstZero * 256, high: firstOne * 256 - 1 };
}

/** The first point from `from` on that passes, or the end of the lattice. Points that pass come after those that do not. */
function firstPoint(from: number, passes: (point: number) => boolean): number {
  let low = from;
  let high = HALF_POINTS;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (passes(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** What the kernel reads and writes, for one element. */
const value = new Float32Array(1);
const word = new Uint32Array(1);

function valueAt(kernel: FloatKernel, point: number): number {
  word[0] = point << 8;
  runKernel(kernel, value, word);
  return at(value, 0);
}
