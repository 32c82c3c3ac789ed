/**
 * Polynomials as lists of coefficients, lowest degree first: the parameters of the bounded normal kernels are computed with them. The order
 * of the operations decides bytes.
 * @module
 */
import { at } from '../../base/at.js';
import * as doubleDouble from './double-double.js';
import type { DoubleDouble } from './double-double.js';

/** The value at w, by Horner's rule. */
export const evaluate = (polynomial: readonly number[], w: number): number =>
  polynomial.reduceRight((sum, coefficient) => sum * w + coefficient, 0);

/** The polynomial times 1 + slope * w. */
const timesLinear = (polynomial: readonly number[], slope: number): number[] =>
  [...polynomial, 0].map((coefficient, k) => coefficient + slope * (polynomial[k - 1] ?? 0));

/** The denominator that is 1 at 0 and has these poles, with the sign turned, each moved by `shift`. */
export const withPoles = (poles: readonly number[], shift: number): readonly number[] =>
  poles.reduce((product, pole) => timesLinear(product, 1 / (shift + pole)), [1]);

/**
 * Nodes of an interpolation on [0, deepest], equidistant, in Chebyshev's sense, in w / (w + gather).
 * @param cosines  the Chebyshev nodes
 */
export const gatheredNodes = (cosines: readonly number[], deepest: number, gather: number): number[] =>
  cosines.map((cosine) => {
    const t = (1 - cosine) / 2;
    return (t * deepest) / (1 + ((1 - t) * deepest) / gather);
  });

/**
 * Replaces terms that are too small to show by 0: as subnormal numbers they would make a kernel slow.
 * @param reach  the largest w
 * @param share  a term shows if at `reach` it exceeds this share of the constant term
 */
export function withoutSpecks(polynomial: readonly number[], reach: number, share: number): number[] {
  const least = Math.abs(at(polynomial, 0)) * share;
  let power = 1;
  return polynomial.map((coefficient) => {
    const shows = Math.abs(coefficient) * power > least;
    power *= reach;
    return shows ? coefficient : 0;
  });
}

/** The operations that interpolation takes. */
interface Arithmetic<T> {
  readonly from: (x: number) => T;
  readonly add: (a: T, b: T) => T;
  readonly subtract: (a: T, b: T) => T;
  readonly multiply: (a: T, b: T) => T;
  readonly divide: (a: T, b: T) => T;
  /** a - b of two doubles. */
  readonly difference: (a: number, b: number) => T;
}

const DOUBLE: Arithmetic<number> = {
  from: (x) => x,
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  difference: (a, b) => a - b,
};

const DOUBLE_DOUBLE: Arithmetic<DoubleDouble> = {
  ...doubleDouble,
  from: (x) => [x, 0],
  difference: (a, b) => doubleDouble.twoSum(a, -b),
};

/** The polynomial through points, in doubles. */
export const interpolate = (nodes: readonly number[], values: readonly number[]): number[] =>
  interpolateBy(DOUBLE, nodes, values);

/** The same in double-doubles, for coefficients that are small sums of large terms. */
export const interpolateExactly = (nodes: readonly number[], values: readonly number[]): number[] =>
  interpolateBy(DOUBLE_DOUBLE, nodes, values).map(([high]) => high);

/** Newton's divided differences, multiplied out. */
function interpolateBy<T>(by: Arithmetic<T>, nodes: readonly number[], values: readonly number[]): T[] {
  const zero = by.from(0);
  return divideDifferences(by, nodes, values).reduceRight<T[]>((sum, difference, i) => {
    const node = by.from(at(nodes, i));
    const [constant = zero, ...rest] = [zero, ...sum].map((coefficient, k) =>
      by.subtract(coefficient, by.multiply(node, sum[k] ?? zero)),
    );
    return [by.add(constant, difference), ...rest.slice(0, nodes.length - 1)];
  }, []);
}

function divideDifferences<T>(
  by: Arithmetic<T>,
  nodes: readonly number[],
  values: readonly number[],
): readonly T[] {
  const differences = values.map(by.from);
  for (let order = 1; order < nodes.length; order++) {
    for (let i = nodes.length - 1; i >= order; i--) {
      const rise = by.subtract(at(differences, i), at(differences, i - 1));
      differences[i] = by.divide(rise, by.difference(at(nodes, i), at(nodes, i - order)));
    }
  }
  return differences;
}
