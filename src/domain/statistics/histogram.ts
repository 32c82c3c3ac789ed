/**
 * Histograms for people to read: equal bins over the part of the number line where the values are.
 * @module
 */
import { at } from '../../base/at.js';
import type { ValueBins } from './value-bins.js';

/** Enough for a page, and a multiple of what fits into a terminal. */
export const BINS = 64;

/** Values further from the mean than this, in standard deviations, are counted, not shown: one of them would squeeze the rest into a bin. */
const REACH = 5;

export interface Histogram {
  /** The beginning of the first bin and the end of the last one. */
  readonly low: number;
  readonly high: number;
  /** The share of the finite values in each bin. */
  readonly shares: readonly number[];
  /** The shares outside. */
  readonly below: number;
  readonly above: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The range, mean and std of values, found or expected. */
export interface ValueRange extends Interval {
  readonly mean: number;
  readonly std: number;
}

/** The interval to show: where values lie or are expected to, without outliers. */
export function chooseInterval(ranges: readonly ValueRange[]): Interval {
  const low = Math.min(...ranges.map(({ low, mean, std }) => Math.max(low, mean - REACH * std)));
  const high = Math.max(...ranges.map(({ high, mean, std }) => Math.min(high, mean + REACH * std)));
  if (low < high) return { low, high };
  // A single value goes in the middle.
  const around = low === 0 ? 1 : Math.abs(low) / 2;
  return { low: low - around, high: low + around };
}

/**
 * Spreads the values of each value bin evenly over it.
 * @param extremes  no value lies outside; value bins that reach beyond them are cut off there
 */
export function makeHistogram(
  { lows, highs, counts }: ValueBins,
  extremes: Interval,
  { low, high }: Interval,
): Histogram {
  const shares = new Array<number>(BINS + 2).fill(0);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const inBins = (value: number): number => ((value - low) / (high - low)) * BINS;
  counts.forEach((count, i) => {
    const from = inBins(Math.max(at(lows, i), extremes.low));
    const to = inBins(Math.min(at(highs, i), extremes.high));
    spread(shares, from, to, count / total);
  });
  return { low, high, shares: shares.slice(0, BINS), below: at(shares, BELOW), above: at(shares, ABOVE) };
}

/** The shares outside go to two entries after those of the bins. */
const BELOW = BINS;
const ABOVE = BINS + 1;

/** Adds a share to the bins between two positions, which are measured in bins. */
function spread(shares: number[], from: number, to: number, share: number): void {
  const add = (bin: number, portion: number): void => {
    shares[bin] = at(shares, bin) + portion;
  };
  if (!(to > from)) {
    // A point; one at the very end belongs to the last bin.
    const bin = from < 0 ? BELOW : from > BINS ? ABOVE : Math.min(Math.floor(from), BINS - 1);
    add(bin, share);
    return;
  }
  const density = share / (to - from);
  if (from < 0) add(BELOW, Math.min(-from, to - from) * density);
  if (to > BINS) add(ABOVE, Math.min(to - BINS, to - from) * density);
  const end = Math.min(to, BINS);
  for (let position = Math.max(from, 0); position < end; position = Math.floor(position) + 1) {
    const bin = Math.floor(position);
    add(bin, (Math.min(bin + 1, end) - position) * density);
  }
}

/** A bin of no width for each value, with its count. */
export function pointBins(values: ReadonlyMap<number, number>): ValueBins {
  const points = Float64Array.from(values.keys());
  return { lows: points, highs: points, counts: Float64Array.from(values.values()) };
}
