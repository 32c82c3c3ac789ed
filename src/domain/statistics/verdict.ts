/**
 * Judges whether a tensor can be what its recipe draws. Bounds must hold exactly; mean, variance, distribution function and the number of
 * values that leak within what chance allows. A tensor that the recipe did draw fails with a probability of at most FALSE_ALARM, at any size.
 *
 * Mean and variance are means of bounded independent numbers, so Bernstein's inequality holds (Boucheron, Lugosi, Massart,
 * "Concentration inequalities", 2013, theorem 2.10, https://doi.org/10.1093/acprof:oso/9780199535255.001.0001); the largest
 * distance of the distribution functions is bounded by Massart's inequality, Ann. Probab. 18(3), 1990,
 * https://doi.org/10.1214/aop/1176990746. At a million elements this notices a mean that is off by 0.7 % of the standard deviation, and
 * a standard deviation that is off by 0.3 % (uniform) to 0.5 % (normal); both limits shrink with the square root of the size.
 * @module
 */
import { at } from '../../base/at.js';
import type { ValueBins } from './value-bins.js';
import type { Figures } from './figures.js';
import type { ExpectedDistribution } from './laws.js';

/** The probability for one tensor. */
export const FALSE_ALARM = 1e-9;

/** The logarithm of 1 / the probability of each of two sides of a check: of mean, variance, distribution function, and a leak if there is one. */
const logOf = ({ leak }: ExpectedDistribution): number => Math.log((2 * (leak ? 4 : 3)) / FALSE_ALARM);

export type Verdict =
  | { readonly kind: 'expected' }
  | { readonly kind: 'unexpected'; readonly reasons: readonly string[] }
  /** There is no recipe to compare with. */
  | { readonly kind: 'unknown' }
  /** Its recipe gives no one distribution, as that of an orthogonal matrix. Its shape and dtype were compared, its values were not. */
  | { readonly kind: 'unjudged' }
  /** Its dtype cannot be measured: F4, F6 and C64. Its shape and dtype were compared, its values were not. */
  | { readonly kind: 'unmeasured' };

/**
 * The reasons why the recipe cannot have drawn the tensor; empty if it can.
 * @param beyond  the number of values beyond the bounds of the expected leak; needed if there is one
 */
export function findReasons(
  found: Figures,
  bins: ValueBins,
  expected: ExpectedDistribution,
  beyond = 0,
): string[] {
  const reasons: string[] = [];
  const unwanted = {
    NaN: found.nans,
    Infinity: found.positiveInfinities,
    '-Infinity': found.negativeInfinities,
  };
  for (const [what, count] of Object.entries(unwanted)) {
    if (count > 0) reasons.push(`${count} ${count === 1 ? 'element is' : 'elements are'} ${what}`);
  }
  const { min, max } = found;
  if (min === undefined || max === undefined) return reasons;
  if (min < expected.lowest) reasons.push(`min is ${round(min)}, below ${round(expected.lowest)}`);
  if (max > expected.highest) reasons.push(`max is ${round(max)}, above ${round(expected.highest)}`);
  if (expected.std === 0) return reasons;
  return [
    ...reasons,
    ...findMomentReasons(found, expected),
    ...findShapeReasons(found.finiteCount, bins, expected),
    ...findLeakReasons(found.finiteCount, beyond, expected),
  ];
}

function findMomentReasons({ finiteCount, mean, std }: Figures, expected: ExpectedDistribution): string[] {
  if (mean === undefined || std === undefined) return [];
  const { blur, std: expectedStd, kurtosis = 1 } = expected;
  const variance = expectedStd ** 2;
  const { reach, squareReach } = reachesOf(expected);
  const log = logOf(expected);
  const reasons: string[] = [];
  const meanTolerance = tolerance(finiteCount, variance, reach, log) + blur;
  if (Math.abs(mean - expected.mean) > meanTolerance)
    reasons.push(compare('mean', mean, expected.mean, meanTolerance));
  // About the expected mean, not the one found: that makes it a mean of independent numbers.
  const foundVariance = std ** 2 + (mean - expected.mean) ** 2;
  const ofSquares = variance * variance * Math.max(kurtosis - 1, 0);
  const varianceTolerance =
    expected.squareError ??
    tolerance(finiteCount, ofSquares, squareReach, log) + (2 * expectedStd + blur) * blur;
  if (Math.abs(foundVariance - variance) > varianceTolerance) {
    reasons.push(compare('std', std, expectedStd, varianceTolerance / (2 * expectedStd)));
  }
  return reasons;
}

/**
 * The reach b of Bernstein's inequality, of values and of their squares: E|X|^q <= q!/2 V (b/3)^(q-2) for all q > 2. Any bound of |X| is
 * one, but the rare values of a leak need none as wide. They are a share p = 4.3e-6 of a normal's tails, which fall faster than
 * exp(-2 (|z| - 2)), and than exp(-(z^2 - 4) / 2) for the square; so they add to E|X|^q less than p e^4 q! 2^-q, and for squares less than
 * p e^2 q! 2^q: nothing beside what b = 2 and b = 8 leave room for (in standard deviations; V is 0.77, and 0.82 for squares).
 */
function reachesOf({ lowest, highest, mean, std, leak }: ExpectedDistribution): {
  readonly reach: number;
  readonly squareReach: number;
} {
  const furthest = (low: number, high: number): number => Math.max(high - mean, mean - low);
  if (leak?.isFine === true) {
    const reach = furthest(leak.low, leak.high);
    return { reach, squareReach: 2 * reach ** 2 };
  }
  const reach = furthest(lowest, highest);
  return { reach, squareReach: Math.max(reach ** 2 - std ** 2, std ** 2) };
}

/** The largest allowed distance of the mean of n independent numbers from its expectation: Bernstein. */
function tolerance(n: number, variance: number, reach: number, log: number): number {
  const linear = (reach * log) / 3;
  return (linear + Math.sqrt(linear * linear + 2 * n * variance * log)) / n;
}

/** The number of values beyond the bounds is binomial: Hoeffding, JASA 58(301), 1963, theorem 1, https://doi.org/10.1080/01621459.1963.10500830. */
function findLeakReasons(n: number, beyond: number, expected: ExpectedDistribution): string[] {
  const { leak } = expected;
  if (leak === undefined || n * divergence(beyond / n, leak.share) <= logOf(expected)) return [];
  return [
    `${beyond} values are below ${round(leak.low)} or above ${round(leak.high)}, expected ${round(n * leak.share)}`,
  ];
}

/** Kullback and Leibler's, of a coin from another. */
const divergence = (a: number, p: number): number =>
  (a === 0 ? 0 : a * Math.log(a / p)) + (a === 1 ? 0 : (1 - a) * (Math.log1p(-a) - Math.log1p(-p)));

/** A float32 lattice has 2^24 points. */
const LATTICE_SHARE = 2 ** -23;

function findShapeReasons(n: number, bins: ValueBins, expected: ExpectedDistribution): string[] {
  const allowed = Math.sqrt(logOf(expected) / (2 * n)) + LATTICE_SHARE + (expected.shareError ?? 0);
  // Doubles beyond float32 have no bin.
  if (bins.counts.reduce((sum, count) => sum + count, 0) < n) return [];
  const gap = findWidestGap(n, bins, expected, allowed);
  if (gap === undefined) return [];
  const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;
  return [
    `${percent(gap.foundShare)} of the values are up to ${round(gap.edge)}, ` +
      `expected ${percent(gap.expectedShare)} within ${percent(allowed)}`,
  ];
}

/** Two distribution functions at an edge of a bin. */
interface Gap {
  readonly edge: number;
  readonly foundShare: number;
  readonly expectedShare: number;
  readonly distance: number;
}

/** The edge of a bin where the distribution functions are furthest apart; undefined if that is within what is allowed. */
function findWidestGap(
  n: number,
  { lows, highs, counts }: ValueBins,
  expected: ExpectedDistribution,
  allowed: number,
): Gap | undefined {
  let widest: Gap | undefined;
  let seen = 0;
  const check = (edge: number): void => {
    const gap = gapAt(edge, seen / n, expected, allowed);
    if (gap && gap.distance > (widest?.distance ?? 0)) widest = gap;
  };
  counts.forEach((count, i) => {
    const low = at(lows, i);
    if (low !== highs[i - 1]) check(low);
    seen += count;
    check(at(highs, i));
  });
  return widest;
}

function gapAt(
  edge: number,
  foundShare: number,
  expected: ExpectedDistribution,
  allowed: number,
): Gap | undefined {
  if (Math.abs(shareWithin(expected, edge) - foundShare) <= allowed) return undefined;
  const blur = expected.blurAt(edge);
  const least = shareWithin(expected, edge - blur);
  const most = shareWithin(expected, edge + blur);
  const distance = Math.max(least - foundShare, foundShare - most);
  if (distance <= allowed) return undefined;
  return { edge, foundShare, expectedShare: foundShare < least ? least : most, distance };
}

/** Elements are kept within the bounds: the probability of everything outside lies on them. */
function shareWithin({ lowest, highest, shareBelow }: ExpectedDistribution, x: number): number {
  return x < lowest ? 0 : x >= highest ? 1 : shareBelow(x);
}

const compare = (figure: string, found: number, expected: number, allowed: number): string =>
  `${figure} is ${round(found)}, expected ${round(expected)} within ${Number(allowed.toPrecision(2))}`;

/** Whole numbers keep all digits: the largest of an int32 and what lies above it may differ in the last one. */
const round = (value: number): number => (Number.isSafeInteger(value) ? value : Number(value.toPrecision(6)));
