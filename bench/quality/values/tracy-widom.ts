/**
 * The largest singular value of square matrices of independent standard normals, whose square, centred and scaled, follows the law of
 * Tracy and Widom (beta = 1): a test of a whole matrix at once.
 *
 * Centre and scale: Johnstone, "On the distribution of the largest eigenvalue in principal components analysis", Ann. Statist. 29(2), 2001,
 * https://doi.org/10.1214/aos/1009210544, with the halves of Ma, "Accuracy of the Tracy-Widom limits for the extreme eigenvalues in white
 * Wishart matrices", Bernoulli 18(1), 2012, https://doi.org/10.3150/10-BEJ334, whose error is of the order of n^(-2/3). The law itself as a
 * shifted gamma: Chiani, "Distribution of the largest eigenvalue for real Wishart and Gaussian random matrices and a simple approximation
 * for the Tracy-Widom distribution", J. Multivariate Anal. 129, 2014, https://doi.org/10.1016/j.jmva.2014.04.002.
 * @module
 */
import { at } from '#built/base/at.js';
import { gammaShareBelow, kolmogorovPValue } from './special-functions.js';
import type { Finding } from './value-tests.js';

/** Chiani's shape, scale and shift. */
const GAMMA = { shape: 46.446, scale: 0.186054, shift: 9.84801 };

export const tracyWidomShareBelow = (x: number): number =>
  gammaShareBelow(x + GAMMA.shift, GAMMA.shape, GAMMA.scale);

/** Steps of Lanczos: at 2048 rows the largest eigenvalue has then converged to well below its scale. */
const STEPS = 160;

/** The largest singular value's square, centred and scaled. @param matrix  n rows of n standard normals */
export function edgeOf(matrix: ArrayLike<number>, n: number): number {
  const root = Math.sqrt(n - 0.5);
  const centre = (2 * root) ** 2;
  const scale = 2 * root * (2 / root) ** (1 / 3);
  return (largestSquare(matrix, n) - centre) / scale;
}

/** The largest eigenvalue of AᵀA, by Lanczos without reorthogonalisation: copies that rounding brings do not move the largest. */
function largestSquare(matrix: ArrayLike<number>, n: number): number {
  const diagonal: number[] = [];
  const besides: number[] = [];
  let previous: Float64Array = new Float64Array(n);
  // Any start will do that is not drawn from the matrix.
  let vector: Float64Array = Float64Array.from({ length: n }, (_, i) => Math.cos(i * i) / Math.sqrt(n / 2));
  scaleBy(vector, 1 / lengthOf(vector));
  let beta = 0;
  for (let step = 0; step < STEPS; step++) {
    const next = timesTranspose(matrix, times(matrix, vector));
    const alpha = dot(next, vector);
    for (let i = 0; i < n; i++) next[i] = at(next, i) - alpha * at(vector, i) - beta * at(previous, i);
    diagonal.push(alpha);
    beta = lengthOf(next);
    besides.push(beta);
    scaleBy(next, 1 / beta);
    [previous, vector] = [vector, next];
  }
  return largestOfTridiagonal(diagonal, besides);
}

function times(matrix: ArrayLike<number>, x: Float64Array): Float64Array {
  const n = x.length;
  const out = new Float64Array(n);
  for (let row = 0, i = 0; row < n; row++) {
    let sum = 0;
    for (let column = 0; column < n; column++, i++) sum += (matrix[i] ?? 0) * (x[column] ?? 0);
    out[row] = sum;
  }
  return out;
}

function timesTranspose(matrix: ArrayLike<number>, x: Float64Array): Float64Array {
  const n = x.length;
  const out = new Float64Array(n);
  for (let row = 0, i = 0; row < n; row++) {
    const factor = x[row] ?? 0;
    for (let column = 0; column < n; column++, i++)
      out[column] = (out[column] ?? 0) + factor * (matrix[i] ?? 0);
  }
  return out;
}

const dot = (x: Float64Array, y: Float64Array): number =>
  x.reduce((sum, value, i) => sum + value * at(y, i), 0);
const lengthOf = (x: Float64Array): number => Math.sqrt(dot(x, x));

function scaleBy(x: Float64Array, factor: number): void {
  for (let i = 0; i < x.length; i++) x[i] = at(x, i) * factor;
}

/** By bisection over Sturm counts. @param besides  the elements beside the diagonal; the last is not used */
export function largestOfTridiagonal(diagonal: readonly number[], besides: readonly number[]): number {
  const reach = (i: number): number => Math.abs(besides[i - 1] ?? 0) + Math.abs(at(besides, i));
  let high = Math.max(...diagonal.map((value, i) => value + reach(i)));
  let low = Math.min(...diagonal.map((value, i) => value - reach(i)));
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (countAbove(diagonal, besides, middle) > 0) low = middle;
    else high = middle;
  }
  return high;
}

function countAbove(diagonal: readonly number[], besides: readonly number[], x: number): number {
  let count = 0;
  let pivot = 1;
  diagonal.forEach((value, i) => {
    const beside = i === 0 ? 0 : at(besides, i - 1);
    pivot = value - x - beside ** 2 / pivot;
    if (pivot === 0) pivot = Number.MIN_VALUE;
    if (pivot > 0) count++;
  });
  return count;
}

/** The edges of several matrices against the law, by Kolmogorov's test. */
export function testEdges(edges: readonly number[]): Finding {
  const sorted = [...edges].sort((a, b) => a - b);
  const n = sorted.length;
  const gap = Math.max(
    ...sorted.map((edge, i) => {
      const share = tracyWidomShareBelow(edge);
      return Math.max(share - i / n, (i + 1) / n - share);
    }),
  );
  const mean = edges.reduce((sum, edge) => sum + edge, 0) / n;
  return {
    statistic: `mean ${mean.toFixed(2)} of ${n} edges (-1.21 expected), largest gap ${gap.toFixed(3)}`,
    pValue: kolmogorovPValue(gap, n),
  };
}
