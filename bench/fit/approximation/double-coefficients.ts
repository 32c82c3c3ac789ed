/**
 * Coefficients of a best approximation as doubles.
 *
 * Rounding them one by one would add as much error as a kernel's own arithmetic has. They are strongly dependent, though: the
 * others can compensate for the rounding error of one. Babai's nearest plane algorithm (Combinatorica 6(1), 1986,
 * https://doi.org/10.1007/BF02579403) rounds the coefficient that matters most first and fits the rest to the error that is left; the
 * coefficient rounded last is the one whose ulp is felt least.
 * @module
 */
import { at } from '#built/base/at.js';
import { range } from '../range.js';
import {
  divide,
  dot,
  FIXED_ONE,
  multiply,
  roundToInteger,
  toFixed,
  toNumber,
  type Fixed,
} from './fixed-point.js';
import {
  denominatorAt,
  flatten,
  mapRational,
  ratioAt,
  residualGradient,
  unflatten,
  type Rational,
  type Sample,
} from './remez.js';
import { doubleSpacing } from './spacing.js';

function subtractMultiple(a: readonly Fixed[], factor: Fixed, b: readonly Fixed[]): Fixed[] {
  return a.map((value, i) => value - multiply(factor, at(b, i)));
}

/** Gram-Schmidt: what no earlier vector explains of each. */
function orthogonalise(vectors: readonly (readonly Fixed[])[]): Fixed[][] {
  const directions: Fixed[][] = [];
  for (const vector of vectors) {
    let rest = [...vector];
    for (const direction of directions) {
      rest = subtractMultiple(rest, divide(dot(rest, direction), dot(direction, direction)), direction);
    }
    directions.push(rest);
  }
  return directions;
}

/** Error vectors are scaled by this, so that the effect of one ulp of a coefficient has digits left in fixed point. */
const MAGNIFY = 2n ** 60n;

/** Samples at which the effects are felt. */
const POINTS = 60;

/** For each coefficient, the change of the weighted error at each point when it grows by an ulp. */
function findEffects(
  optimum: Rational<Fixed>,
  ulps: readonly Fixed[],
  samples: readonly Sample[],
): Fixed[][] {
  const degrees = { n: optimum.numerator.length - 1, d: optimum.denominator.length };
  const gradients = range(POINTS, (i) => {
    const { x, weight } = at(samples, Math.round((i * (samples.length - 1)) / (POINTS - 1)));
    const scale = MAGNIFY * divide(weight, denominatorAt(optimum, x));
    return residualGradient(x, ratioAt(optimum, x), degrees).map((entry) => multiply(entry, scale));
  });
  return ulps.map((ulp, j) => gradients.map((gradient) => multiply(at(gradient, j), ulp)));
}

/** Coefficients that are doubles, with an error hardly above the optimum's. */
export function roundToDoubles(optimum: Rational<Fixed>, samples: readonly Sample[]): Rational<number> {
  const flat = flatten(optimum);
  const ulps = flat.map((value) => toFixed(doubleSpacing(toNumber(value))));
  const effects = findEffects(optimum, ulps, samples);
  const square = (vector: readonly Fixed[]): Fixed => dot(vector, vector);
  // Least felt first: the nearest plane algorithm goes from the last vector to the first.
  const order = range(flat.length, (j) => j).sort((a, b) =>
    square(at(effects, a)) < square(at(effects, b)) ? -1 : 1,
  );
  const directions = orthogonalise(order.map((j) => at(effects, j)));
  const rounded = flat.map(() => 0n);
  // The optimum itself is left to explain, in ulps of each coefficient.
  const rest = flat.map((value, j) => divide(value, at(ulps, j)));
  for (let rank = order.length - 1; rank >= 0; rank--) {
    const j = at(order, rank);
    const direction = at(directions, rank);
    // Vectors before this one are orthogonal to the direction; those after it leave their remainder.
    const target = order.reduce((sum, other) => {
      const share = divide(dot(at(effects, other), direction), square(direction));
      return sum + multiply(at(rest, other), share);
    }, 0n);
    const steps = roundToInteger(target);
    rounded[j] = steps * at(ulps, j);
    rest[j] = at(rest, j) - steps * FIXED_ONE;
  }
  const degrees = { n: optimum.numerator.length - 1, d: optimum.denominator.length };
  return mapRational(unflatten(rounded, degrees), toNumber);
}
