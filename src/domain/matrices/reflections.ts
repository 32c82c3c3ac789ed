/**
 * The reflection of a normal vector g with its diagonal entry p first: H = I - tau v v^T, where v is g but for the diagonal entry
 * p + s ||g||, with s the sign of p. H g = -s ||g|| e; the matrix's column k (row, if wide) then has the sign -s, that of a
 * positive diagonal of R. v is not scaled: tau, from the stored v, makes H orthogonal to within its own rounding.
 *
 * tau is in doubles: tail, the sum of squares after the diagonal; ||g|| = sqrt(tail + p p); pivot = p + s ||g||, rounded to the
 * carrier; tau = 2 / (tail + pivot pivot).
 *
 * A vector of one entry (the last of a square matrix) would only change the sign: it gives no reflection, and the sign of p.
 * No other vector can be 0: normals are never 0.
 * @module
 */
import type { Carrier } from './carrier.js';
import { SEGMENT_LENGTH, type CarrierArray } from './orthogonal-matrix.js';

export interface Reflection {
  /** The diagonal entry of v, in the carrier. */
  readonly pivot: number;
  /** A double. */
  readonly tau: number;
  /** Of the matrix's row or column. */
  readonly sign: 1 | -1;
}

export function reflect(diagonal: number, tail: number, round: (value: number) => number): Reflection {
  const s = diagonal < 0 ? -1 : 1;
  if (tail === 0) return { pivot: 0, tau: 0, sign: s };
  const norm = Math.sqrt(tail + diagonal * diagonal);
  const pivot = round(diagonal + s * norm);
  return { pivot, tau: 2 / (tail + pivot * pivot), sign: s === 1 ? -1 : 1 };
}

/**
 * Sum of squares of a row's elements after `diagonal`, in doubles: in segments by column, each of four sums by column mod 4, added
 * as (s0 + s2) + (s1 + s3); segments added in order.
 * @param row       from column `start` on, a multiple of 4
 * @param diagonal  index in `row`
 */
export function tailOfRow<A extends CarrierArray>(
  { at }: Carrier<A>,
  row: A,
  diagonal: number,
  start: number,
): number {
  let tail = 0;
  for (let begin = diagonal + 1; begin < row.length;) {
    const end = Math.min(row.length, begin + SEGMENT_LENGTH - ((start + begin) % SEGMENT_LENGTH));
    const sums: [number, number, number, number] = [0, 0, 0, 0];
    for (let c = begin; c < end; c++) sums[(c % 4) as 0 | 1 | 2 | 3] += at(row, c) ** 2;
    tail += sums[0] + sums[2] + (sums[1] + sums[3]);
    begin = end;
  }
  return tail;
}
