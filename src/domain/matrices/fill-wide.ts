/**
 * Rows of a wide or square matrix: row i is d_i (H_0 H_1 ... H_i e_i)^T.
 *
 * Order of operations: x = d_i e_i; then for the row's own block of reflections and each earlier one, nearest first, with its
 * vectors v_j:
 *
 *     w_j = dots of v_j with x (compact-wy.ts)
 *     z_j = sum of T_jl w_l, l = j to m - 1
 *     x_c = x_c - sum of v_jc z_j, j = 0 to m - 1, a sum of its own
 *
 * and at the end x_c gain: all in the carrier, sums ascending from +0. The row's own block is applied whole: vectors after
 * the row's own have w_j = z_j = 0.
 * @module
 */
import type { Carrier } from './carrier.js';
import { dots, makeBlock, type Block } from './compact-wy.js';
import {
  REFLECTIONS_PER_BLOCK,
  type CarrierArray,
  type DrawNormals,
  type OrthogonalMatrix,
} from './orthogonal-matrix.js';

/**
 * @param firstRow  of the matrix
 * @param out       shape [n, columns], overwritten with rows firstRow to firstRow + n - 1
 */
export function fillWideRows<A extends CarrierArray>(
  carrier: Carrier<A>,
  matrix: OrthogonalMatrix,
  drawNormals: DrawNormals<A>,
  firstRow: number,
  out: A,
): void {
  const { columns } = matrix;
  const rows = Array.from(
    { length: out.length / columns },
    (_, i) => out.subarray(i * columns, (i + 1) * columns) as A,
  );
  out.fill(0);
  const last = firstRow + rows.length - 1;
  for (let start = last - (last % REFLECTIONS_PER_BLOCK); start >= 0; start -= REFLECTIONS_PER_BLOCK) {
    const block = makeBlock(carrier, matrix, drawNormals, start);
    rows.forEach((row, index) => {
      const sign = block.signs[firstRow + index - start];
      if (sign !== undefined) row[firstRow + index] = sign;
      if (firstRow + index >= start) applyBlock(carrier, block, row.subarray(start) as A);
    });
  }
  for (let i = 0; i < out.length; i++) out[i] = carrier.at(out, i) * matrix.gain;
}

/** @param x  the row from the block's first coordinate on, overwritten */
function applyBlock<A extends CarrierArray>(carrier: Carrier<A>, { vectors, t }: Block<A>, x: A): void {
  const count = vectors.length;
  const w = dots(carrier, vectors, x);
  const change = carrier.make(x.length);
  vectors.forEach((vector, j) => {
    const z = carrier.dot(t.subarray(j * count + j, (j + 1) * count) as A, w.subarray(j) as A);
    carrier.addMultiple(change, z, vector);
  });
  carrier.addMultiple(x, -1, change);
}
