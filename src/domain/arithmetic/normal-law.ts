/**
 * The standard normal distribution between two bounds, either of which may be infinite or far out in a tail: distribution function,
 * density and moments, without the cancellation that the textbook's formulas suffer there.
 *
 * Everything is measured from an anchor, the bound nearer to 0 or 0 itself, as a share of the tail beyond it (normal-tail.ts). The
 * moments are integrals by Gauss and Legendre's five-point rule on 256 panels a side.
 * @module
 */
import { anchorOf, depth, GAUSS, millsRatio } from './normal-tail.js';
import { exponential, exponentialMinusOne } from './portable-math.js';

export interface StandardLaw {
  /** Probability of less than z. */
  readonly shareBelow: (z: number) => number;
  readonly density: (z: number) => number;
  readonly mean: number;
  readonly std: number;
  readonly kurtosis: number;
}

/** exp(-DEEPEST) is negligible beside 1. */
const DEEPEST = 40;
const PANELS = 256;

/** Bounds in standard deviations, low < high. */
export function standardLaw(low: number, high: number): StandardLaw {
  const anchor = anchorOf(low, high);
  const a = Math.abs(anchor);
  // The share of the tail beyond the anchor that lies between the anchor and z.
  const massTo = (z: number): number => -exponentialMinusOne(-depth(a, Math.abs(z - anchor)));
  const massBelow = low < anchor ? massTo(low) : 0;
  const massAbove = high > anchor ? massTo(high) : 0;
  const mass = massBelow + massAbove;
  const peak = 1 / (millsRatio(a) * mass);
  const densityAt = (t: number): number => peak * exponential(-(a + t / 2) * t);
  return {
    shareBelow: (z) => {
      if (z <= low) return 0;
      if (z >= high) return 1;
      return (z < anchor ? massBelow - massTo(z) : massBelow + massTo(z)) / mass;
    },
    density: (z) => (z < low || z > high ? 0 : densityAt(Math.abs(z - anchor))),
    ...integrate(anchor, low - anchor, high - anchor, densityAt),
  };
}

/** Moments of distances from the anchor, then of the values. */
function integrate(
  anchor: number,
  from: number,
  to: number,
  densityAt: (t: number) => number,
): Pick<StandardLaw, 'mean' | 'std' | 'kurtosis'> {
  const a = Math.abs(anchor);
  const reach = (2 * DEEPEST) / (a + Math.sqrt(a * a + 2 * DEEPEST));
  const nodes = [
    ...panels(Math.max(from, -reach), 0, densityAt),
    ...panels(0, Math.min(to, reach), densityAt),
  ];
  const moment = (power: number, centre: number): number =>
    nodes.reduce((sum, [t, weight]) => sum + weight * (t - centre) ** power, 0);
  const mass = moment(0, 0);
  const mean = moment(1, 0) / mass;
  const variance = moment(2, mean) / mass;
  return {
    // The sides of a symmetric interval cancel except for rounding.
    mean: from === -to ? anchor : anchor + mean,
    std: Math.sqrt(variance),
    kurtosis: moment(4, mean) / mass / (variance * variance),
  };
}

/** The nodes between two distances, each with its weight times the density. */
function panels(
  from: number,
  to: number,
  densityAt: (t: number) => number,
): (readonly [t: number, weight: number])[] {
  if (!(to > from)) return [];
  const width = (to - from) / PANELS;
  return Array.from({ length: PANELS }, (_, panel) =>
    GAUSS.map(([node, weight]) => {
      const t = from + (panel + node) * width;
      return [t, weight * width * densityAt(Math.abs(t))] as const;
    }),
  ).flat();
}
