/**
 * Is a tensor what its recipe draws? Bounds hold exactly, mean, variance and distribution function within what chance allows: a tensor
 * that was drawn by the recipe is found wanting with a probability of at most FALSE_ALARM, at any size.
 *
 * Mean and variance are means of bounded independent numbers, so Bernstein's inequality holds (Boucheron, Lugosi, Massart,
 * "Concentration inequalities", 2013, theorem 2.10, https://doi.org/10.1093/acprof:oso/9780199535255.001.0001); the largest
 * distance of the distribution functions is bounded as Massart has it, Ann. Probab. 18(3), 1990,
 * https://doi.org/10.1214/aop/1176990746. At a million elements a mean is noticed that is 0.7 % of the standard deviation off, and a
 * standard deviation that is 0.3 % (uniform) to 0.5 % (normal) off; both shrink with the square root of the size.
 * @module
 */
import type { Cells } from './value-bins.js';
import type { Figures } from './figures.js';
import type { Theory } from './expected-distribution.js';

/** Of one tensor. */
export const FALSE_ALARM = 1e-9;

/** Mean, variance, distribution function. */
const CHECKS = 3;
const LOG = Math.log((2 * CHECKS) / FALSE_ALARM);

export type Verdict =
  | { readonly kind: 'expected' }
  | { readonly kind: 'unexpected'; readonly reasons: readonly string[] }
  /** Nothing says what to expect. */
  | { readonly kind: 'unknown' };

/** Why the tensor is not what the theory says; empty if it may be. */
export function findReasons(found: Figures, cells: Cells, theory: Theory): string[] {
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
  if (min < theory.lowest) reasons.push(`min is ${round(min)}, below ${round(theory.lowest)}`);
  if (max > theory.highest) reasons.push(`max is ${round(max)}, above ${round(theory.highest)}`);
  if (theory.std === 0) return reasons;
  return [
    ...reasons,
    ...findMomentReasons(found, theory),
    ...findShapeReasons(found.finiteCount, cells, theory),
  ];
}

function findMomentReasons({ finiteCount, mean, std }: Figures, theory: Theory): string[] {
  if (mean === undefined || std === undefined) return [];
  const { blur, lowest, highest, std: expectedStd, kurtosis = 1 } = theory;
  const variance = expectedStd ** 2;
  const reach = Math.max(highest - theory.mean, theory.mean - lowest);
  const reasons: string[] = [];
  const meanTolerance = tolerance(finiteCount, variance, reach) + blur;
  if (Math.abs(mean - theory.mean) > meanTolerance)
    reasons.push(tell('mean', mean, theory.mean, meanTolerance));
  // About the expected mean: so it is a mean of independent numbers.
  const foundVariance = std ** 2 + (mean - theory.mean) ** 2;
  const ofSquares = variance * variance * Math.max(kurtosis - 1, 0);
  const squareReach = Math.max(reach ** 2 - variance, variance);
  const varianceTolerance = tolerance(finiteCount, ofSquares, squareReach) + (2 * expectedStd + blur) * blur;
  if (Math.abs(foundVariance - variance) > varianceTolerance) {
    reasons.push(tell('std', std, expectedStd, varianceTolerance / (2 * expectedStd)));
  }
  return reasons;
}

/** How far the mean of n independent numbers may lie from its expectation: Bernstein. */
function tolerance(n: number, variance: number, reach: number): number {
  const linear = (reach * LOG) / 3;
  return (linear + Math.sqrt(linear * linear + 2 * n * variance * LOG)) / n;
}

/** A float32 lattice has 2^24 points. */
const LATTICE_SHARE = 2 ** -23;

function findShapeReasons(n: number, cells: Cells, theory: Theory): string[] {
  const allowed = Math.sqrt(LOG / (2 * n)) + LATTICE_SHARE;
  // Doubles beyond float32 have no cell.
  if (cells.counts.reduce((sum, count) => sum + count, 0) < n) return [];
  const gap = findGap(n, cells, theory, allowed);
  if (gap === undefined) return [];
  const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;
  const { at, found, expected } = gap;
  return [
    `${percent(found)} of the values are up to ${round(at)}, expected ${percent(expected)} within ${percent(allowed)}`,
  ];
}

interface Gap {
  readonly distance: number;
  readonly at: number;
  readonly found: number;
  readonly expected: number;
}

/** Where found and expected distribution functions are furthest apart, at an edge of a cell: if that is more than is allowed. */
function findGap(
  n: number,
  { lows, highs, counts }: Cells,
  theory: Theory,
  allowed: number,
): Gap | undefined {
  let widest: Gap | undefined;
  let seen = 0;
  const look = (at: number): void => {
    const gap = gapAt(at, seen / n, theory, allowed);
    if (gap && gap.distance > (widest?.distance ?? 0)) widest = gap;
  };
  for (let i = 0; i < counts.length; i++) {
    const low = lows[i] ?? 0;
    if (low !== highs[i - 1]) look(low);
    seen += counts[i] ?? 0;
    look(highs[i] ?? 0);
  }
  return widest;
}

function gapAt(at: number, found: number, theory: Theory, allowed: number): Gap | undefined {
  if (Math.abs(shareWithin(theory, at) - found) <= allowed) return undefined;
  const blur = theory.blurAt(at);
  const least = shareWithin(theory, at - blur);
  const most = shareWithin(theory, at + blur);
  const distance = Math.max(least - found, found - most);
  return distance > allowed ? { distance, at, found, expected: found < least ? least : most } : undefined;
}

/** Elements are kept within the bounds: what would lie outside is at them. */
function shareWithin({ lowest, highest, shareBelow }: Theory, x: number): number {
  return x < lowest ? 0 : x >= highest ? 1 : shareBelow(x);
}

const tell = (what: string, found: number, expected: number, allowed: number): string =>
  `${what} is ${round(found)}, expected ${round(expected)} within ${Number(allowed.toPrecision(2))}`;

const round = (value: number): number => Number(value.toPrecision(6));
