/**
 * Rows of wide and square matrices: domain/matrices/fill-wide.ts is the specification. Rows lie across the lanes, 16 of float32 a
 * strip, a line for each coordinate. A block of reflections is applied to all strips of a panel before the next one comes.
 *
 * A row's coordinates before its own block are 0, and so are the factors of vectors after the row's own. Zero terms change no sum, so
 * strips are handled as wholes, whichever of their rows a block concerns.
 * @module
 */
import {
  REFLECTIONS_PER_BLOCK,
  SEGMENT_LENGTH,
  type OrthogonalMatrix,
} from '../../domain/matrices/orthogonal-matrix.js';
import { Blocks, type BlockAddresses, type SharedBlocks } from './matrix-blocks.js';
import { LINE_BYTES } from './matrix-modules.js';
import { rowBytes } from './matrix-precision.js';
import { bytesAt, numbersAt, type MatrixRoom } from './matrix-room.js';
import type { MatrixRows } from './matrix-rows.js';
import { FACTORS_BYTES, stripBytes, type WideAreas } from './matrix-wide-areas.js';

/** Lines of z that are computed together: T is triangular. */
const Z_LINES = 8;

export class WideRows implements MatrixRows {
  readonly panelRows: number;
  readonly #room: MatrixRoom;
  readonly #matrix: OrthogonalMatrix;
  readonly #blocks: Blocks;
  readonly #strips: number;
  readonly #stripBytes: number;
  readonly #w: number;
  readonly #z: number;
  readonly #rows: number;
  #first = 0;
  #count = 0;
  /** The strip whose rows lie in the area of rows. */
  #present = -1;

  constructor(
    room: MatrixRoom,
    matrix: OrthogonalMatrix,
    addresses: WideAreas,
    shared: SharedBlocks | undefined,
  ) {
    this.#room = room;
    this.#matrix = matrix;
    this.panelRows = addresses.panelRows;
    this.#blocks = new Blocks(room, matrix, addresses.blocks, shared);
    ({ strips: this.#strips, w: this.#w, z: this.#z, rows: this.#rows } = addresses);
    this.#stripBytes = stripBytes(matrix);
  }

  make(first: number, end: number): void {
    this.#first = first;
    this.#count = end - first;
    this.#present = -1;
    const last = Math.floor((end - 1) / REFLECTIONS_PER_BLOCK);
    bytesAt(this.#room, this.#strips, this.#stripBytes * this.#stripCount).fill(0);
    this.#blocks.prepare(last);
    for (let block = last; block >= 0; block--) {
      this.#room.checkRunning();
      const addresses = this.#blocks.bring(block);
      this.#begin(block, addresses);
      this.#apply(block, addresses);
    }
  }

  row(index: number): number {
    const { lanes } = this.#room.precision;
    const strip = Math.floor((index - this.#first) / lanes);
    const step = rowBytes(this.#room.precision, this.#matrix.columns);
    if (strip !== this.#present) {
      const { kernels } = this.#room;
      kernels.linesToRows(this.#rows, step, this.#strips + strip * this.#stripBytes, this.#matrix.columns);
      kernels.scale(this.#rows, (lanes * step) / LINE_BYTES, this.#matrix.gain);
      this.#present = strip;
    }
    return this.#rows + (index - this.#first - strip * lanes) * step;
  }

  get #stripCount(): number {
    return Math.ceil(this.#count / this.#room.precision.lanes);
  }

  /** Sets d_i e_i in the rows whose own block this is. */
  #begin(block: number, { signs, count }: BlockAddresses): void {
    const { lanes, bytes } = this.#room.precision;
    const signsIn = numbersAt(this.#room, signs, count);
    const start = block * REFLECTIONS_PER_BLOCK;
    const end = Math.min(start + count, this.#first + this.#count);
    for (let i = Math.max(start, this.#first); i < end; i++) {
      const lane = i - this.#first;
      const strip = Math.floor(lane / lanes);
      const line = this.#strips + strip * this.#stripBytes + LINE_BYTES * i;
      numbersAt(this.#room, line + bytes * (lane - strip * lanes), 1)[0] = signsIn[i - start] ?? 0;
    }
  }

  #apply(block: number, addresses: BlockAddresses): void {
    const start = block * REFLECTIONS_PER_BLOCK;
    const length = this.#matrix.columns - start;
    const { lanes } = this.#room.precision;
    const from = Math.max(0, Math.floor((start - this.#first) / lanes));
    const strips = this.#stripCount;
    bytesAt(this.#room, this.#w, FACTORS_BYTES * strips).fill(0);
    for (let begin = 0; begin < length; begin += SEGMENT_LENGTH) {
      for (let strip = from; strip < strips; strip++) {
        // Rows of this block have nothing yet beyond it.
        const own = this.#first + lanes * (strip + 1) <= start + REFLECTIONS_PER_BLOCK;
        if (own && begin >= REFLECTIONS_PER_BLOCK) continue;
        const terms = own
          ? Math.min(REFLECTIONS_PER_BLOCK, length)
          : Math.min(SEGMENT_LENGTH, length - begin);
        this.#addToW(addresses, start, strip, begin, terms);
      }
    }
    for (let strip = from; strip < strips; strip++) this.#multiplyByT(addresses, strip);
    for (let begin = 0; begin < length; begin += SEGMENT_LENGTH) {
      const lines = Math.min(SEGMENT_LENGTH, length - begin);
      for (let strip = from; strip < strips; strip++) this.#subtract(addresses, start, strip, begin, lines);
    }
  }

  #addToW(
    { vectors, vectorStep, count }: BlockAddresses,
    start: number,
    strip: number,
    begin: number,
    terms: number,
  ): void {
    const { kernels, precision } = this.#room;
    kernels.addProducts(
      this.#w + strip * FACTORS_BYTES,
      LINE_BYTES,
      count,
      vectors + begin * precision.bytes,
      vectorStep,
      precision.bytes,
      this.#strips + strip * this.#stripBytes + LINE_BYTES * (start + begin),
      LINE_BYTES,
      terms,
    );
  }

  #multiplyByT({ t, count }: BlockAddresses, strip: number): void {
    const { kernels, precision } = this.#room;
    const rowStep = precision.bytes * REFLECTIONS_PER_BLOCK;
    const w = this.#w + strip * FACTORS_BYTES;
    const z = this.#z + strip * FACTORS_BYTES;
    bytesAt(this.#room, z, FACTORS_BYTES).fill(0);
    for (let j = 0; j < count; j += Z_LINES) {
      kernels.addProducts(
        z + LINE_BYTES * j,
        LINE_BYTES,
        Math.min(Z_LINES, count - j),
        t + rowStep * j + precision.bytes * j,
        rowStep,
        precision.bytes,
        w + LINE_BYTES * j,
        LINE_BYTES,
        count - j,
      );
    }
  }

  #subtract(
    { vectors, vectorStep, count }: BlockAddresses,
    start: number,
    strip: number,
    begin: number,
    lines: number,
  ): void {
    const { kernels, precision } = this.#room;
    kernels.subtractProducts(
      this.#strips + strip * this.#stripBytes + LINE_BYTES * (start + begin),
      LINE_BYTES,
      lines,
      vectors + begin * precision.bytes,
      precision.bytes,
      vectorStep,
      this.#z + strip * FACTORS_BYTES,
      LINE_BYTES,
      count,
    );
  }
}
