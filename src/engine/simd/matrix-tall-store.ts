/**
 * What is made of a tall matrix before its rows, in memory that threads share or in the thread's own. Three kinds of parts, each of
 * which needs all of the kind before:
 *
 * - sums: some rows of G without their last terms, and the tails and diagonals of as many columns
 * - factors: the same rows of G, complete
 * - columns: some columns of M D
 *
 * Each kind has a place of its own: a part may be written twice, with the same bytes, while others are read.
 * @module
 */
import type { OrthogonalMatrix } from '../../domain/matrices/orthogonal-matrix.js';
import { LINE_BYTES } from './matrix-modules.js';
import { rowBytes, type Precision } from './matrix-precision.js';
import { bytesAt, type MatrixRoom } from './matrix-room.js';

/** Rows of G that are summed in one pass over the normals. */
export const SUM_ROWS = 256;

/** Strips of M that are solved together. */
export const COLUMN_STRIPS = 4;

export const columnsOfPart = ({ lanes }: Precision): number => lanes * COLUMN_STRIPS;

/** The parts of each kind; their numbers go on from kind to kind. */
export function countTallParts(
  precision: Precision,
  { columns }: OrthogonalMatrix,
): { readonly sums: number; readonly columns: number; readonly all: number } {
  const sums = Math.ceil(columns / SUM_ROWS);
  const ofColumns = Math.ceil(columns / columnsOfPart(precision));
  return { sums, columns: ofColumns, all: 2 * sums + ofColumns };
}

/** Where each kind lies; tails and diagonals are doubles. */
function offsetsOf(precision: Precision, matrix: OrthogonalMatrix) {
  const { columns } = matrix;
  const square = columns * rowBytes(precision, columns);
  const strips = countTallParts(precision, matrix).columns * COLUMN_STRIPS * columns * LINE_BYTES;
  const tails = 2 * square + strips;
  return {
    sums: 0,
    factors: square,
    columns: 2 * square,
    tails,
    diagonals: tails + 8 * columns,
    byteLength: tails + 16 * columns,
  };
}

/** Three matrices of columns^2 numbers, and a little more. */
export const tallStoreBytes = (precision: Precision, matrix: OrthogonalMatrix): number =>
  offsetsOf(precision, matrix).byteLength;

/** States of the parts, 0 at first, and their bytes. */
export interface TallMemory {
  readonly states: Int32Array;
  readonly bytes: Uint8Array;
}

export function makeTallMemory(precision: Precision, matrix: OrthogonalMatrix): TallMemory {
  const states = new SharedArrayBuffer(4 * countTallParts(precision, matrix).all);
  return { states: new Int32Array(states), bytes: new Uint8Array(tallStoreBytes(precision, matrix)) };
}

export class TallStore {
  readonly #room: MatrixRoom;
  readonly #columns: number;
  readonly #bytes: Uint8Array;
  readonly #offsets: ReturnType<typeof offsetsOf>;
  /** Bytes from a row of G to the next. */
  readonly step: number;

  constructor(room: MatrixRoom, matrix: OrthogonalMatrix, bytes: Uint8Array) {
    this.#room = room;
    this.#columns = matrix.columns;
    this.#bytes = bytes;
    this.#offsets = offsetsOf(room.precision, matrix);
    this.step = rowBytes(room.precision, matrix.columns);
  }

  /** Stores `count` rows of G, from row `begin` on, which lie at address `from`. */
  putRows(kind: 'sums' | 'factors', begin: number, count: number, from: number): void {
    this.#put(this.#offsets[kind] + begin * this.step, from, count * this.step);
  }

  getRows(kind: 'sums' | 'factors', begin: number, count: number, to: number): void {
    this.#get(this.#offsets[kind] + begin * this.step, to, count * this.step);
  }

  putColumns(kind: 'tails' | 'diagonals', begin: number, count: number, from: number): void {
    this.#put(this.#offsets[kind] + 8 * begin, from, 8 * count);
  }

  /** All of a kind. */
  readColumns(kind: 'tails' | 'diagonals'): Float64Array {
    const begin = this.#offsets[kind];
    return new Float64Array(this.#bytes.slice(begin, begin + 8 * this.#columns).buffer);
  }

  /** Stores strips of M, with all their lines. */
  putStrips(strip: number, count: number, from: number): void {
    this.#put(this.#stripOffset(strip), from, count * this.#columns * LINE_BYTES);
  }

  /** Fetches the first lines of a strip of M. */
  getStrip(strip: number, lines: number, to: number): void {
    this.#get(this.#stripOffset(strip), to, lines * LINE_BYTES);
  }

  #stripOffset(strip: number): number {
    return this.#offsets.columns + strip * this.#columns * LINE_BYTES;
  }

  #put(offset: number, from: number, byteLength: number): void {
    this.#bytes.set(bytesAt(this.#room, from, byteLength), offset);
  }

  #get(offset: number, to: number, byteLength: number): void {
    bytesAt(this.#room, to, byteLength).set(this.#bytes.subarray(offset, offset + byteLength));
  }
}
