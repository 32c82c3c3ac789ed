/**
 * Parts of a tall matrix: columns of M D, solved from the last row up. They lie across the lanes, a line for each row of M.
 * @module
 */
import { at } from '../../base/at.js';
import { REFLECTIONS_PER_BLOCK, type OrthogonalMatrix } from '../../domain/matrices/orthogonal-matrix.js';
import type { Reflection } from '../../domain/matrices/reflections.js';
import { LINE_BYTES } from './matrix-modules.js';
import type { PartWork } from './matrix-parts.js';
import { bytesAt, numbersAt, type MatrixRoom } from './matrix-room.js';
import type { TallAreas } from './matrix-tall-areas.js';
import { COLUMN_STRIPS, columnsOfPart, SUM_ROWS, type TallStore } from './matrix-tall-store.js';
import type { TallVectors } from './matrix-tall-vectors.js';

export class ColumnParts implements PartWork {
  readonly #room: MatrixRoom;
  readonly #columns: number;
  readonly #areas: TallAreas;
  readonly #store: TallStore;
  readonly #vectors: TallVectors;
  readonly #reflections: readonly Reflection[];
  readonly #firstPart: number;
  readonly #stripBytes: number;

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
    this.#firstPart = 2 * Math.ceil(columns / SUM_ROWS);
    this.#stripBytes = columns * LINE_BYTES;
  }

  make(part: number): void {
    const { begin, end } = this.#columnsOf(part);
    this.#begin(begin, end);
    const last = Math.floor((end - 1) / REFLECTIONS_PER_BLOCK);
    for (let block = last; block >= 0; block--) {
      this.#room.checkRunning();
      const start = block * REFLECTIONS_PER_BLOCK;
      const count = Math.min(REFLECTIONS_PER_BLOCK, this.#columns - start);
      this.#store.getRows('factors', start, count, this.#areas.g);
      for (let strip = 0; strip < this.#countStrips(begin, end); strip++)
        this.#solveBlock(this.#areas.m + strip * this.#stripBytes, start, count, end);
    }
    this.#sign(begin, end);
  }

  publish(part: number): void {
    const { begin, end } = this.#columnsOf(part);
    const { lanes } = this.#room.precision;
    this.#store.putStrips(begin / lanes, this.#countStrips(begin, end), this.#areas.m);
  }

  #columnsOf(part: number): { begin: number; end: number } {
    const width = columnsOfPart(this.#room.precision);
    const begin = (part - this.#firstPart) * width;
    return { begin, end: Math.min(this.#columns, begin + width) };
  }

  #countStrips(begin: number, end: number): number {
    return Math.ceil((end - begin) / this.#room.precision.lanes);
  }

  /** M's columns begin as V's rows. */
  #begin(begin: number, end: number): void {
    const { kernels, precision } = this.#room;
    const { lanes } = precision;
    const vectors = this.#vectors;
    bytesAt(this.#room, this.#areas.m, COLUMN_STRIPS * this.#stripBytes).fill(0);
    // The lanes after the last column need numbers too.
    bytesAt(this.#room, vectors.at, columnsOfPart(precision) * vectors.step).fill(0);
    vectors.draw(begin, end - begin);
    vectors.setPivots(begin, end - begin, this.#reflections);
    for (let strip = 0; begin + strip * lanes < end; strip++) {
      const count = Math.min(this.#columns, begin + (strip + 1) * lanes);
      const rows = vectors.at + strip * lanes * vectors.step;
      kernels.rowsToLines(this.#areas.lines, rows, vectors.step, count);
      bytesAt(this.#room, this.#areas.m + strip * this.#stripBytes, count * LINE_BYTES).set(
        bytesAt(this.#room, this.#areas.lines, count * LINE_BYTES),
      );
    }
  }

  /** Rows `start` on of a strip, a block of them, from the rows after them. */
  #solveBlock(m: number, start: number, count: number, end: number): void {
    const { kernels, precision } = this.#room;
    const last = (Math.ceil(end / REFLECTIONS_PER_BLOCK) - 1) * REFLECTIONS_PER_BLOCK;
    for (let l = last; l > start; l -= REFLECTIONS_PER_BLOCK)
      this.#subtract(m, start, 0, count, l, Math.min(REFLECTIONS_PER_BLOCK, end - l));
    const stop = Math.min(start + count, end);
    for (let k = stop - 1; k >= start; k--) {
      this.#subtract(m, start, k - start, 1, k + 1, stop - k - 1);
      kernels.scale(m + LINE_BYTES * k, 1, precision.round(at(this.#reflections, k).tau));
    }
  }

  /** Subtracts from rows start + k on of a strip the products of G with `terms` rows from l on. */
  #subtract(m: number, start: number, k: number, count: number, l: number, terms: number): void {
    const { bytes } = this.#room.precision;
    const { step } = this.#store;
    this.#room.kernels.subtractProducts(
      m + LINE_BYTES * (start + k),
      LINE_BYTES,
      count,
      this.#areas.g + k * step + l * bytes,
      step,
      bytes,
      m + LINE_BYTES * l,
      LINE_BYTES,
      terms,
    );
  }

  /** M D. */
  #sign(begin: number, end: number): void {
    const { lanes } = this.#room.precision;
    for (let j = begin; j < end; j++) {
      if (at(this.#reflections, j).sign === 1) continue;
      const strip = Math.floor((j - begin) / lanes);
      const m = numbersAt(this.#room, this.#areas.m + strip * this.#stripBytes, this.#columns * lanes);
      for (let k = 0, e = (j - begin) % lanes; k <= j; k++, e += lanes) m[e] = -(m[e] ?? 0);
    }
  }
}
