/**
 * Fills ranges of sparse matrices: values by the kernels of streams, then the zeros, whose keys are made in the thread's own memory.
 * @module
 */
import { setZeros, type SparseDraw } from '../../domain/draws/sparse-draw.js';
import { KEY_WORDS } from '../../domain/draws/sparse-keys.js';
import { elementsAt } from '../../domain/tensors/dtypes.js';
import type { SharedMemory } from '../memory/wasm.js';
import type { LanesFiller } from './lanes-filler.js';
import type { RangeFiller } from './range-filler.js';

export class SparseFiller implements RangeFiller<SparseDraw> {
  readonly #lanes: LanesFiller;
  readonly #own: SharedMemory;
  readonly #base: number;

  /** @param base  the address of this filler's part of the thread's memory, KEYS_BYTES */
  constructor(lanes: LanesFiller, own: SharedMemory, base: number) {
    this.#lanes = lanes;
    this.#own = own;
    this.#base = base;
  }

  fillMemory(
    draw: SparseDraw,
    start: number,
    elementCount: number,
    memory: SharedMemory,
    byteOffset: number,
  ): void {
    this.#lanes.fillMemory(draw.values, start, elementCount, memory, byteOffset);
    const out = elementsAt(draw.dtype, memory.buffer, byteOffset, elementCount);
    setZeros(draw, start, out, (column, count) => {
      const words = KEY_WORDS * count;
      this.#lanes.fillMemory(draw.keys, KEY_WORDS * column, words, this.#own, this.#base);
      return new Uint32Array(this.#own.buffer, this.#base, words);
    });
  }
}
