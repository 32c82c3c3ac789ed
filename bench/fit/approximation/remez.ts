/**
 * Best rational approximation of a sampled function, in 256-bit fixed point.
 *
 *     R(x) = P / Q = (p_n x^n + .. + p_0) / (x^d + q_{d-1} x^{d-1} + .. + q_0)
 *
 * with the least maximum of weight * |R - value|. Q's leading coefficient is 1 and is not multiplied by in a kernel; a Q of degree 0
 * is 1, and R a polynomial.
 *
 * Remez' exchange: Newton's method levels the error at n + d + 2 points of alternating sign, the points move to the extrema, and so
 * on (Cody, SIAM Review 12(3), 1970, https://doi.org/10.1137/1012082).
 * @module
 */
import { at } from '#built/base/at.js';
import { range } from '../range.js';
import { divide, FIXED_ONE, horner, multiply, powers, toFixed, toNumber, type Fixed } from './fixed-point.js';
import { solveLinear } from './linear-system.js';

/** A point of the function's graph, and how much a deviation there counts. */
export interface Sample {
  readonly x: Fixed;
  readonly value: Fixed;
  readonly weight: Fixed;
}

/** Degrees of numerator and denominator. */
export interface Degrees {
  readonly n: number;
  readonly d: number;
}

/** Coefficients, lowest degree first; Q's leading 1 is left out. */
export interface Rational<Coefficient> {
  readonly numerator: readonly Coefficient[];
  readonly denominator: readonly Coefficient[];
}

export const mapRational = <A, B>(
  { numerator, denominator }: Rational<A>,
  map: (value: A) => B,
): Rational<B> => ({
  numerator: numerator.map(map),
  denominator: denominator.map(map),
});

export const roundedToFixed = (rational: Rational<number>): Rational<Fixed> => mapRational(rational, toFixed);

/** p0, p1, .. then q0, q1, .. */
export const flatten = <T>({ numerator, denominator }: Rational<T>): T[] => [...numerator, ...denominator];

export const unflatten = <T>(free: readonly T[], { n, d }: Degrees): Rational<T> => ({
  numerator: free.slice(0, n + 1),
  denominator: free.slice(n + 1, n + 1 + d),
});

const numeratorAt = ({ numerator }: Rational<Fixed>, x: Fixed): Fixed => horner(numerator, x);

export const denominatorAt = ({ denominator }: Rational<Fixed>, x: Fixed): Fixed =>
  horner([...denominator, FIXED_ONE], x);

export const ratioAt = (rational: Rational<Fixed>, x: Fixed): Fixed =>
  divide(numeratorAt(rational, x), denominatorAt(rational, x));

/** weight * (R - value). */
function errorAt(rational: Rational<Fixed>, { x, value, weight }: Sample): number {
  return toNumber(multiply(weight, ratioAt(rational, x) - value));
}

export function maxError(rational: Rational<Fixed>, samples: readonly Sample[]): number {
  return Math.max(...samples.map((sample) => Math.abs(errorAt(rational, sample))));
}

/** [1, x, .., x^n, -v, -v x, .., -v x^(d-1)]: the gradient of P - v Q. */
export function residualGradient(x: Fixed, v: Fixed, { n, d }: Degrees): Fixed[] {
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

/** Enough for all 256 bits. */
const NEWTON_PASSES = 8;

/** Newton's method for P = (value +- E / weight) Q at the alternation points; E is the last unknown. */
function levelError(start: readonly Fixed[], alternation: readonly Sample[], degrees: Degrees): Fixed[] {
  let unknowns = [...start];
  for (let pass = 0; pass < NEWTON_PASSES; pass++) {
    const rational = unflatten(unknowns, degrees);
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

/** The index of the largest error in each run of errors of one sign; 0 counts as positive. */
export function findAlternation(errors: readonly number[]): number[] {
  const extrema: number[] = [];
  let best = 0;
  errors.forEach((error, i) => {
    const incumbent = at(errors, best);
    if (error < 0 !== incumbent < 0) {
      extrema.push(best);
      best = i;
    } else if (Math.abs(error) > Math.abs(incumbent)) {
      best = i;
    }
  });
  return [...extrema, best];
}

/** Keeps `count` neighbouring extrema: the weaker end goes first. */
function trim(extrema: readonly number[], errors: readonly number[], count: number): number[] {
  const kept = [...extrema];
  const height = (i: number): number => Math.abs(at(errors, at(kept, i)));
  while (kept.length > count) {
    if (height(0) < height(kept.length - 1)) kept.shift();
    else kept.pop();
  }
  if (kept.length < count) throw new RangeError(`${kept.length} alternations, ${count} needed`);
  return kept;
}

const MAX_EXCHANGES = 40;

/**
 * The best approximation.
 * @param samples    dense, in order of x
 * @param tolerance  how far the largest error may lie above the levelled one, as a share of it
 */
export function bestApproximation(
  samples: readonly Sample[],
  degrees: Degrees,
  tolerance: number,
): Rational<Fixed> {
  const count = degrees.n + degrees.d + 2;
  let unknowns = [...interpolate(samples, degrees), 0n];
  for (let exchange = 0; exchange < MAX_EXCHANGES; exchange++) {
    const rational = unflatten(unknowns, degrees);
    const errors = samples.map((sample) => errorAt(rational, sample));
    const largest = Math.max(...errors.map(Math.abs));
    const levelled = Math.abs(toNumber(at(unknowns, count - 1)));
    if (largest <= levelled * (1 + tolerance)) return rational;
    const extrema = trim(findAlternation(errors), errors, count);
    unknowns = levelError(
      unknowns,
      extrema.map((i) => at(samples, i)),
      degrees,
    );
  }
  throw new RangeError('the exchange does not settle');
}
