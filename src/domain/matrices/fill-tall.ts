/**
 * Rows of a tall matrix, Q = (E - V M) D, M and D from tall-factor.ts.
 *
 * Order of operations, in the carrier: Q_ij = (E_ij d_j - t) gain, t the partial sums of V_ik (M D)_kj over segments of k from 0
 * on, each ascending from +0, added in order from +0. V_ik is the normal of element (i, k) for k < i, the pivot for k = i,
 * 0 for k > i.
 * @module
 */
import type { Carrier } from './carrier.js';
import {
  SEGMENT_LENGTH,
  type CarrierArray,
  type DrawNormals,
  type OrthogonalMatrix,
} from './orthogonal-matrix.js';
import type { TallFactor } from './tall-factor.js';

/**
 * @param firstRow  of the matrix
 * @param out       shape [n, columns], overwritten with rows firstRow to firstRow + n - 1
 */
export function fillTallRows<A extends CarrierArray>(
  carrier: Carrier<A>,
  matrix: OrthogonalMatrix,
  factor: TallFactor<A>,
  drawNormals: DrawNormals<A>,
  firstRow: number,
  out: A,
): void {
  const { columns, first, gain } = matrix;
  const vectors = carrier.make(columns);
  for (let i = firstRow, done = 0; done < out.length; i++, done += columns) {
    drawNormals(first + i * columns, vectors);
    const row = out.subarray(done, done + columns) as A;
    row.fill(0);
    const reflection = factor.reflections[i];
    if (reflection) {
      vectors[i] = reflection.pivot;
      row[i] = reflection.sign;
    }
    carrier.addMultiple(row, -1, multiply(carrier, vectors.subarray(0, i + 1) as A, factor.m, columns));
    for (let j = 0; j < columns; j++) row[j] = carrier.at(row, j) * gain;
  }
}

/** The row V_i M D. */
function multiply<A extends CarrierArray>(carrier: Carrier<A>, vectors: A, m: A, columns: number): A {
  const total = carrier.make(columns);
  for (let begin = 0; begin < vectors.length; begin += SEGMENT_LENGTH) {
    const partial = carrier.make(columns);
    const end = Math.min(vectors.length, begin + SEGMENT_LENGTH);
    for (let k = begin; k < end; k++)
      carrier.addMultiple(
        partial.subarray(k) as A,
        carrier.at(vectors, k),
        m.subarray(k * columns + k, (k + 1) * columns) as A,
      );
    carrier.addMultiple(total, 1, partial);
  }
  return total;
}
