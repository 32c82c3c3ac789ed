/**
 * Rows of V of a tall matrix in a thread's room, drawn again whenever they are needed: a few per cent of the work.
 * @module
 */
import { at } from '../../base/at.js';
import type { OrthogonalMatrix } from '../../domain/matrices/orthogonal-matrix.js';
import type { Reflection } from '../../domain/matrices/reflections.js';
import { numbersAt, type MatrixRoom } from './matrix-room.js';

export class TallVectors {
  readonly #room: MatrixRoom;
  readonly #matrix: OrthogonalMatrix;
  /** The address of the first row, and the bytes from one to the next. */
  readonly at: number;
  readonly step: number;

  constructor(room: MatrixRoom, matrix: OrthogonalMatrix, address: number) {
    this.#room = room;
    this.#matrix = matrix;
    this.at = address;
    this.step = matrix.columns * room.precision.bytes;
  }

  /** Draws the normals of `count` rows of the matrix. */
  draw(first: number, count: number): void {
    const { columns, first: element } = this.#matrix;
    this.#room.fillNormals(element + first * columns, count * columns, this.at);
  }

  /** @returns  `count` numbers of row `row` of those drawn */
  numbers(row: number, column: number, count: number): Float32Array | Float64Array {
    const address = this.at + row * this.step + column * this.#room.precision.bytes;
    return numbersAt(this.#room, address, count);
  }

  /** Sets to 0 what lies at and above the diagonal, in G's sums. */
  clearAbove(first: number, count: number): void {
    const { columns } = this.#matrix;
    for (let row = 0; row < count && first + row < columns; row++)
      this.numbers(row, first + row, columns - first - row).fill(0);
  }

  /** Puts the pivots on the diagonal, and 0 above it. */
  setPivots(first: number, count: number, reflections: readonly Reflection[]): void {
    this.clearAbove(first, count);
    for (let row = 0; row < count && first + row < reflections.length; row++)
      this.numbers(row, first + row, 1)[0] = at(reflections, first + row).pivot;
  }
}
