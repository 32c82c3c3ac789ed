/**
 * The share of a distribution that a narrow float stores as 0, computed without drawing: everything up to half the least subnormal is
 * rounded there. (Words are points of a lattice; that moves the share by less than 2^-23.)
 * @module
 */
import { valueOfRank, type NarrowDtype } from '../arithmetic/narrow-floats.js';
import { firstThat } from '../arithmetic/bisection.js';
import { standardLaw } from '../arithmetic/normal-law.js';
import type { NarrowFloatParameters } from '../kernels/narrow-float.js';
import { invertMap } from '../arithmetic/value-map.js';
import type { Drawn, Mapped } from './distribution.js';
import { quantilesOf, type InvertedLaw } from './inverted-laws.js';

/** A cast's: to nearest, wherever that lies. */
const UNBOUNDED = { lowest: -Infinity, highest: Infinity };

/** @param bounds  values of the dtype within which elements are kept; a bound of 0 takes all that lies beyond */
export function zeroShareOf(
  distribution: Drawn,
  dtype: NarrowDtype,
  { lowest, highest }: Pick<NarrowFloatParameters, 'lowest' | 'highest'> = UNBOUNDED,
): number {
  const half = valueOfRank(1, dtype) / 2;
  const from = lowest < 0 ? -half : -Infinity;
  const to = highest > 0 ? half : Infinity;
  if (lowest > 0 || highest < 0) return 0;
  const shareBelow = shareFunctionOf(distribution);
  return shareBelow(to) - shareBelow(from);
}

/** The probability of less than x. */
function shareFunctionOf(distribution: Drawn): (x: number) => number {
  switch (distribution.kind) {
    case 'uniform': {
      const { low, high } = distribution;
      return (x) => Math.min(Math.max((x - low) / (high - low), 0), 1);
    }
    case 'normal':
      return scaled(distribution, -Infinity, Infinity);
    case 'truncated_normal':
      return scaled(distribution, distribution.low, distribution.high);
    case 'mapped':
      return mapped(distribution);
    default:
      return inverted(distribution);
  }
}

/** Points of a lattice for bisection: as many as a 32-bit word has. */
const POINTS = 2 ** 32;

function inverted(law: InvertedLaw): (x: number) => number {
  const quantile = quantilesOf(law);
  return (x) => firstThat(0, POINTS, (k) => quantile((2 * k + 1) / POINTS - 1) >= x) / POINTS;
}

/** Through the map's inverse; a floor gathers what lies below it. */
function mapped({ of, map }: Mapped): (y: number) => number {
  const { kind, floor = -Infinity } = map;
  const shareBelow = shareFunctionOf(of);
  const isPositive = kind === 'exp' || kind === 'power';
  const falls = kind === 'power' && map.lnBase[0] < 0;
  return (y) => {
    if (y === Infinity) return 1;
    if (y === -Infinity || (isPositive && y <= 0)) return 0;
    const x = invertMap(map, y);
    const below = x > floor ? shareBelow(x) : 0;
    return falls ? 1 - below : below;
  };
}

function scaled(
  { mean, std }: { readonly mean: number; readonly std: number },
  low: number,
  high: number,
): (x: number) => number {
  const { shareBelow } = standardLaw(low, high);
  return (x) => shareBelow((x - mean) / std);
}
