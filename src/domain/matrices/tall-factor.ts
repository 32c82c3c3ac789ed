/**
 * M of a tall matrix Q = (E - V M) D, where V's columns are the vectors of the reflections and M = T V_1^T, V_1 the first rows of
 * V. T is not made: T^-1 = G + diag(1 / tau), where G is the strictly upper part of V^T V (the UT transform: Joffrain, Low,
 * Quintana-Orti, van de Geijn and Van Zee, "Accumulating Householder transformations, revisited", ACM TOMS 32(2), 2006,
 * https://doi.org/10.1145/1141885.1141886), so M solves (G + diag(1 / tau)) M = V_1^T. What rounding leaves undone in G shows in
 * Q^T Q - I as M^T dG M, of its own size: M's columns are no longer than 1 but for factors near 1, in near-square matrices too.
 *
 * Order of operations, g the normals:
 *
 * 1. tail_k, the sum of squares of column k below its diagonal, in doubles: a partial sum for each segment of rows (from
 *    row 0), partial sums added in order. The pivots v_kk and tau_k are reflections.ts's.
 * 2. G_ij, i < j, in the carrier: sums of g_ci g_cj over rows c > j, in the same segments; then the one term g_ji v_jj.
 * 3. Rows of M, the last first; for k <= j: r = V_jk; for the blocks of 32 consecutive l from the last one to k's own,
 *    r = r - (sum of G_kl M_lj over the block's l > k, ascending from +0); M_kj = tau_k r, with tau_k rounded. In the carrier.
 *    At the end M_kj d_j.
 * @module
 */
import type { Carrier } from './carrier.js';
import {
  REFLECTIONS_PER_BLOCK,
  SEGMENT_LENGTH,
  type CarrierArray,
  type DrawNormals,
  type OrthogonalMatrix,
} from './orthogonal-matrix.js';
import { reflect, type Reflection } from './reflections.js';

export interface TallFactor<A extends CarrierArray> {
  readonly reflections: readonly Reflection[];
  /** M D, shape [columns, columns], row-major, upper triangular. */
  readonly m: A;
}

/** Takes the words of the whole matrix, rows columns^2 multiplications and additions, and columns^2 numbers of memory. */
export function factorTall<A extends CarrierArray>(
  carrier: Carrier<A>,
  matrix: OrthogonalMatrix,
  drawNormals: DrawNormals<A>,
): TallFactor<A> {
  const { rows, columns, first } = matrix;
  const top = carrier.make(columns * columns);
  drawNormals(first, top);
  const sums = { g: carrier.make(columns * columns), tails: new Float64Array(columns) };
  for (let row = 0; row < rows; row += SEGMENT_LENGTH) {
    const segment = carrier.make(Math.min(SEGMENT_LENGTH, rows - row) * columns);
    drawNormals(first + row * columns, segment);
    addSegment(carrier, segment, row, columns, sums);
  }
  const reflections = Array.from(sums.tails, (tail, k) =>
    reflect(carrier.at(top, k * columns + k), tail, carrier.round),
  );
  reflections.forEach(({ pivot }, j) => {
    for (let i = 0; i < j; i++) {
      const product = carrier.round(carrier.at(top, j * columns + i) * pivot);
      sums.g[i * columns + j] = carrier.at(sums.g, i * columns + j) + product;
    }
  });
  return { reflections, m: solve(carrier, sums.g, top, reflections) };
}

/** Adds a segment's part of G and of the tails: rows `firstRow` on, elements below the diagonal. */
function addSegment<A extends CarrierArray>(
  carrier: Carrier<A>,
  segment: A,
  firstRow: number,
  columns: number,
  { g, tails }: { g: A; tails: Float64Array },
): void {
  const squares = new Float64Array(columns);
  const products = carrier.make(columns * columns);
  for (let r = 0; r * columns < segment.length; r++) {
    const below = segment.subarray(r * columns, r * columns + Math.min(columns, firstRow + r)) as A;
    for (let i = 0; i < below.length; i++) {
      const value = carrier.at(below, i);
      squares[i] = (squares[i] ?? 0) + value * value;
      carrier.addMultiple(
        products.subarray(i * columns + i + 1, (i + 1) * columns) as A,
        value,
        below.subarray(i + 1) as A,
      );
    }
  }
  squares.forEach((square, k) => (tails[k] = (tails[k] ?? 0) + square));
  carrier.addMultiple(g, 1, products);
}

/** Overwrites G with M D, from the last row up. */
function solve<A extends CarrierArray>(
  carrier: Carrier<A>,
  g: A,
  top: A,
  reflections: readonly Reflection[],
): A {
  const columns = reflections.length;
  reflections.toReversed().forEach(({ pivot, tau }, reversed) => {
    const k = columns - 1 - reversed;
    const right = carrier.make(columns);
    right[k] = pivot;
    for (let j = k + 1; j < columns; j++) right[j] = carrier.at(top, j * columns + k);
    const factors = g.slice(k * columns, (k + 1) * columns) as A;
    subtractBlocks(carrier, factors, g, k, right);
    const row = g.subarray(k * columns, (k + 1) * columns) as A;
    row.fill(0);
    carrier.addMultiple(row, tau, right);
  });
  for (let e = 0; e < g.length; e++) g[e] = carrier.at(g, e) * (reflections[e % columns]?.sign ?? 1);
  return g;
}

/** right - (row k of G) M, blocks of rows of M from the last one. */
function subtractBlocks<A extends CarrierArray>(
  carrier: Carrier<A>,
  factors: A,
  m: A,
  k: number,
  right: A,
): void {
  const columns = right.length;
  const last = columns - 1;
  for (
    let begin = last - (last % REFLECTIONS_PER_BLOCK);
    begin + REFLECTIONS_PER_BLOCK > k + 1;
    begin -= REFLECTIONS_PER_BLOCK
  ) {
    const products = carrier.make(columns);
    const end = Math.min(columns, begin + REFLECTIONS_PER_BLOCK);
    for (let l = Math.max(begin, k + 1); l < end; l++)
      carrier.addMultiple(
        products.subarray(l) as A,
        carrier.at(factors, l),
        m.subarray(l * columns + l, (l + 1) * columns) as A,
      );
    carrier.addMultiple(right, -1, products);
  }
}
