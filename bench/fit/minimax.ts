/**
 * Best rational approximation of a sampled function, in 256-bit fixed point, and its coefficients as doubles.
 *
 *     R(x) = (p_n x^n + .. + p_0) / (x^d + q_{d-1} x^{d-1} + .. + q_0)
 *
 * with the least maximum of weight * |R - value|. Q's leading coefficient is 1 and is not multiplied by in a kernel.
 *
 *  1. Remez exchange: Newton's method levels the error at n + d + 2 points of alternating sign, the points move to the
 *     extrema, and so on (Cody, SIAM Review 12(3), 1970, https://doi.org/10.1137/1012082).
 *  2. Rounding the coefficients one by one would add as much error as a kernel's own arithmetic has. They are strongly
 *     dependent, though: what the rounding of one spoils, the others repair. Babai's nearest plane algorithm (Combinatorica
 *     6(1), 1986, https://doi.org/10.1007/BF02579403) rounds the coefficient that matters most first and fits the rest to
 *     what is left; the coefficient rounded last is the one whose ulp is felt least.
 */
import { at, range } from './arrays.js';
import { FIXED_ONE, divide, multiply, toFixed, toNumber } from './truncated-normal-reference.js';
import type { Fixed } from './truncated-normal-reference.js';

/** A point of the function's graph, with what a deviation there counts for. */
export interface Sample {
  readonly x: Fixed;
  readonly value: Fixed;
  readonly weight: Fixed;
}

/** Coefficients, lowest degree first; Q's leading 1 is left out. */
export interface Rational<Coefficient> {
  readonly numerator: readonly Coefficient[];
  readonly denominator: readonly Coefficient[];
}

/** Degrees of numerator and denominator. */
export interface Degrees {
  readonly n: number;
  readonly d: number;
}

function magnitude(value: Fixed): Fixed {
  return value < 0n ? -value : value;
}

function largestIndex(values: readonly Fixed[]): number {
  return values.reduce((best, value, index) => (value > at(values, best) ? index : best), 0);
}

function horner(coefficients: readonly Fixed[], x: Fixed): Fixed {
  return coefficients.reduceRight((sum, coefficient) => multiply(sum, x) + coefficient, 0n);
}

function powers(x: Fixed, count: number): Fixed[] {
  const list = [FIXED_ONE];
  while (list.length < count) list.push(multiply(at(list, list.length - 1), x));
  return list;
}

const numeratorAt = ({ numerator }: Rational<Fixed>, x: Fixed): Fixed => horner(numerator, x);
const denominatorAt = ({ denominator }: Rational<Fixed>, x: Fixed): Fixed =>
  horner([...denominator, FIXED_ONE], x);

/** weight * (R - value). */
function errorAt(rational: Rational<Fixed>, { x, value, weight }: Sample): Fixed {
  const ratio = divide(numeratorAt(rational, x), denominatorAt(rational, x));
  return multiply(weight, ratio - value);
}

export function maxError(rational: Rational<Fixed>, samples: readonly Sample[]): number {
  return Math.max(...samples.map((sample) => Math.abs(toNumber(errorAt(rational, sample)))));
}

/** Solves a linear system, given as rows with the right-hand side last, by Gauss and Jordan. */
function solveLinear(rows: Fixed[][]): Fixed[] {
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    const pivotIndex = largestIndex(rows.map((row, r) => (r < column ? -1n : magnitude(at(row, column)))));
    const pivot = at(rows, pivotIndex);
    rows[pivotIndex] = at(rows, column);
    rows[column] = pivot;
    rows.forEach((row, r) => {
      if (r === column) return;
      const factor = divide(at(row, column), at(pivot, column));
      for (let c = column; c <= size; c++) row[c] = at(row, c) - multiply(factor, at(pivot, c));
    });
  }
  return rows.map((row, r) => divide(at(row, size), at(row, r)));
}

function split(unknowns: readonly Fixed[], { n, d }: Degrees): Rational<Fixed> {
  return { numerator: unknowns.slice(0, n + 1), denominator: unknowns.slice(n + 1, n + 1 + d) };
}

/** [1, x, .., x^n, -v, -v x, .., -v x^(d-1)]: the gradient of P - v Q. */
function residualGradient(x: Fixed, v: Fixed, { n, d }: Degrees): Fixed[] {
  const list = powers(x, Math.max(n + 1, d));
  return [...list.slice(0, n + 1), ...list.slice(0, d).map((power) => -multiply(v, power))];
}

/** Rational interpolation at Chebyshev nodes of the sample list: a good start for the exchange. */
function interpolate(samples: readonly Sample[], degrees: Degrees): Fixed[] {
  const count = degrees.n + degrees.d + 1;
  const nodes = range(count, (i) => {
    const chebyshev = (1 - Math.cos((Math.PI * (i + 0.5)) / count)) / 2;
    return at(samples, Math.round(chebyshev * (samples.length - 1)));
  });
  return solveLinear(
    nodes.map(({ x, value }) => {
      const leading = at(powers(x, degrees.d + 1), degrees.d);
      return [...residualGradient(x, value, degrees), multiply(value, leading)];
    }),
  );
}

/** Newton's method for P = (value +- E / weight) Q at the alternation points; E is the last unknown. */
function levelError(start: readonly Fixed[], alternation: readonly Sample[], degrees: Degrees): Fixed[] {
  let unknowns = [...start];
  for (let pass = 0; pass < 5; pass++) {
    const rational = split(unknowns, degrees);
    const error = at(unknowns, unknowns.length - 1);
    const rows = alternation.map(({ x, value, weight }, i) => {
      const signedShare = divide(i % 2 === 0 ? FIXED_ONE : -FIXED_ONE, weight);
      const goal = value + multiply(signedShare, error);
      const q = denominatorAt(rational, x);
      const residual = numeratorAt(rational, x) - multiply(goal, q);
      return [...residualGradient(x, goal, degrees), -multiply(signedShare, q), -residual];
    });
    const correction = solveLinear(rows);
    unknowns = unknowns.map((unknown, i) => unknown + at(correction, i));
  }
  return unknowns;
}

/** The place of the largest error in each run of errors of one sign. */
function alternationPlaces(errors: readonly Fixed[]): number[] {
  const places: number[] = [];
  let best = 0;
  errors.forEach((error, place) => {
    const champion = at(errors, best);
    if (error < 0n !== champion < 0n) {
      places.push(best);
      best = place;
    } else if (magnitude(error) > magnitude(champion)) {
      best = place;
    }
  });
  return [...places, best];
}

/** Keeps `count` neighbouring places of alternating sign: the weaker end goes first. */
function trimPlaces(places: readonly number[], errors: readonly Fixed[], count: number): number[] {
  const kept = [...places];
  while (kept.length > count) {
    const first = magnitude(at(errors, at(kept, 0)));
    const last = magnitude(at(errors, at(kept, kept.length - 1)));
    if (first < last) kept.shift();
    else kept.pop();
  }
  if (kept.length < count) throw new RangeError(`${kept.length} alternations, ${count} needed`);
  return kept;
}

/** The best approximation, to a thousandth of its error. Samples are in order of x and dense. */
export function bestApproximation(samples: readonly Sample[], degrees: Degrees): Rational<Fixed> {
  const count = degrees.n + degrees.d + 2;
  let unknowns = [...interpolate(samples, degrees), 0n];
  for (let pass = 0; pass < 30; pass++) {
    const errors = samples.map((sample) => errorAt(split(unknowns, degrees), sample));
    const places = trimPlaces(alternationPlaces(errors), errors, count);
    const largest = errors.reduce((most, error) => (magnitude(error) > most ? magnitude(error) : most), 0n);
    const level = magnitude(at(unknowns, count - 1));
    if (pass > 0 && (largest - level) * 1000n < level) return split(unknowns, degrees);
    unknowns = levelError(
      unknowns,
      places.map((place) => at(samples, place)),
      degrees,
    );
  }
  throw new RangeError('the exchange does not settle');
}

const doubleView = new Float64Array(1);
const bitsView = new BigUint64Array(doubleView.buffer);

/** Spacing of the doubles around a value, for values of 2^-900 and above. */
export function doubleSpacing(value: number): number {
  doubleView[0] = value;
  bitsView[0] = (at(bitsView, 0) & 0x7ff0000000000000n) - (52n << 52n);
  return at(doubleView, 0);
}

function dot(a: readonly Fixed[], b: readonly Fixed[]): Fixed {
  return a.reduce((sum, value, i) => sum + value * at(b, i), 0n) >> 256n;
}

function subtractMultiple(a: readonly Fixed[], factor: Fixed, b: readonly Fixed[]): Fixed[] {
  return a.map((value, i) => value - multiply(factor, at(b, i)));
}

/** Gram-Schmidt: the part of each vector that no earlier one explains. */
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

/** Error vectors are scaled by this, so that what one ulp of a coefficient does has digits left in fixed point. */
const MAGNIFY = 2n ** 60n;

/** Coefficients that are doubles, with an error hardly above the optimum's. */
export function roundToDoubles(optimum: Rational<Fixed>, samples: readonly Sample[]): Rational<number> {
  const degrees = { n: optimum.numerator.length - 1, d: optimum.denominator.length };
  const flat = [...optimum.numerator, ...optimum.denominator];
  const ulps = flat.map((value) => toFixed(doubleSpacing(toNumber(value))));
  const places = range(60, (i) => at(samples, Math.round((i * (samples.length - 1)) / 59)));
  const gradients = places.map(({ x, weight }) => {
    const q = denominatorAt(optimum, x);
    const ratio = divide(numeratorAt(optimum, x), q);
    const scale = MAGNIFY * divide(weight, q);
    return residualGradient(x, ratio, degrees).map((entry) => multiply(entry, scale));
  });
  const effects = flat.map((_, j) => gradients.map((gradient) => multiply(at(gradient, j), at(ulps, j))));
  // Least felt first: the nearest plane algorithm goes from the last vector to the first.
  const order = range(flat.length, (j) => j).sort((a, b) => {
    const gap = dot(at(effects, a), at(effects, a)) - dot(at(effects, b), at(effects, b));
    return gap < 0n ? -1 : 1;
  });
  const directions = orthogonalise(order.map((j) => at(effects, j)));
  const rounded = flat.map(() => 0n);
  // What is left to explain: the optimum itself, in ulps of each coefficient.
  const rest = flat.map((value, j) => divide(value, at(ulps, j)));
  for (let place = order.length - 1; place >= 0; place--) {
    const j = at(order, place);
    const direction = at(directions, place);
    const square = dot(direction, direction);
    const target = order.slice(0, place + 1).reduce((sum, other) => {
      return sum + multiply(at(rest, other), divide(dot(at(effects, other), direction), square));
    }, 0n);
    // Vectors before this one are orthogonal to the direction; those after it leave their remainder.
    const carried = order.slice(place + 1).reduce((sum, other) => {
      return sum + multiply(at(rest, other), divide(dot(at(effects, other), direction), square));
    }, 0n);
    const steps = (target + carried + FIXED_ONE / 2n) >> 256n;
    rounded[j] = steps * at(ulps, j);
    rest[j] = at(rest, j) - steps * FIXED_ONE;
  }
  return {
    numerator: rounded.slice(0, degrees.n + 1).map(toNumber),
    denominator: rounded.slice(degrees.n + 1).map(toNumber),
  };
}

export function toFixedRational({ numerator, denominator }: Rational<number>): Rational<Fixed> {
  return { numerator: numerator.map(toFixed), denominator: denominator.map(toFixed) };
}
