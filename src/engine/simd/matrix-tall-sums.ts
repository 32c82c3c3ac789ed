/**
 * Parts of a tall matrix: sums of products of its columns, and of their squares. Elements at and above the diagonal count as 0, so they
 * are set to 0, and no sum needs to know where they are.
 *
 * The rows of a segment are copied to strips of one line a row: down a column of whole rows each number would lie on another page.
 * @module
 */
import { float64At } from '../../domain/arithmetic/typed-at.js';
import { SEGMENT_LENGTH, type OrthogonalMatrix } from '../../domain/matrices/orthogonal-matrix.js';
import { LINE_BYTES } from './matrix-modules.js';
import type { PartWork } from './matrix-parts.js';
import { bytesAt, type MatrixRoom } from './matrix-room.js';
import type { TallAreas } from './matrix-tall-areas.js';
import { SUM_ROWS, type TallStore } from './matrix-tall-store.js';
import type { TallVectors } from './matrix-tall-vectors.js';

const STRIP_BYTES = SEGMENT_LENGTH * LINE_BYTES;

export class SumParts implements PartWork {
  readonly #room: MatrixRoom;
  readonly #matrix: OrthogonalMatrix;
  readonly #areas: TallAreas;
  readonly #store: TallStore;
  readonly #vectors: TallVectors;

  constructor(
    room: MatrixRoom,
    matrix: OrthogonalMatrix,
    areas: TallAreas,
    store: TallStore,
    vectors: TallVectors,
  ) {
    this.#room = room;
    this.#matrix = matrix;
    this.#areas = areas;
    this.#store = store;
    this.#vectors = vectors;
  }

  make(part: number): void {
    const { begin, count } = this.#rowsOf(part);
    const { rows } = this.#matrix;
    bytesAt(this.#room, this.#areas.g, count * this.#store.step).fill(0);
    this.#doubles(this.#areas.tails, count).fill(0);
    for (let first = 0; first < rows; first += SEGMENT_LENGTH) {
      this.#room.checkRunning();
      this.#addSegment(first, Math.min(SEGMENT_LENGTH, rows - first), begin, count);
    }
  }

  publish(part: number): void {
    const { begin, count } = this.#rowsOf(part);
    this.#store.putRows('sums', begin, count, this.#areas.g);
    this.#store.putColumns('tails', begin, count, this.#areas.tails);
    this.#store.putColumns('diagonals', begin, count, this.#areas.diagonals);
  }

  #rowsOf(part: number): { begin: number; count: number } {
    const begin = part * SUM_ROWS;
    return { begin, count: Math.min(SUM_ROWS, this.#matrix.columns - begin) };
  }

  #doubles(address: number, length: number): Float64Array {
    return new Float64Array(this.#room.memory.buffer, address, length);
  }

  #addSegment(first: number, rows: number, begin: number, count: number): void {
    this.#vectors.draw(first, rows);
    this.#keepDiagonals(first, rows, begin, count);
    this.#vectors.clearAbove(first, rows);
    this.#addSquares(rows, begin, count);
    const { kernels, precision } = this.#room;
    const { lanes, bytes } = precision;
    // Whole strips: SUM_ROWS is a multiple of the lanes.
    const strips = Math.ceil((this.#matrix.columns - begin) / lanes);
    const from = this.#vectors.at + begin * bytes;
    kernels.rowsToStrips(this.#areas.strips, STRIP_BYTES, from, this.#vectors.step, rows, strips);
    for (let right = 0; right < strips; right++)
      for (let left = 0; left <= right && left * lanes < count; left++)
        this.#addProducts(left, right, Math.min(lanes, count - left * lanes), begin, rows);
  }

  #addProducts(left: number, right: number, outs: number, begin: number, terms: number): void {
    const { lanes, bytes } = this.#room.precision;
    const { step } = this.#store;
    this.#room.kernels.addProducts(
      this.#areas.g + left * lanes * step + begin * bytes + right * LINE_BYTES,
      step,
      outs,
      this.#areas.strips + left * STRIP_BYTES,
      bytes,
      LINE_BYTES,
      this.#areas.strips + right * STRIP_BYTES,
      LINE_BYTES,
      terms,
    );
  }

  #keepDiagonals(first: number, rows: number, begin: number, count: number): void {
    const diagonals = this.#doubles(this.#areas.diagonals, count);
    for (let k = Math.max(first, begin); k < Math.min(first + rows, begin + count); k++)
      diagonals[k - begin] = this.#vectors.numbers(k - first, k, 1)[0] ?? 0;
  }

  #addSquares(rows: number, begin: number, count: number): void {
    const squares = new Float64Array(count);
    for (let row = 0; row < rows; row++) addSquares(squares, this.#vectors.numbers(row, begin, count));
    const tails = this.#doubles(this.#areas.tails, count);
    for (let k = 0; k < count; k++) tails[k] = float64At(tails, k) + float64At(squares, k);
  }
}

function addSquares(squares: Float64Array, values: Float32Array | Float64Array): void {
  for (let k = 0; k < squares.length; k++) {
    const value = values[k] ?? 0;
    squares[k] = float64At(squares, k) + value * value;
  }
}
