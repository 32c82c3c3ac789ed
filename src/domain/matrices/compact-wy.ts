/**
 * A block of a wide matrix's reflections as one product, I - V T V^T with T upper triangular (Schreiber and Van Loan, "A
 * Storage-Efficient WY Representation for Products of Householder Transformations", SIAM J. Sci. Stat. Comput. 10(1), 1989,
 * https://doi.org/10.1137/0910005; LAPACK's larft, forward and columnwise).
 *
 * Order of operations, v_j the block's vectors, m of them: G_ij = dots (below) of v_j with v_i, i < j, in the carrier. In doubles: T_jj = tau_j, and
 * T_ij = -(tau_j sum of T_il G_lj), l = i to j - 1 ascending from 0. T is rounded to the carrier at the end.
 * @module
 */
import { float64At } from '../arithmetic/typed-at.js';
import type { Carrier } from './carrier.js';
import {
  REFLECTIONS_PER_BLOCK,
  SEGMENT_LENGTH,
  type CarrierArray,
  type DrawNormals,
  type OrthogonalMatrix,
} from './orthogonal-matrix.js';
import { reflect, tailOfRow } from './reflections.js';

/** m reflections from number `start` on; coordinates count from `start` too, for earlier ones are 0 in every vector. */
export interface Block<A extends CarrierArray> {
  readonly start: number;
  /** Shape [m, columns - start]: a vector a row, 0 before its diagonal. */
  readonly vectors: readonly A[];
  /** Shape [m, m], row-major, upper triangular. */
  readonly t: A;
  /** The sign of each of the matrix's rows. */
  readonly signs: readonly number[];
}

/** The block of a wide matrix that begins at reflection `start`, a multiple of REFLECTIONS_PER_BLOCK. */
export function makeBlock<A extends CarrierArray>(
  carrier: Carrier<A>,
  matrix: OrthogonalMatrix,
  drawNormals: DrawNormals<A>,
  start: number,
): Block<A> {
  const { rows, columns, first } = matrix;
  const count = Math.min(REFLECTIONS_PER_BLOCK, rows - start);
  const normals = carrier.make(count * columns);
  drawNormals(first + start * columns, normals);
  const made = Array.from({ length: count }, (_, j) =>
    makeVector(carrier, normals.subarray(j * columns + start, (j + 1) * columns) as A, start, j),
  );
  const vectors = made.map(({ vector }) => vector);
  const t = makeT(
    carrier,
    vectors,
    made.map(({ tau }) => tau),
  );
  return { start, vectors, t, signs: made.map(({ sign }) => sign) };
}

/** @param row  normals of row start + j, from column `start` on, overwritten */
function makeVector<A extends CarrierArray>(
  carrier: Carrier<A>,
  row: A,
  start: number,
  j: number,
): { vector: A; tau: number; sign: number } {
  const tail = tailOfRow(carrier, row, j, start);
  const { pivot, tau, sign } = reflect(carrier.at(row, j), tail, carrier.round);
  row.fill(0, 0, j);
  row[j] = pivot;
  return { vector: row, tau, sign };
}

function makeT<A extends CarrierArray>(
  carrier: Carrier<A>,
  vectors: readonly A[],
  taus: readonly number[],
): A {
  const gram = carrier.make(taus.length ** 2);
  vectors.forEach((vector, j) => {
    const products = dots(carrier, vectors.slice(0, j), vector);
    for (let i = 0; i < j; i++) gram[i * taus.length + j] = carrier.at(products, i);
  });
  return triangularFactor(carrier, gram, taus);
}

/**
 * T of m vectors.
 * @param gram  shape [m, m], row-major: G above its diagonal; the rest is not read
 */
export function triangularFactor<A extends CarrierArray>(
  carrier: Carrier<A>,
  gram: A,
  taus: readonly number[],
): A {
  const count = taus.length;
  const g = Float64Array.from(gram);
  const t = new Float64Array(count * count);
  taus.forEach((tau, j) => {
    for (let i = 0; i < j; i++) {
      let sum = 0;
      for (let l = i; l < j; l++) sum += float64At(t, i * count + l) * float64At(g, l * count + j);
      t[i * count + j] = -(tau * sum);
    }
    t[j * count + j] = tau;
  });
  const rounded = carrier.make(count * count);
  rounded.set(t);
  return rounded;
}

/** Each vector's product with x, in the carrier: partial sums over segments from the block's first coordinate on, added in order. */
export function dots<A extends CarrierArray>(carrier: Carrier<A>, vectors: readonly A[], x: A): A {
  const products = carrier.make(vectors.length);
  vectors.forEach((vector, j) => {
    let sum = 0;
    for (let begin = 0; begin < x.length; begin += SEGMENT_LENGTH) {
      const end = begin + SEGMENT_LENGTH;
      sum = carrier.round(sum + carrier.dot(vector.subarray(begin, end) as A, x.subarray(begin, end) as A));
    }
    products[j] = sum;
  });
  return products;
}
