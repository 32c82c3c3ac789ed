/**
 * The figures of a tensor, as a person reads them. Each is a number that JSON can hold, or is left out.
 * @module
 */
import { at } from '../../base/at.js';
import type { ValueType } from '../tensors/stored-values.js';
import { MOST_LEVELS } from './distinct-values.js';
import type { Interval } from './histogram.js';
import { halfPatternOf, type PatternCounts } from './half-patterns.js';
import { spreadOf, weightedMoments } from './moments.js';
import type { RunStatistics } from './run-statistics.js';
import { valueBinsOf, valuesOf, type ValueBins } from './value-bins.js';

export interface Figures {
  readonly finiteCount: number;
  readonly zeros: number;
  readonly nans: number;
  readonly positiveInfinities: number;
  readonly negativeInfinities: number;
  /** This and the following describe the finite values; left out if there are none. */
  readonly min?: number;
  readonly max?: number;
  readonly mean?: number;
  /** Divided by the number of values, not by one less. */
  readonly std?: number;
  /** Pearson's: a normal distribution has 3. Left out if all values are the same. */
  readonly kurtosis?: number;
  /** The number of distinct finite values; left out if a type wider than 16 bits has more than 256. */
  readonly levels?: number;
}

/** Everything that measuring finds out about a tensor's elements. */
export interface Measured {
  readonly figures: Figures;
  readonly bins: ValueBins;
  /** Each value and how often it occurs, ascending; undefined if there are too many. */
  readonly levels: ReadonlyMap<number, number> | undefined;
  /** The number of finite values outside the bounds that were asked for; 0 without bounds. */
  readonly outside: number;
}

/**
 * A tensor of a narrow type, whose patterns have a counter each.
 * @param bounds  values outside are counted
 */
export function describePatterns(
  storedDtype: string,
  type: ValueType & { kind: 'counted' },
  counts: PatternCounts,
  bounds?: Interval,
): Measured {
  const values = valuesOf(type.valueAt, counts);
  const distinct = [...values.keys()];
  const special = { nans: 0, positiveInfinities: 0, negativeInfinities: 0 };
  counts.forEach((pattern, count) => {
    const value = type.valueAt(pattern);
    if (Number.isNaN(value)) special.nans += count;
    if (value === Infinity) special.positiveInfinities += count;
    if (value === -Infinity) special.negativeInfinities += count;
  });
  const run: RunStatistics = {
    moments: weightedMoments(values),
    least: distinct[0] ?? Infinity,
    greatest: distinct.at(-1) ?? -Infinity,
    zeros: values.get(0) ?? 0,
    ...special,
    outside: bounds ? countOutside(values, bounds) : 0,
  };
  return {
    figures: figuresOf(run, distinct.length),
    bins: valueBinsOf(storedDtype, type, counts),
    levels: distinct.length <= MOST_LEVELS ? values : undefined,
    outside: run.outside,
  };
}

function countOutside(values: ReadonlyMap<number, number>, { low, high }: Interval): number {
  let outside = 0;
  values.forEach((count, value) => {
    if (value < low || value > high) outside += count;
  });
  return outside;
}

/**
 * A tensor of a wide type, which was measured in one pass.
 * @param distinct  the finite values other than 0; undefined if there are too many
 */
export function describeRun(
  storedDtype: string,
  type: ValueType & { kind: 'decoded' },
  counts: PatternCounts,
  run: RunStatistics,
  distinct: ReadonlySet<number> | undefined,
): Measured {
  const count = distinct && distinct.size + (run.zeros > 0 ? 1 : 0);
  const isFew = count !== undefined && count <= MOST_LEVELS;
  return {
    figures: figuresOf(run, isFew ? count : undefined),
    bins: valueBinsOf(storedDtype, type, counts),
    levels: isFew ? countLevels(distinct, counts, run.zeros) : undefined,
    outside: run.outside,
  };
}

/** Undefined if two levels share a half pattern: the counters cannot tell them apart. */
function countLevels(
  distinct: ReadonlySet<number> | undefined,
  counts: PatternCounts,
  zeros: number,
): ReadonlyMap<number, number> | undefined {
  const values = [...(distinct ?? [])].sort((a, b) => a - b);
  const patterns = values.map(halfPatternOf);
  const isShared = new Set(patterns).size < patterns.length || patterns.some(isZeroPattern);
  if (isShared) return undefined;
  const levels = values.map((value, i) => [value, counts.at(at(patterns, i))] as const);
  return new Map(zeros > 0 ? [...levels, [0, zeros] as const].sort(([a], [b]) => a - b) : levels);
}

/** The half pattern of 0 or -0. */
const isZeroPattern = (pattern: number): boolean => (pattern & 0x7fff) === 0;

function figuresOf(
  { moments, least, greatest, zeros, nans, positiveInfinities, negativeInfinities }: RunStatistics,
  levels: number | undefined,
): Figures {
  const spread = spreadOf(moments);
  return {
    finiteCount: moments.count,
    zeros,
    nans,
    positiveInfinities,
    negativeInfinities,
    // + 0: JSON has no -0.
    ...(moments.count > 0 && { min: least + 0, max: greatest + 0 }),
    ...(spread && { mean: spread.mean + 0, std: spread.std }),
    ...(spread?.kurtosis !== undefined && { kurtosis: spread.kurtosis }),
    ...(levels !== undefined && { levels }),
  };
}
