/**
 * Rows of tall matrices: domain/matrices/tall-factor.ts and fill-tall.ts are the specification. Three kinds of parts lead to the
 * rows, each kind needing all parts of the one before:
 *
 * - sums: some rows of G without their last terms, and their columns' tails and diagonals
 * - factors: the same rows of G, complete
 * - columns: some columns of M D
 *
 * Normals are drawn again for each part and for the rows: a few per cent of the work. Elements at and above the diagonal count as 0
 * in G, so they are set to 0, and no sum needs to know where they are.
 * @module
 */
import { at } from '../../base/at.js';
import {
  REFLECTIONS_PER_BLOCK,
  SEGMENT_LENGTH,
  type OrthogonalMatrix,
} from '../../domain/matrices/orthogonal-matrix.js';
import { reflect, type Reflection } from '../../domain/matrices/reflections.js';
import { LINE_BYTES } from './matrix-modules.js';
import { Parts, type PartWork } from './matrix-parts.js';
import { rowBytes, type Precision } from './matrix-precision.js';
import { bytesAt, numbersAt, type Areas, type MatrixRoom } from './matrix-room.js';
import type { MatrixRows } from './matrix-rows.js';

/** Rows of G that are summed in one pass over the normals. */
const SUM_ROWS = 256;

/** Strips of M that are solved together. */
const STRIPS = 4;

/** Where shared parts lie: states, then three matrices, tails and diagonals. */
export interface TallStore {
  readonly states: Int32Array;
  readonly bytes: Uint8Array;
}

const sumParts = ({ columns }: OrthogonalMatrix): number => Math.ceil(columns / SUM_ROWS);

const columnsOf = ({ lanes }: Precision): number => lanes * STRIPS;

const columnParts = (precision: Precision, { columns }: OrthogonalMatrix): number =>
  Math.ceil(columns / columnsOf(precision));

export const tallParts = (precision: Precision, matrix: OrthogonalMatrix): number =>
  2 * sumParts(matrix) + columnParts(precision, matrix);

interface StoreOffsets {
  readonly sums: number;
  readonly factors: number;
  readonly columns: number;
  readonly tails: number;
  readonly diagonals: number;
  readonly byteLength: number;
}

/** Three matrices of columns^2 numbers, and some columns. */
export function tallOffsets(precision: Precision, matrix: OrthogonalMatrix): StoreOffsets {
  const { columns } = matrix;
  const square = columns * rowBytes(precision, columns);
  const strips = columnParts(precision, matrix) * STRIPS * columns * LINE_BYTES;
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

export class TallRows implements MatrixRows {
  readonly panelRows: number;
  readonly #room: MatrixRoom;
  readonly #matrix: OrthogonalMatrix;
  readonly #areas: TallAreas;
  readonly #store: TallStore;
  readonly #offsets: StoreOffsets;
  readonly #step: number;
  readonly #parts: Parts;
  #reflections: readonly Reflection[] | undefined;
  #first = 0;

  constructor(room: MatrixRoom, matrix: OrthogonalMatrix, areas: TallAreas, store: TallStore | undefined) {
    this.#room = room;
    this.#matrix = matrix;
    this.#areas = areas;
    this.panelRows = areas.panelRows;
    this.#offsets = tallOffsets(room.precision, matrix);
    this.#store = store ?? {
      states: new Int32Array(new SharedArrayBuffer(4 * tallParts(room.precision, matrix))),
      bytes: new Uint8Array(this.#offsets.byteLength),
    };
    this.#step = rowBytes(room.precision, matrix.columns);
    this.#parts = new Parts(this.#store.states, () => {
      room.checkRunning();
    });
  }

  make(first: number, end: number): void {
    this.#reflections ??= this.#factor();
    this.#first = first;
    const { columns, gain } = this.#matrix;
    const { precision, kernels } = this.#room;
    const count = end - first;
    this.#drawRows(first, count, columns);
    this.#setPivots(first, count, this.#reflections);
    bytesAt(this.#room, this.#areas.rows, count * this.#step).fill(0);
    for (let strip = 0; strip * precision.lanes < columns; strip++) {
      this.#room.checkRunning();
      this.#addStrip(strip, first, count);
    }
    const diagonals = this.#diagonalsOf(first, count);
    kernels.negateAndScale(this.#areas.rows, (count * this.#step) / LINE_BYTES, gain);
    diagonals.forEach((value, i) => {
      numbersAt(this.#room, this.#areas.rows + i * this.#step + (first + i) * precision.bytes, 1)[0] = value;
    });
  }

  row(index: number): number {
    return this.#areas.rows + (index - this.#first) * this.#step;
  }

  /** Makes the parts, with other threads; @returns the reflections. */
  #factor(): readonly Reflection[] {
    const sums = sumParts(this.#matrix);
    const columns = columnParts(this.#room.precision, this.#matrix);
    // The costliest first: rows of G grow shorter, columns of M longer.
    this.#makeAll(count(0, sums), this.#sumWork);
    this.#reflections = this.#reflect();
    this.#makeAll(count(sums, sums), this.#factorWork);
    this.#makeAll(count(2 * sums, columns).reverse(), this.#columnWork);
    return this.#reflections;
  }

  #makeAll(parts: readonly number[], work: PartWork): void {
    this.#parts.makeUnclaimed(parts, work);
    for (const part of parts) this.#parts.require(part, work);
  }

  #reflect(): readonly Reflection[] {
    const { columns } = this.#matrix;
    const { round } = this.#room.precision;
    const tails = this.#doubles(this.#offsets.tails, columns);
    const diagonals = this.#doubles(this.#offsets.diagonals, columns);
    return Array.from(tails, (tail, k) => reflect(at(diagonals, k), tail, round));
  }

  /** A copy of numbers of the store: they may lie at any address of it. */
  #doubles(offset: number, length: number): Float64Array {
    return new Float64Array(this.#store.bytes.slice(offset, offset + 8 * length).buffer);
  }

  /** Draws rows into the area of vectors; numbers from column `from` on are needed. */
  #drawRows(first: number, count: number, needed: number): void {
    const { columns, first: element } = this.#matrix;
    const { precision } = this.#room;
    const runRows = this.#areas.runRows;
    for (let row = 0; row < count; row += runRows) {
      const rows = Math.min(runRows, count - row);
      const length = (rows - 1) * columns + needed;
      this.#room.fillNormals(element + (first + row) * columns, length, this.#areas.run);
      for (let i = 0; i < rows; i++) {
        const from = this.#areas.run + i * columns * precision.bytes;
        bytesAt(this.#room, this.#areas.vectors + (row + i) * this.#step, needed * precision.bytes).set(
          bytesAt(this.#room, from, needed * precision.bytes),
        );
      }
    }
  }

  /** Sets a vector's elements from its diagonal on to 0. */
  #clearAbove(first: number, count: number): void {
    const { columns } = this.#matrix;
    const { bytes } = this.#room.precision;
    for (let i = 0; i < count && first + i < columns; i++) {
      const begin = this.#areas.vectors + i * this.#step + (first + i) * bytes;
      bytesAt(this.#room, begin, (columns - first - i) * bytes).fill(0);
    }
  }

  #setPivots(first: number, count: number, reflections: readonly Reflection[]): void {
    this.#clearAbove(first, count);
    for (let i = 0; i < count && first + i < reflections.length; i++) {
      const diagonal = this.#areas.vectors + i * this.#step + (first + i) * this.#room.precision.bytes;
      numbersAt(this.#room, diagonal, 1)[0] = at(reflections, first + i).pivot;
    }
  }

  #addStrip(strip: number, first: number, count: number): void {
    const { columns } = this.#matrix;
    const { kernels, precision } = this.#room;
    const terms = Math.min(columns, first + count, (strip + 1) * precision.lanes);
    const lines = this.#areas.lines;
    const from = this.#offsets.columns + strip * columns * LINE_BYTES;
    bytesAt(this.#room, lines, terms * LINE_BYTES).set(
      this.#store.bytes.subarray(from, from + terms * LINE_BYTES),
    );
    for (let begin = 0; begin < terms; begin += SEGMENT_LENGTH) {
      kernels.addProducts(
        this.#areas.rows + strip * LINE_BYTES,
        this.#step,
        count,
        this.#areas.vectors + begin * precision.bytes,
        this.#step,
        precision.bytes,
        lines + begin * LINE_BYTES,
        LINE_BYTES,
        Math.min(SEGMENT_LENGTH, terms - begin),
      );
    }
  }

  /** The elements of the rows on the diagonal, from the sums that are still to be subtracted. */
  #diagonalsOf(first: number, count: number): number[] {
    const { columns, gain } = this.#matrix;
    const { bytes, round } = this.#room.precision;
    return Array.from({ length: Math.max(0, Math.min(count, columns - first)) }, (_, i) => {
      const sum = numbersAt(this.#room, this.#areas.rows + i * this.#step + (first + i) * bytes, 1)[0] ?? 0;
      return round(round(at(this.#reflections ?? [], first + i).sign - sum) * gain);
    });
  }

  readonly #sumWork: PartWork = {
    make: (part) => {
      const { rows } = this.#matrix;
      const begin = part * SUM_ROWS;
      const end = this.#endOf(part);
      bytesAt(this.#room, this.#areas.g, (end - begin) * this.#step).fill(0);
      const tails = this.#tails(end - begin).fill(0);
      for (let first = 0; first < rows; first += SEGMENT_LENGTH) {
        this.#room.checkRunning();
        this.#addSegment(first, Math.min(SEGMENT_LENGTH, rows - first), begin, end, tails);
      }
    },
    publish: (part) => {
      const begin = part * SUM_ROWS;
      const length = this.#endOf(part) - begin;
      this.#publishRows(this.#offsets.sums, begin, length);
      const { bytes } = this.#store;
      bytes.set(bytesAt(this.#room, this.#areas.tails, 8 * length), this.#offsets.tails + 8 * begin);
      bytes.set(bytesAt(this.#room, this.#areas.diagonals, 8 * length), this.#offsets.diagonals + 8 * begin);
    },
  };

  #endOf(part: number): number {
    return Math.min(this.#matrix.columns, (part + 1) * SUM_ROWS);
  }

  #tails(length: number): Float64Array {
    return new Float64Array(this.#room.memory.buffer, this.#areas.tails, length);
  }

  #addSegment(first: number, count: number, begin: number, end: number, tails: Float64Array): void {
    const { columns } = this.#matrix;
    const { kernels, precision } = this.#room;
    const { bytes, lanes } = precision;
    this.#drawRows(first, count, columns);
    this.#keepDiagonals(first, count, begin, end);
    this.#clearAbove(first, count);
    this.#addSquares(count, begin, tails);
    const step = this.#step;
    for (let j = begin - (begin % lanes); j < columns; j += lanes) {
      kernels.addProducts(
        this.#areas.g + j * bytes,
        step,
        Math.min(end, j + lanes) - begin,
        this.#areas.vectors + begin * bytes,
        bytes,
        step,
        this.#areas.vectors + j * bytes,
        step,
        count,
      );
    }
  }

  #keepDiagonals(first: number, count: number, begin: number, end: number): void {
    const diagonals = new Float64Array(this.#room.memory.buffer, this.#areas.diagonals, end - begin);
    for (let k = Math.max(first, begin); k < Math.min(first + count, end); k++) {
      const address = this.#areas.vectors + (k - first) * this.#step + k * this.#room.precision.bytes;
      diagonals[k - begin] = numbersAt(this.#room, address, 1)[0] ?? 0;
    }
  }

  #addSquares(count: number, begin: number, tails: Float64Array): void {
    const squares = new Float64Array(tails.length);
    for (let i = 0; i < count; i++) {
      const address = this.#areas.vectors + i * this.#step + begin * this.#room.precision.bytes;
      addSquares(squares, numbersAt(this.#room, address, tails.length));
    }
    for (let k = 0; k < tails.length; k++) tails[k] = (tails[k] ?? 0) + (squares[k] ?? 0);
  }

  #publishRows(offset: number, begin: number, length: number): void {
    this.#store.bytes.set(
      bytesAt(this.#room, this.#areas.g, length * this.#step),
      offset + begin * this.#step,
    );
  }

  #fetchRows(offset: number, begin: number, length: number): void {
    const from = offset + begin * this.#step;
    bytesAt(this.#room, this.#areas.g, length * this.#step).set(
      this.#store.bytes.subarray(from, from + length * this.#step),
    );
  }

  readonly #factorWork: PartWork = {
    make: (part) => {
      const { columns } = this.#matrix;
      const begin = (part - sumParts(this.#matrix)) * SUM_ROWS;
      const end = Math.min(columns, begin + SUM_ROWS);
      this.#fetchRows(this.#offsets.sums, begin, end - begin);
      for (let first = begin; first < columns; first += SEGMENT_LENGTH) {
        const count = Math.min(SEGMENT_LENGTH, columns - first);
        this.#drawRows(first, count, end);
        for (let i = 0; i < count; i++) this.#addPivotTerms(first, i, begin, Math.min(end, first + i));
      }
      this.#clearLower(begin, end);
    },
    publish: (part) => {
      const begin = (part - sumParts(this.#matrix)) * SUM_ROWS;
      this.#publishRows(
        this.#offsets.factors,
        begin,
        Math.min(this.#matrix.columns, begin + SUM_ROWS) - begin,
      );
    },
  };

  /** Adds to column first + i of G the products of its pivot. */
  #addPivotTerms(first: number, i: number, begin: number, end: number): void {
    const j = first + i;
    if (end <= begin) return;
    const { bytes, round } = this.#room.precision;
    const { pivot } = at(this.#reflections ?? [], j);
    const vector = numbersAt(this.#room, this.#areas.vectors + i * this.#step + begin * bytes, end - begin);
    const column = numbersAt(this.#room, this.#areas.g, ((end - begin) * this.#step) / bytes);
    for (let k = 0, to = j; k < vector.length; k++, to += this.#step / bytes)
      column[to] = round((column[to] ?? 0) + round((vector[k] ?? 0) * pivot));
  }

  /** What the strips summed at and below the diagonal. */
  #clearLower(begin: number, end: number): void {
    for (let k = begin; k < end; k++) {
      bytesAt(
        this.#room,
        this.#areas.g + (k - begin) * this.#step,
        (k + 1) * this.#room.precision.bytes,
      ).fill(0);
    }
  }

  readonly #columnWork: PartWork = {
    make: (part) => {
      const { columns } = this.#matrix;
      const begin = this.#columnBegin(part);
      const end = Math.min(columns, begin + columnsOf(this.#room.precision));
      this.#beginColumns(begin, end);
      const last = Math.floor((end - 1) / REFLECTIONS_PER_BLOCK);
      for (let block = last; block >= 0; block--) {
        this.#room.checkRunning();
        this.#solveBlock(block * REFLECTIONS_PER_BLOCK, end);
      }
      this.#sign(begin, end);
    },
    publish: (part) => {
      const { columns } = this.#matrix;
      const begin = this.#columnBegin(part);
      const strips = Math.ceil(
        Math.min(columns - begin, columnsOf(this.#room.precision)) / this.#room.precision.lanes,
      );
      const length = strips * columns * LINE_BYTES;
      const offset = this.#offsets.columns + (begin / this.#room.precision.lanes) * columns * LINE_BYTES;
      this.#store.bytes.set(bytesAt(this.#room, this.#areas.m, length), offset);
    },
  };

  #columnBegin(part: number): number {
    return (part - 2 * sumParts(this.#matrix)) * columnsOf(this.#room.precision);
  }

  /** V's rows become columns. */
  #beginColumns(begin: number, end: number): void {
    const { columns } = this.#matrix;
    const { kernels, precision } = this.#room;
    const { lanes } = precision;
    bytesAt(this.#room, this.#areas.m, STRIPS * columns * LINE_BYTES).fill(0);
    // Rows beyond the last column's are lanes that nobody reads.
    bytesAt(this.#room, this.#areas.vectors, columnsOf(precision) * this.#step).fill(0);
    this.#drawRows(begin, end - begin, columns);
    this.#setPivots(begin, end - begin, this.#reflections ?? []);
    for (let strip = 0; begin + strip * lanes < end; strip++) {
      const lines = this.#areas.m + strip * columns * LINE_BYTES;
      const count = Math.min(columns, begin + (strip + 1) * lanes);
      kernels.rowsToLines(
        this.#areas.lines,
        this.#areas.vectors + strip * lanes * this.#step,
        this.#step,
        count,
      );
      bytesAt(this.#room, lines, count * LINE_BYTES).set(
        bytesAt(this.#room, this.#areas.lines, count * LINE_BYTES),
      );
    }
  }

  /** Rows `start` on of M, a block of them, from the rows after them. */
  #solveBlock(start: number, end: number): void {
    const { columns } = this.#matrix;
    const { precision } = this.#room;
    const count = Math.min(REFLECTIONS_PER_BLOCK, columns - start);
    this.#fetchRows(this.#offsets.factors, start, count);
    for (let strip = 0; strip < STRIPS; strip++) {
      const m = this.#areas.m + strip * columns * LINE_BYTES;
      const last = Math.floor((end - 1) / REFLECTIONS_PER_BLOCK) * REFLECTIONS_PER_BLOCK;
      for (let l = last; l > start; l -= REFLECTIONS_PER_BLOCK)
        this.#subtractRows(m, start, 0, count, l, Math.min(REFLECTIONS_PER_BLOCK, end - l));
      for (let k = Math.min(count, end - start) - 1; k >= 0; k--) {
        const next = start + k + 1;
        this.#subtractRows(m, start, k, 1, next, Math.min(start + count, end) - next);
        const { tau } = at(this.#reflections ?? [], start + k);
        this.#room.kernels.scale(m + LINE_BYTES * (start + k), 1, precision.round(tau));
      }
    }
  }

  /** Subtracts from rows start + k on of M the products of G with `terms` rows from l on. */
  #subtractRows(m: number, start: number, k: number, count: number, l: number, terms: number): void {
    const { bytes } = this.#room.precision;
    this.#room.kernels.subtractProducts(
      m + LINE_BYTES * (start + k),
      LINE_BYTES,
      count,
      this.#areas.g + k * this.#step + l * bytes,
      this.#step,
      bytes,
      m + LINE_BYTES * l,
      LINE_BYTES,
      terms,
    );
  }

  #sign(begin: number, end: number): void {
    const { columns } = this.#matrix;
    const { lanes } = this.#room.precision;
    for (let j = begin; j < end; j++) {
      if (at(this.#reflections ?? [], j).sign === 1) continue;
      const strip = Math.floor((j - begin) / lanes);
      const lane = (j - begin) % lanes;
      const m = numbersAt(this.#room, this.#areas.m + strip * columns * LINE_BYTES, columns * lanes);
      for (let k = 0, e = lane; k <= j; k++, e += lanes) m[e] = -(m[e] ?? 0);
    }
  }
}

function addSquares(squares: Float64Array, values: Float32Array | Float64Array): void {
  for (let k = 0; k < values.length; k++) {
    const value = values[k] ?? 0;
    squares[k] = (squares[k] ?? 0) + value * value;
  }
}

const count = (from: number, length: number): number[] => Array.from({ length }, (_, i) => from + i);

export interface TallAreas {
  readonly panelRows: number;
  readonly runRows: number;
  readonly run: number;
  readonly vectors: number;
  readonly rows: number;
  readonly lines: number;
  readonly g: number;
  readonly m: number;
  readonly tails: number;
  readonly diagonals: number;
}

const RUN_LENGTH = 2 ** 18;

export function addTallAreas(
  areas: Areas,
  precision: Precision,
  matrix: OrthogonalMatrix,
  panelRows: number,
): TallAreas {
  const { columns } = matrix;
  const step = rowBytes(precision, columns);
  const runRows = Math.max(1, Math.min(panelRows, Math.floor(RUN_LENGTH / columns)));
  return {
    panelRows,
    runRows,
    run: areas.add(precision.bytes * runRows * columns),
    // A line more: strips are read whole.
    vectors: areas.add(Math.max(panelRows, SEGMENT_LENGTH, columnsOf(precision)) * step + LINE_BYTES),
    rows: areas.add(panelRows * step + LINE_BYTES),
    lines: areas.add(LINE_BYTES * (columns + precision.lanes)),
    g: areas.add(Math.max(SUM_ROWS, REFLECTIONS_PER_BLOCK) * step + LINE_BYTES),
    m: areas.add(STRIPS * columns * LINE_BYTES),
    tails: areas.add(8 * SUM_ROWS),
    diagonals: areas.add(8 * SUM_ROWS),
  };
}
