/**
 * The figures of a tensor, as a person reads them; every one is a number that JSON can hold, or is left out.
 * @module
 */
import { cellsOf, valuesOf, type Cells } from './value-bins.js';
import { keyOf, type KeyCounts } from './half-patterns.js';
import { MOST_LEVELS } from './distinct-values.js';
import type { RunFigures } from './running-statistics.js';
import { spreadOf, weightedMoments } from './moments.js';
import type { ValueType } from '../tensors/stored-values.js';

export interface Figures {
  readonly finiteCount: number;
  readonly zeros: number;
  readonly nans: number;
  readonly positiveInfinities: number;
  readonly negativeInfinities: number;
  /** Of the finite values, as are those that follow; left out if there is none. */
  readonly min?: number;
  readonly max?: number;
  readonly mean?: number;
  /** Over the number of values, not over one less. */
  readonly std?: number;
  /** Pearson's: a normal distribution has 3. Left out of values that are all the same. */
  readonly kurtosis?: number;
  /** How many different finite values there are; left out if they are more than 256 of a type wider than 16 bits. */
  readonly levels?: number;
}

/** All that was found out of a tensor's elements. */
export interface Measured {
  readonly figures: Figures;
  readonly cells: Cells;
  /** Each value and how often it occurs, ascending: if they are few. */
  readonly levels: ReadonlyMap<number, number> | undefined;
}

/** Of a type whose every pattern has its counter. */
export function findOfPatterns(
  storedDtype: string,
  type: ValueType & { kind: 'counted' },
  counts: KeyCounts,
): Measured {
  const values = valuesOf(type.valueAt, counts);
  const distinct = [...values.keys()];
  const times = [...values.values()];
  const special = { nans: 0, positiveInfinities: 0, negativeInfinities: 0 };
  counts.forEach((pattern, count) => {
    const value = type.valueAt(pattern);
    if (Number.isNaN(value)) special.nans += count;
    if (value === Infinity) special.positiveInfinities += count;
    if (value === -Infinity) special.negativeInfinities += count;
  });
  const run: RunFigures = {
    moments: weightedMoments(distinct, times),
    least: distinct[0] ?? Infinity,
    greatest: distinct.at(-1) ?? -Infinity,
    zeros: values.get(0) ?? 0,
    ...special,
  };
  return {
    figures: figuresOf(run, distinct.length),
    cells: cellsOf(storedDtype, type, counts),
    levels: distinct.length <= MOST_LEVELS ? values : undefined,
  };
}

/** @param distinct  the finite values other than 0; undefined if they are too many */
export function findOfRun(
  storedDtype: string,
  type: ValueType & { kind: 'decoded' },
  counts: KeyCounts,
  run: RunFigures,
  distinct: ReadonlySet<number> | undefined,
): Measured {
  const count = distinct && distinct.size + (run.zeros > 0 ? 1 : 0);
  const isFew = count !== undefined && count <= MOST_LEVELS;
  return {
    figures: figuresOf(run, isFew ? count : undefined),
    cells: cellsOf(storedDtype, type, counts),
    levels: isFew ? countLevels(distinct, counts, run.zeros) : undefined,
  };
}

/** Undefined if two levels share a key: then the counters do not tell one from the other. */
function countLevels(
  distinct: ReadonlySet<number> | undefined,
  counts: KeyCounts,
  zeros: number,
): ReadonlyMap<number, number> | undefined {
  const values = [...(distinct ?? [])].sort((a, b) => a - b);
  const keys = values.map(keyOf);
  const isShared = new Set(keys).size < keys.length || keys.some((key) => (key & 0x7fff) === 0);
  if (isShared) return undefined;
  const levels = values.map((value, i) => [value, counts.at(keys[i] ?? 0)] as const);
  return new Map(zeros > 0 ? [...levels, [0, zeros] as const].sort(([a], [b]) => a - b) : levels);
}

function figuresOf(
  { moments, least, greatest, zeros, nans, positiveInfinities, negativeInfinities }: RunFigures,
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
