/**
 * Blocks of a wide matrix's reflections in a thread's room: made there, or copied from a workspace that threads share.
 * @module
 */
import { at } from '../../base/at.js';
import {
  REFLECTIONS_PER_BLOCK,
  SEGMENT_LENGTH,
  type OrthogonalMatrix,
} from '../../domain/matrices/orthogonal-matrix.js';
import { reflect } from '../../domain/matrices/reflections.js';
import { LINE_BYTES } from './matrix-modules.js';
import type { Parts } from './matrix-parts.js';
import { rowBytes } from './matrix-precision.js';
import { bytesAt, numbersAt, type MatrixRoom } from './matrix-room.js';
import { blockBytes, blockOffsets, headBytes, vectorCount, type BlocksAreas } from './matrix-blocks-areas.js';

/** A block in memory, one area: T, the signs of its rows, its vectors. */
export interface BlockAddresses {
  /** Shape [32, 32]. */
  readonly t: number;
  readonly signs: number;
  /** Rows of `vectorStep` bytes: coordinates from the block's first on. */
  readonly vectors: number;
  readonly vectorStep: number;
  readonly count: number;
}

/** A workspace with the blocks one after the other, and the state of each. */
export interface SharedBlocks {
  readonly parts: Parts;
  readonly bytes: Uint8Array;
}

export class Blocks {
  readonly #room: MatrixRoom;
  readonly #matrix: OrthogonalMatrix;
  readonly #block: number;
  readonly #run: number;
  readonly #runRows: number;
  readonly #lines: number;
  readonly #gram: number;
  readonly #shared: SharedBlocks | undefined;
  /** Where each block begins in the workspace. */
  readonly #offsets: readonly number[];
  #present = -1;

  constructor(
    room: MatrixRoom,
    matrix: OrthogonalMatrix,
    addresses: BlocksAreas,
    shared: SharedBlocks | undefined,
  ) {
    this.#room = room;
    this.#matrix = matrix;
    ({ block: this.#block, run: this.#run, lines: this.#lines, gram: this.#gram } = addresses);
    this.#runRows = addresses.runRows;
    this.#shared = shared;
    this.#offsets = shared === undefined ? [] : blockOffsets(room.precision, matrix);
  }

  /** Makes unclaimed blocks up to this one: the next rows take all of them. */
  prepare(last: number): void {
    this.#shared?.parts.makeUnclaimed(countDown(last), this.#work);
  }

  /** Brings a block into the room; the one before it is gone. */
  bring(block: number): BlockAddresses {
    if (this.#present !== block) {
      if (this.#shared === undefined) this.#make(block);
      else this.#copy(this.#shared, block);
      this.#present = block;
    }
    return this.#addresses(block);
  }

  #copy({ parts, bytes }: SharedBlocks, block: number): void {
    parts.ensure(block, this.#work);
    const offset = at(this.#offsets, block);
    const length = blockBytes(this.#room.precision, this.#matrix, block);
    bytesAt(this.#room, this.#block, length).set(bytes.subarray(offset, offset + length));
  }

  readonly #work = {
    make: (block: number): void => {
      this.#make(block);
      this.#present = -1;
    },
    publish: (block: number): void => {
      const length = blockBytes(this.#room.precision, this.#matrix, block);
      this.#shared?.bytes.set(bytesAt(this.#room, this.#block, length), at(this.#offsets, block));
    },
  };

  #addresses(block: number): BlockAddresses {
    const { precision } = this.#room;
    const t = this.#block;
    return {
      t,
      signs: t + precision.bytes * REFLECTIONS_PER_BLOCK ** 2,
      vectors: t + headBytes(precision),
      vectorStep: rowBytes(precision, this.#matrix.columns - block * REFLECTIONS_PER_BLOCK),
      count: vectorCount(this.#matrix, block),
    };
  }

  #make(block: number): void {
    this.#room.checkRunning();
    const addresses = this.#addresses(block);
    this.#drawVectors(block, addresses);
    const taus = this.#reflect(block, addresses);
    this.#multiplyVectors(block, addresses);
    this.#factor(addresses, taus);
  }

  #drawVectors(block: number, { vectors, vectorStep, count }: BlockAddresses): void {
    const { columns, first } = this.#matrix;
    const start = block * REFLECTIONS_PER_BLOCK;
    const length = columns - start;
    for (let j = 0; j < count; j += this.#runRows) {
      const rows = Math.min(this.#runRows, count - j);
      // The first row is drawn from the block's first coordinate on, so a run of one row has nothing in vain.
      const begin = (start + j) * columns + start;
      this.#room.fillNormals(first + begin, rows * columns - start, this.#run);
      for (let row = 0; row < rows; row++) {
        const drawn = numbersAt(this.#room, this.#run + this.#room.precision.bytes * row * columns, length);
        const vector = numbersAt(this.#room, vectors + (j + row) * vectorStep, length);
        vector.set(drawn);
        vector.fill(0, 0, j + row);
      }
    }
  }

  #reflect(block: number, { vectors, vectorStep, count, signs }: BlockAddresses): number[] {
    const { precision, memory } = this.#room;
    const start = block * REFLECTIONS_PER_BLOCK;
    const signsOut = numbersAt(this.#room, signs, REFLECTIONS_PER_BLOCK);
    return Array.from({ length: count }, (_, j) => {
      const vector = vectors + j * vectorStep;
      const length = this.#matrix.columns - start;
      const pivotAt = numbersAt(this.#room, vector + j * precision.bytes, 1);
      const tail = precision.tailOf(memory.buffer, vector, length, j, start);
      const { pivot, tau, sign } = reflect(pivotAt[0] ?? 0, tail, precision.round);
      pivotAt[0] = pivot;
      signsOut[j] = sign;
      return tau;
    });
  }

  /** G, shape [32, 32]: products of vectors with those that come later. */
  #multiplyVectors(block: number, { vectors, vectorStep, count }: BlockAddresses): void {
    const { precision, kernels } = this.#room;
    const { bytes, lanes } = precision;
    const length = this.#matrix.columns - block * REFLECTIONS_PER_BLOCK;
    numbersAt(this.#room, this.#gram, REFLECTIONS_PER_BLOCK ** 2).fill(0);
    for (let j = 0; j < count; j += lanes) {
      kernels.rowsToLines(this.#lines, vectors + j * vectorStep, vectorStep, length);
      for (let begin = 0; begin < length; begin += SEGMENT_LENGTH) {
        kernels.addProducts(
          this.#gram + j * bytes,
          bytes * REFLECTIONS_PER_BLOCK,
          Math.min(count, j + lanes),
          vectors + begin * bytes,
          vectorStep,
          bytes,
          this.#lines + begin * LINE_BYTES,
          LINE_BYTES,
          Math.min(SEGMENT_LENGTH, length - begin),
        );
      }
    }
  }

  #factor({ t, count }: BlockAddresses, taus: readonly number[]): void {
    const all = numbersAt(this.#room, this.#gram, REFLECTIONS_PER_BLOCK ** 2);
    // The last block may have fewer vectors.
    const gram = all.slice(0, count * count);
    for (let i = 0; i < count; i++)
      gram.set(all.subarray(i * REFLECTIONS_PER_BLOCK, i * REFLECTIONS_PER_BLOCK + count), i * count);
    const factor = this.#room.precision.factor(gram, taus);
    const out = numbersAt(this.#room, t, REFLECTIONS_PER_BLOCK ** 2).fill(0);
    for (let i = 0; i < count; i++)
      out.set(factor.subarray(i * count, (i + 1) * count), i * REFLECTIONS_PER_BLOCK);
  }
}

function* countDown(from: number): Generator<number> {
  for (let i = from; i >= 0; i--) yield i;
}
