/**
 * Parts of a tall matrix: rows of G with their last terms, the products of the pivots, which take all tails.
 * @module
 */
import { at } from '../../base/at.js';
import { SEGMENT_LENGTH, type OrthogonalMatrix } from '../../domain/matrices/orthogonal-matrix.js';
import type { Reflection } from '../../domain/matrices/reflections.js';
import type { PartWork } from './matrix-parts.js';
import { bytesAt, numbersAt, type MatrixRoom } from './matrix-room.js';
import type { TallAreas } from './matrix-tall-areas.js';
import { SUM_ROWS, type TallStore } from './matrix-tall-store.js';
import type { TallVectors } from './matrix-tall-vectors.js';

export class FactorParts implements PartWork {
  readonly #room: MatrixRoom;
  readonly #columns: number;
  readonly #areas: TallAreas;
  readonly #store: TallStore;
  readonly #vectors: TallVectors;
  readonly #reflections: readonly Reflection[];
  readonly #firstPart: number;

  constructor(
    room: MatrixRoom,
    { columns }: OrthogonalMatrix,
    areas: TallAreas,
    store: TallStore,
    vectors: TallVectors,
    reflections: readonly Reflection[],
  ) {
    this.#room = room;
    this.#columns = columns;
    this.#areas = areas;
    this.#store = store;
    this.#vectors = vectors;
    this.#reflections = reflections;
    this.#firstPart = Math.ceil(columns / SUM_ROWS);
  }

  make(part: number): void {
    const { begin, count } = this.#rowsOf(part);
    this.#store.getRows('sums', begin, count, this.#areas.g);
    for (let first = begin; first < this.#columns; first += SEGMENT_LENGTH) {
      const rows = Math.min(SEGMENT_LENGTH, this.#columns - first);
      this.#vectors.draw(first, rows);
      for (let row = 0; row < rows; row++)
        this.#addPivotTerms(first + row, row, begin, Math.min(count, first + row - begin));
    }
    this.#clearLower(begin, count);
  }

  publish(part: number): void {
    const { begin, count } = this.#rowsOf(part);
    this.#store.putRows('factors', begin, count, this.#areas.g);
  }

  #rowsOf(part: number): { begin: number; count: number } {
    const begin = (part - this.#firstPart) * SUM_ROWS;
    return { begin, count: Math.min(SUM_ROWS, this.#columns - begin) };
  }

  /** Adds to the first `count` of the rows, in column j, the products of its pivot. */
  #addPivotTerms(j: number, row: number, begin: number, count: number): void {
    if (count <= 0) return;
    const { bytes, round } = this.#room.precision;
    const { pivot } = at(this.#reflections, j);
    const vector = this.#vectors.numbers(row, begin, count);
    const step = this.#store.step / bytes;
    const rows = numbersAt(this.#room, this.#areas.g, count * step);
    for (let i = 0, to = j; i < count; i++, to += step)
      rows[to] = round((rows[to] ?? 0) + round((vector[i] ?? 0) * pivot));
  }

  /** Sets to 0 what the strips summed at and below the diagonal. */
  #clearLower(begin: number, count: number): void {
    const { bytes } = this.#room.precision;
    for (let i = 0; i < count; i++)
      bytesAt(this.#room, this.#areas.g + i * this.#store.step, (begin + i + 1) * bytes).fill(0);
  }
}
