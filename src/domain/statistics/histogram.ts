/**
 * Histograms to look at: equal bins over the part of the line where the values are.
 * @module
 */
import type { Cells } from './value-bins.js';

/** Enough for a page, and a multiple of what fits a terminal. */
export const BINS = 64;

/** Values further from the mean than this are told, not drawn: one of them would squeeze all others into a bin. */
const REACH = 5;

export interface Histogram {
  /** Where the first bin begins and the last one ends. */
  readonly low: number;
  readonly high: number;
  /** Of the finite values, in each bin. */
  readonly shares: readonly number[];
  /** Of the finite values, outside. */
  readonly below: number;
  readonly above: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Where values lie, or are to lie. */
export interface Seen extends Interval {
  readonly mean: number;
  readonly std: number;
}

/** The interval to draw: where values are or are to be, without what is far out. */
export function chooseInterval(seen: readonly Seen[]): Interval {
  const low = Math.min(...seen.map(({ low, mean, std }) => Math.max(low, mean - REACH * std)));
  const high = Math.max(...seen.map(({ high, mean, std }) => Math.min(high, mean + REACH * std)));
  if (low < high) return { low, high };
  // All the same: the value is in the middle.
  const around = low === 0 ? 1 : Math.abs(low) / 2;
  return { low: low - around, high: low + around };
}

/**
 * @param extent  nothing lies outside; cells that reach beyond it are cut there
 * @returns       the values of a cell spread evenly over it
 */
export function makeHistogram(cells: Cells, extent: Interval, { low, high }: Interval): Histogram {
  const shares = new Float64Array(BINS + 2);
  const total = cells.counts.reduce((sum, count) => sum + count, 0);
  const place = (value: number): number => ((value - low) / (high - low)) * BINS;
  cells.counts.forEach((count, i) => {
    const from = place(Math.max(cells.lows[i] ?? 0, extent.low));
    const to = place(Math.min(cells.highs[i] ?? 0, extent.high));
    spread(shares, from, to, count / total);
  });
  const [below = 0, above = 0] = [shares[BINS], shares[BINS + 1]];
  return { low, high, shares: [...shares.subarray(0, BINS)], below, above };
}

/** Adds a share to the bins from one place to another, in bins. What lies outside goes to the two last entries. */
function spread(shares: Float64Array, from: number, to: number, share: number): void {
  const add = (bin: number, part: number): void => {
    shares[bin] = (shares[bin] ?? 0) + part;
  };
  if (!(to > from)) {
    // A point; one at the very end belongs to the last bin.
    const bin = from < 0 ? BINS : from > BINS ? BINS + 1 : Math.min(Math.floor(from), BINS - 1);
    add(bin, share);
    return;
  }
  const density = share / (to - from);
  if (from < 0) add(BINS, Math.min(-from, to - from) * density);
  if (to > BINS) add(BINS + 1, Math.min(to - BINS, to - from) * density);
  const end = Math.min(to, BINS);
  for (let at = Math.max(from, 0); at < end; at = Math.floor(at) + 1) {
    add(Math.floor(at), (Math.min(Math.floor(at) + 1, end) - at) * density);
  }
}

/** The cells of values that come so many times each. */
export function pointCells(values: ReadonlyMap<number, number>): Cells {
  const points = Float64Array.from(values.keys());
  return { lows: points, highs: points, counts: Float64Array.from(values.values()) };
}
