/**
 * How rounding changes a distribution: the errors that bounds must allow for, and the narrow floats that values become.
 * @module
 */
import { at } from '../../base/at.js';
import { firstThat } from '../arithmetic/bisection.js';
import { rankOf, valueOfRank, type NarrowDtype } from '../arithmetic/narrow-floats.js';
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

/** Narrow floats nearer to 0 than this many standard deviations count as 0: together they are less than a thousandth of one. */
export const NEGLIGIBLE = 2 ** -18;
/** In standard deviations: anything further out is too rare to show in a moment. */
const FARTHEST = 8;

/** A narrow float, and the end of what is rounded to it. */
export interface NarrowCell {
  readonly value: number;
  readonly upTo: number;
}

/**
 * The dtype's values from `lowest` to `highest`, ascending; what lies beyond the last is rounded to it.
 * @param negligible  values nearer to 0 count as 0
 */
export function narrowCells(
  dtype: NarrowDtype,
  lowest: number,
  highest: number,
  negligible: number,
): readonly NarrowCell[] {
  const valueAt = (rank: number): number => valueOfRank(rank, dtype);
  const nearZero = rankOf(negligible, dtype);
  const last = rankOf(highest, dtype);
  const cells: NarrowCell[] = [];
  for (let rank = rankOf(lowest, dtype); rank <= last;) {
    const next = Math.abs(rank) < nearZero ? nearZero : rank < 0 && rank + 1 > -nearZero ? 0 : rank + 1;
    const upTo = next > last ? Infinity : (valueAt(rank) + valueAt(next)) / 2;
    cells.push({ value: valueAt(rank), upTo });
    rank = next;
  }
  return cells;
}

/** The probability of each value: that of everything that is rounded to it. */
export function roundedShares(
  shareBelow: (x: number) => number,
  cells: readonly NarrowCell[],
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

/**
 * Mean, std and kurtosis after rounding to a narrow float.
 * @param farthest  in standard deviations: what lies further out does not show in a moment
 */
export function roundedSpread(
  law: Law,
  dtype: NarrowDtype,
  [lowest, highest]: readonly [number, number],
  farthest = FARTHEST,
): Spread {
  const [low, high] = [law.mean - farthest * law.std, law.mean + farthest * law.std];
  const cells = narrowCells(dtype, Math.max(lowest, low), Math.min(highest, high), NEGLIGIBLE * law.std);
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
