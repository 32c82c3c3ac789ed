/**
 * Rows of tall matrices: domain/matrices/tall-factor.ts and fill-tall.ts are the specification.
 * @module
 */
import { at } from '../../base/at.js';
import { SEGMENT_LENGTH, type OrthogonalMatrix } from '../../domain/matrices/orthogonal-matrix.js';
import { reflect, type Reflection } from '../../domain/matrices/reflections.js';
import { LINE_BYTES } from './matrix-modules.js';
import { Parts, type PartWork } from './matrix-parts.js';
import { bytesAt, numbersAt, type MatrixRoom } from './matrix-room.js';
import type { MatrixRows } from './matrix-rows.js';
import type { TallAreas } from './matrix-tall-areas.js';
import { ColumnParts } from './matrix-tall-columns.js';
import { FactorParts } from './matrix-tall-factors.js';
import { countTallParts, makeTallMemory, TallStore, type TallMemory } from './matrix-tall-store.js';
import { SumParts } from './matrix-tall-sums.js';
import { TallVectors } from './matrix-tall-vectors.js';

export class TallRows implements MatrixRows {
  readonly panelRows: number;
  readonly #room: MatrixRoom;
  readonly #matrix: OrthogonalMatrix;
  readonly #areas: TallAreas;
  readonly #store: TallStore;
  readonly #parts: Parts;
  readonly #vectors: TallVectors;
  #reflections: readonly Reflection[] | undefined;
  #first = 0;

  /** @param shared  by default the thread makes all parts */
  constructor(room: MatrixRoom, matrix: OrthogonalMatrix, areas: TallAreas, shared: TallMemory | undefined) {
    const memory = shared ?? makeTallMemory(room.precision, matrix);
    this.panelRows = areas.panelRows;
    this.#room = room;
    this.#matrix = matrix;
    this.#areas = areas;
    this.#store = new TallStore(room, matrix, memory.bytes);
    this.#parts = new Parts(memory.states, room.checkRunning);
    this.#vectors = new TallVectors(room, matrix, areas.vectors);
  }

  make(first: number, end: number): void {
    const reflections = (this.#reflections ??= this.#makeParts());
    const { columns, gain } = this.#matrix;
    const { precision, kernels } = this.#room;
    const { step } = this.#store;
    const count = end - first;
    this.#first = first;
    this.#vectors.draw(first, count);
    this.#vectors.setPivots(first, count, reflections);
    bytesAt(this.#room, this.#areas.rows, count * step).fill(0);
    for (let strip = 0; strip * precision.lanes < columns; strip++) {
      this.#room.checkRunning();
      this.#addStrip(strip, first, count);
    }
    const diagonals = reflections.slice(first, end).map(({ sign }, i) => {
      const sum = this.#diagonal(i)[0] ?? 0;
      return precision.round(precision.round(sign - sum) * gain);
    });
    kernels.negateAndScale(this.#areas.rows, (count * step) / LINE_BYTES, gain);
    diagonals.forEach((value, i) => (this.#diagonal(i)[0] = value));
  }

  row(index: number): number {
    return this.#areas.rows + (index - this.#first) * this.#store.step;
  }

  /** The number on the diagonal, of row i of those that are made. */
  #diagonal(i: number): Float32Array | Float64Array {
    const address = this.row(this.#first + i) + (this.#first + i) * this.#room.precision.bytes;
    return numbersAt(this.#room, address, 1);
  }

  /** Adds V M D in the columns of a strip; a later row of M D is 0 in all of them. */
  #addStrip(strip: number, first: number, count: number): void {
    const { kernels, precision } = this.#room;
    const { lines, rows } = this.#areas;
    const terms = Math.min(this.#matrix.columns, first + count, (strip + 1) * precision.lanes);
    this.#store.getStrip(strip, terms, lines);
    for (let begin = 0; begin < terms; begin += SEGMENT_LENGTH) {
      kernels.addProducts(
        rows + strip * LINE_BYTES,
        this.#store.step,
        count,
        this.#vectors.at + begin * precision.bytes,
        this.#vectors.step,
        precision.bytes,
        lines + begin * LINE_BYTES,
        LINE_BYTES,
        Math.min(SEGMENT_LENGTH, terms - begin),
      );
    }
  }

  /** Makes the parts, with other threads; the costliest first: rows of G grow shorter, columns of M longer. */
  #makeParts(): readonly Reflection[] {
    const counts = countTallParts(this.#room.precision, this.#matrix);
    const given = [this.#room, this.#matrix, this.#areas, this.#store, this.#vectors] as const;
    this.#makeAll(range(0, counts.sums), new SumParts(...given));
    const reflections = this.#reflect();
    this.#makeAll(range(counts.sums, counts.sums), new FactorParts(...given, reflections));
    const columns = range(2 * counts.sums, counts.columns).reverse();
    this.#makeAll(columns, new ColumnParts(...given, reflections));
    return reflections;
  }

  #makeAll(parts: readonly number[], work: PartWork): void {
    this.#parts.makeUnclaimed(parts, work);
    for (const part of parts) this.#parts.ensure(part, work);
  }

  #reflect(): readonly Reflection[] {
    const diagonals = this.#store.readColumns('diagonals');
    return Array.from(this.#store.readColumns('tails'), (tail, k) =>
      reflect(at(diagonals, k), tail, this.#room.precision.round),
    );
  }
}

const range = (from: number, length: number): number[] => Array.from({ length }, (_, i) => from + i);
