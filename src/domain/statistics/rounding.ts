/**
 * How rounding changes a distribution: the errors that bounds must allow for, and the halves that values become.
 * @module
 */
import { at } from '../../base/at.js';
import { firstThat } from '../arithmetic/bisection.js';
import { HALF_FORMATS, type HalfDtype } from '../arithmetic/half.js';
import { isOf, type Dtype, type DtypesOf } from '../tensors/dtypes.js';
import type { Law } from './laws.js';
import { spreadOf, weightedMoments, type Spread } from './moments.js';

/** The largest error of rounding to a dtype: relative, and absolute among the smallest numbers. */
interface RoundingError {
  readonly relative: number;
  readonly least: number;
}

export const ROUNDING: Readonly<Record<DtypesOf['float' | 'half' | 'float8'], RoundingError>> = {
  float32: { relative: 2 ** -24, least: 2 ** -150 },
  float64: { relative: 2 ** -53, least: 2 ** -1075 },
  float16: { relative: 2 ** -11, least: 2 ** -25 },
  bfloat16: { relative: 2 ** -8, least: 2 ** -134 },
  float8_e4m3fn: { relative: 2 ** -4, least: 2 ** -10 },
  float8_e5m2: { relative: 2 ** -3, least: 2 ** -17 },
};

/** Whole numbers are exact. */
const EXACT: RoundingError = { relative: 0, least: 0 };

/** Mean + std * z, moved outwards by all that rounding can: mean and std are rounded, then each of two operations, then the element. */
export function outwards(
  { mean, std }: { readonly mean: number; readonly std: number },
  z: number,
  direction: 1 | -1,
  dtype: Dtype,
): number {
  const { relative, least } = isOf(dtype, 'float', 'half', 'float8') ? ROUNDING[dtype] : EXACT;
  return mean + std * z + direction * (5 * relative * (Math.abs(mean) + Math.abs(std * z)) + least);
}

/** Halves nearer to 0 than this many standard deviations count as 0: together they are less than a thousandth of one. */
export const NEGLIGIBLE = 2 ** -18;
/** In standard deviations: anything further out is too rare to show in a moment. */
const FARTHEST = 8;

/** A half, and the end of what is rounded to it. */
export interface HalfCell {
  readonly value: number;
  readonly upTo: number;
}

/**
 * The halves from `lowest` to `highest`, ascending; what lies beyond the last is rounded to it.
 * @param negligible  halves nearer to 0 count as 0
 */
export function halfCells(
  dtype: HalfDtype,
  lowest: number,
  highest: number,
  negligible: number,
): readonly HalfCell[] {
  const { toBits, fromBits } = HALF_FORMATS[dtype];
  // The rank of a half: 0 is 0, the half above it 1, the half below it -1.
  const rankOf = (x: number): number => {
    const bits = toBits(x);
    return bits & SIGN ? SIGN - bits : bits;
  };
  const valueAt = (rank: number): number => fromBits(rank < 0 ? SIGN - rank : rank);
  const nearZero = rankOf(negligible);
  const last = rankOf(highest);
  const cells: HalfCell[] = [];
  for (let rank = rankOf(lowest); rank <= last;) {
    const next = Math.abs(rank) < nearZero ? nearZero : rank < 0 && rank + 1 > -nearZero ? 0 : rank + 1;
    const upTo = next > last ? Infinity : (valueAt(rank) + valueAt(next)) / 2;
    cells.push({ value: valueAt(rank), upTo });
    rank = next;
  }
  return cells;
}

const SIGN = 0x8000;

/** The probability of each half: that of everything that is rounded to it. */
export function roundedShares(
  shareBelow: (x: number) => number,
  cells: readonly HalfCell[],
): Map<number, number> {
  let below = 0;
  return new Map(
    cells.map(({ value, upTo }) => {
      const upToShare = upTo === Infinity ? 1 : shareBelow(upTo);
      const share = upToShare - below;
      below = upToShare;
      return [value, share];
    }),
  );
}

/** Mean, std and kurtosis after rounding to halves. */
export function roundedSpread(
  law: Law,
  dtype: HalfDtype,
  [lowest, highest]: readonly [number, number],
): Spread {
  const [low, high] = [law.mean - FARTHEST * law.std, law.mean + FARTHEST * law.std];
  const cells = halfCells(dtype, Math.max(lowest, low), Math.min(highest, high), NEGLIGIBLE * law.std);
  const rounded = spreadOf(weightedMoments(roundedShares(law.shareBelow, cells))) ?? law;
  // The sides of a symmetric distribution cancel except for rounding.
  return law.mean === 0 && lowest === -highest ? { ...rounded, mean: 0 } : rounded;
}

/** The distribution function of values with these probabilities, ascending. */
export function stepsOf(shares: ReadonlyMap<number, number>): (x: number) => number {
  const values = Float64Array.from(shares.keys());
  const below = new Float64Array(values.length + 1);
  [...shares.values()].forEach((share, i) => (below[i + 1] = at(below, i) + share));
  return (x) =>
    at(
      below,
      firstThat(0, values.length, (i) => at(values, i) >= x),
    );
}
