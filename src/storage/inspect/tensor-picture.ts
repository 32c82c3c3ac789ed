/**
 * The pictures of a tensor: the histogram of its values, the shares of its levels, and the density that its recipe gives.
 * @module
 */
import type { Measured } from '../../domain/statistics/figures.js';
import type { ExpectedDistribution } from '../../domain/statistics/laws.js';
import {
  BINS,
  chooseInterval,
  makeHistogram,
  pointBins,
  type Histogram,
  type Interval,
  type ValueRange,
} from '../../domain/statistics/histogram.js';
import type { ValueBins } from '../../domain/statistics/value-bins.js';
import type { InspectedTensor, Level } from './inspect-report.js';

/** Values that come this often, on average, are levels rather than a sample of a continuous distribution. */
const LEVEL_COUNT = 8;

/** With more levels, points and the histogram's bins would give a moiré pattern. */
const MOST_POINTS = BINS / 4;

/**
 * Empty for a tensor without a finite value.
 * @param distribution  what its recipe draws, if it has one
 */
export function pictureOf(
  { figures, bins, levels }: Measured,
  distribution: ExpectedDistribution | undefined,
): Pick<InspectedTensor, 'histogram' | 'levels'> {
  const { finiteCount, min, max, mean, std } = figures;
  if (min === undefined || max === undefined || mean === undefined || std === undefined) return {};
  const found = { low: min, high: max, mean, std };
  // A few values in a million that leak would squeeze all others.
  const expected = distribution && {
    low: (distribution.shown ?? distribution.leak)?.low ?? distribution.lowest,
    high: (distribution.shown ?? distribution.leak)?.high ?? distribution.highest,
    mean: distribution.mean,
    std: distribution.std,
  };
  const hasLevels =
    levels !== undefined &&
    (distribution ? distribution.levels !== undefined : levels.size * LEVEL_COUNT <= finiteCount);
  const counted = hasLevels && levels.size <= MOST_POINTS ? pointBins(levels) : bins;
  return {
    histogram: roundHistogram(makeUsefulHistogram(counted, found, expected)),
    ...(hasLevels && { levels: sharesOf(levels, finiteCount) }),
  };
}

/** If a larger share of the values lies outside the expected interval, the histogram covers them too. */
const MOST_BEYOND = 0.05;

/** Over the expected interval if there is one: a single outlier of 1e30 would stretch the found one until all else is a line. */
function makeUsefulHistogram(
  bins: ValueBins,
  found: ValueRange,
  expected: ValueRange | undefined,
): Histogram {
  if (expected === undefined) return makeHistogram(bins, found, chooseInterval([found]));
  const histogram = makeHistogram(bins, found, chooseInterval([expected]));
  return histogram.below + histogram.above <= MOST_BEYOND
    ? histogram
    : makeHistogram(bins, found, chooseInterval([found, expected]));
}

const sharesOf = (levels: ReadonlyMap<number, number>, count: number): Level[] =>
  [...levels].map(([value, times]) => [value, round(times / count)]);

/** Pictures need no more digits, and a report has hundreds of thousands of these numbers. */
const round = (value: number): number => Number(value.toPrecision(6));

const roundHistogram = (histogram: Histogram): Histogram => ({
  ...histogram,
  shares: histogram.shares.map(round),
});

/** The levels that a recipe draws, each with its probability. */
export const roundLevels = (levels: ReadonlyMap<number, number>): Level[] =>
  [...levels].map(([value, share]) => [value, round(share)]);

const DENSITY_STEPS = 64;

/** The ends of the interval may lie a rounding beyond the density's: the outermost samples are this much of the width further in. */
const INWARDS = 1e-5;

/** Value and density at equal distances, over the values that are both possible and in the interval. */
export function sampleDensity(
  density: (x: number) => number,
  { lowest, highest }: Pick<ExpectedDistribution, 'lowest' | 'highest'>,
  { low, high }: Interval,
): (readonly [value: number, density: number])[] {
  const from = Math.max(lowest, low);
  const width = Math.min(highest, high) - from;
  return Array.from({ length: DENSITY_STEPS + 1 }, (_, i) => {
    const x = from + Math.min(Math.max(i / DENSITY_STEPS, INWARDS), 1 - INWARDS) * width;
    return [round(x), round(density(x))];
  });
}
