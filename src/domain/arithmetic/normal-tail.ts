/**
 * The upper tail of the standard normal distribution in double precision, for parameters that decide bytes: only
 * + - * / and square roots (portable-math.ts), so every engine gets the same doubles.
 *
 * The tail above a >= 0 is measured in nats: depth(a, delta) = -ln(Q(a + delta) / Q(a)), Q the upper tail probability. It
 * is the integral of the hazard rate, grows from 0, and keeps its precision where Q itself underflows.
 * @module
 */
import { exponential, logarithm, logarithmOnePlus } from './portable-math.js';

/** The anchor of an interval, from which distances are measured: the bound nearer to 0, or 0 if it lies between the bounds. */
export const anchorOf = (low: number, high: number): number => (low > 0 ? low : high < 0 ? high : 0);

const SQRT_HALF_PI = 1.2533141373155003; // 0x3ff40d931ff62706
/** The continued fraction is used from here on, the series below. */
export const FRACTION_FROM = 2;
/** Levels of the continued fraction: the rest after n of them shrinks like exp(-2 x sqrt(2 n)), here to below 2^-60. */
export const fractionLevels = (x: number): number => Math.ceil(480 / (x * x)) + 20;

/**
 * Mills' ratio Q(x) / phi(x), the reciprocal of the hazard rate, x >= 0; within 2e-14 relative.
 * Laplace's continued fraction 1/(x + 1/(x + 2/(x + 3/(x + ...)))) and the series
 * sqrt(pi/2) exp(x^2/2) - sum x^(2k+1) / (1 * 3 * .. * (2k+1)): NIST Handbook, 7.9.2 and 7.6.2, https://dlmf.nist.gov/7.
 */
export function millsRatio(x: number): number {
  if (x >= FRACTION_FROM) {
    let tail = x;
    for (let level = fractionLevels(x); level >= 1; level--) tail = x + level / tail;
    return 1 / tail;
  }
  const square = x * x;
  let sum = 0;
  for (let odd = 61; odd >= 3; odd -= 2) sum = (1 + sum) * (square / odd);
  return SQRT_HALF_PI * exponential(square / 2) - x * (1 + sum);
}

/** Nodes and weights of Gauss and Legendre on [0, 1] with five points: NIST Handbook, table 3.5.2. */
export const GAUSS = [
  [0.5, 0.28444444444444444], // 0x3fd23456789abcdf
  [0.23076534494715845, 0.23931433524968324], // 0x3fcd89b804cc91f6, 0x3fcea1da25ae415b
  [0.7692346550528415, 0.23931433524968324], // 0x3fe89d91feccdb82, 0x3fcea1da25ae415b
  [0.04691007703066802, 0.11846344252809454], // 0x3fa80498fd662cb8, 0x3fbe539ec36e038c
  [0.953089922969332, 0.11846344252809454], // 0x3fee7fb670299d35, 0x3fbe539ec36e038c
] as const;
/** Below this width the difference of two logarithms would lose digits that the integral keeps. */
export const NARROW = 2 ** -6;

/**
 * -ln(Q(a + delta) / Q(a)) for a >= 0 and delta >= 0; Infinity for an infinite delta. Within 1e-13 relative.
 */
export function depth(a: number, delta: number): number {
  if (delta === Infinity) return Infinity;
  if (delta <= NARROW && a < 1 / NARROW) {
    return delta * GAUSS.reduce((sum, [node, weight]) => sum + weight / millsRatio(a + node * delta), 0);
  }
  const ratio = millsRatio(a) / millsRatio(a + delta);
  const small = ratio - 1 < 0.4;
  return delta * (a + delta / 2) + (small ? logarithmOnePlus(ratio - 1) : logarithm(ratio));
}

/**
 * The delta of a depth, by Newton's iteration. Depth is a convex function of delta, so the tangent at 0 starts above the solution
 * and every step goes down towards it; the first that does not ends the iteration.
 */
export function deltaAtDepth(a: number, target: number): number {
  let delta = target * millsRatio(a);
  for (;;) {
    const next = delta - (depth(a, delta) - target) * millsRatio(a + delta);
    if (!(next < delta)) return delta;
    delta = next;
  }
}
