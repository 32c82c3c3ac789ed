/**
 * The statistics of a run of numbers, and those of several runs together.
 * @module
 */
import { combineAll, NO_MOMENTS, type Moments } from './moments.js';

/** The statistics of a run, apart from its counters. */
export interface RunStatistics {
  readonly moments: Moments;
  /** Infinity and -Infinity if no value is finite. */
  readonly least: number;
  readonly greatest: number;
  readonly zeros: number;
  readonly nans: number;
  readonly positiveInfinities: number;
  readonly negativeInfinities: number;
  /** The finite values outside the bounds that were given; 0 without bounds. */
  readonly outside: number;
}

export const NO_STATISTICS: RunStatistics = {
  moments: NO_MOMENTS,
  least: Infinity,
  greatest: -Infinity,
  zeros: 0,
  nans: 0,
  positiveInfinities: 0,
  negativeInfinities: 0,
  outside: 0,
};

/** Combines several runs, in the order of the tensor. */
export function combineStatistics(runs: readonly RunStatistics[]): RunStatistics {
  const rest = runs.reduce(
    (sum, run) => ({
      moments: sum.moments,
      least: Math.min(sum.least, run.least),
      greatest: Math.max(sum.greatest, run.greatest),
      zeros: sum.zeros + run.zeros,
      nans: sum.nans + run.nans,
      positiveInfinities: sum.positiveInfinities + run.positiveInfinities,
      negativeInfinities: sum.negativeInfinities + run.negativeInfinities,
      outside: sum.outside + run.outside,
    }),
    NO_STATISTICS,
  );
  return { ...rest, moments: combineAll(runs.map(({ moments }) => moments)) };
}
