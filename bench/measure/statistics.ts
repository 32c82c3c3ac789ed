/**
 * Order statistics of a handful of noisy times. No mean and no standard deviation: one interrupted run would move both.
 * @module
 */
import { at } from '#built/base/at.js';

/** The middle half of a sample. */
export interface Quartiles {
  readonly count: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
}

/**
 * Linear interpolation between the order statistics (Hyndman and Fan's type 7, the default of R and NumPy).
 * @param share  0 to 1
 */
export function quantile(sample: readonly number[], share: number): number {
  if (sample.length === 0) throw new RangeError('An empty sample has no quantile');
  const sorted = sample.toSorted((a, b) => a - b);
  const rank = share * (sorted.length - 1);
  const below = at(sorted, Math.floor(rank));
  const above = at(sorted, Math.ceil(rank));
  return below + (above - below) * (rank - Math.floor(rank));
}

export function summarise(sample: readonly number[]): Quartiles {
  const pick = (share: number): number => quantile(sample, share);
  return { count: sample.length, q1: pick(0.25), median: pick(0.5), q3: pick(0.75) };
}

/** The interquartile range as a share of the median. */
export const relativeSpread = ({ q1, median, q3 }: Quartiles): number => (q3 - q1) / median;

/** Round by round: runs of one round met the same noise, so their ratio is steadier than a ratio of medians. */
export const divideRounds = (numerators: readonly number[], denominators: readonly number[]): number[] =>
  numerators.slice(0, denominators.length).map((numerator, round) => numerator / at(denominators, round));

export interface Line {
  readonly slope: number;
  readonly intercept: number;
}

/** Least squares of y = intercept + slope x. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): Line {
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  const meanX = mean(points.map(([x]) => x));
  const meanY = mean(points.map(([, y]) => y));
  const sxx = mean(points.map(([x]) => (x - meanX) ** 2));
  const sxy = mean(points.map(([x, y]) => (x - meanX) * (y - meanY)));
  const slope = sxy / sxx;
  return { slope, intercept: meanY - slope * meanX };
}

export interface RelativeLine {
  readonly slope: number;
  readonly intercept: number;
  /** The largest |y - line| / y. */
  readonly largestResidual: number;
}

/**
 * Least squares of the relative residuals, weights 1 / y^2: over several orders of magnitude the plain fit would see the largest
 * points only.
 * @param points  positive y, at least two different x
 */
export function fitRelatively(points: readonly (readonly [x: number, y: number])[]): RelativeLine {
  const sum = (term: (x: number, y: number) => number): number =>
    points.reduce((total, [x, y]) => total + term(x, y) / y ** 2, 0);
  const weights = sum(() => 1);
  const meanX = sum((x) => x) / weights;
  const meanY = sum((_, y) => y) / weights;
  const slope = sum((x, y) => (x - meanX) * (y - meanY)) / sum((x) => (x - meanX) ** 2);
  const intercept = meanY - slope * meanX;
  const residuals = points.map(([x, y]) => Math.abs(y - intercept - slope * x) / y);
  return { slope, intercept, largestResidual: Math.max(...residuals) };
}
