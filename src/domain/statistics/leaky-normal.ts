/**
 * Upstream's truncated normal as a distribution: of four normals the first within ±2, and if there is none, the first. So the share
 * P(|z| >= 2)^4 = 4.3e-6 lies outside, distributed as a normal's tails are. In standard deviations.
 * @module
 */
import { standardLaw } from '../arithmetic/normal-law.js';
import { CANDIDATES } from '../torch/normal-layout.js';
import type { Law } from './laws.js';

export interface LeakyNormal extends Law {
  /** The probability of a value outside. */
  readonly leak: number;
  /** The probability of more than z; z at least the threshold. */
  readonly shareAbove: (z: number) => number;
}

/** @param threshold  where values begin to count as outside: 2, or in a coarse dtype what is rounded to it */
export function leakyNormal(threshold: number): LeakyNormal {
  const whole = standardLaw(-Infinity, Infinity);
  const tail = whole.shareBelow(-threshold);
  const missed = 2 * tail;
  const leak = missed ** CANDIDATES;
  // What lies inside becomes so much more probable, and what lies outside so much less.
  const inside = (1 - leak) / (1 - missed);
  const outside = leak / missed;
  const shareAbove = (z: number): number => outside * whole.shareBelow(-z);
  const { std, kurtosis } = standardLaw(-threshold, threshold);
  const mix = (ofInside: number, ofAll: number): number =>
    inside * (1 - missed) * ofInside + outside * (ofAll - (1 - missed) * ofInside);
  const variance = mix(std ** 2, 1);
  return {
    mean: 0,
    std: Math.sqrt(variance),
    kurtosis: mix(kurtosis * std ** 4, 3) / variance ** 2,
    shareBelow: (z) => {
      if (z <= -threshold) return outside * whole.shareBelow(z);
      if (z >= threshold) return 1 - shareAbove(z);
      return leak / 2 + inside * (whole.shareBelow(z) - tail);
    },
    density: (z) => (Math.abs(z) < threshold ? inside : outside) * whole.density(z),
    leak,
    shareAbove,
  };
}
