/**
 * What the two precisions of matrices' arithmetic differ in.
 * @module
 */
import { FLOAT32, FLOAT64, type Carrier } from '../../domain/matrices/carrier.js';
import { triangularFactor } from '../../domain/matrices/compact-wy.js';
import type { CarrierArray } from '../../domain/matrices/orthogonal-matrix.js';
import { tailOfRow } from '../../domain/matrices/reflections.js';
import { LINE_BYTES, type MatrixModule } from './matrix-modules.js';

/** Views are of a buffer from `byteOffset` on, `length` numbers. */
export interface Precision {
  readonly module: MatrixModule;
  readonly bytes: 4 | 8;
  /** Numbers of a line. */
  readonly lanes: number;
  view(buffer: ArrayBufferLike, byteOffset: number, length: number): CarrierArray;
  readonly round: (value: number) => number;
  /** The sum of squares after the diagonal, of a row from column `start` on. */
  tailOf(
    buffer: ArrayBufferLike,
    byteOffset: number,
    length: number,
    diagonal: number,
    start: number,
  ): number;
  /** T, shape [m, m], of G in the same form. */
  factor(gram: CarrierArray, taus: readonly number[]): CarrierArray;
}

function precisionOf<A extends CarrierArray>(
  module: MatrixModule,
  carrier: Carrier<A>,
  view: (buffer: ArrayBufferLike, byteOffset: number, length: number) => A,
): Precision {
  const { BYTES_PER_ELEMENT: bytes } = carrier.make(0);
  return {
    module,
    bytes: bytes === 4 ? 4 : 8,
    lanes: LINE_BYTES / bytes,
    view,
    round: carrier.round,
    tailOf: (buffer, byteOffset, length, diagonal, start) =>
      tailOfRow(carrier, view(buffer, byteOffset, length), diagonal, start),
    factor: (gram, taus) => {
      const copy = carrier.make(gram.length);
      copy.set(gram);
      return triangularFactor(carrier, copy, taus);
    },
  };
}

export const SINGLE = precisionOf(
  'matrix',
  FLOAT32,
  (buffer, byteOffset, length) => new Float32Array(buffer, byteOffset, length),
);

export const DOUBLE = precisionOf(
  'matrix64',
  FLOAT64,
  (buffer, byteOffset, length) => new Float64Array(buffer, byteOffset, length),
);

/** Bytes of a row of `count` numbers in memory: an odd number of lines, so that consecutive rows do not share cache sets. */
export const rowBytes = ({ bytes }: Precision, count: number): number =>
  LINE_BYTES * (Math.ceil((count * bytes) / LINE_BYTES) | 1);
