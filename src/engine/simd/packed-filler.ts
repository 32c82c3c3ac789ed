/**
 * Fills ranges of packed codes: the codes are drawn by the SIMD kernels, and packed from there.
 * @module
 */
import { fillPackedRange, type FillCodes, type PackedDraw } from '../../domain/draws/packed-draw.js';
import { elementsAt } from '../../domain/tensors/dtypes.js';
import { allocateMemory, WASM_PAGE_BYTES, type SharedMemory } from '../memory/wasm.js';
import type { LanesFiller } from './lanes-filler.js';
import type { RangeFiller } from './range-filler.js';

export class PackedFiller implements RangeFiller<PackedDraw> {
  readonly #fillCodes: FillCodes;

  /** @throws {Error} there is no room for a memory */
  constructor(lanes: LanesFiller) {
    const memory = allocateMemory(WASM_PAGE_BYTES);
    if (memory === undefined) throw new Error('there is no room for a WebAssembly memory');
    this.#fillCodes = (codes, first, out) => {
      lanes.fillMemory(codes, first, out.length, memory, 0);
      out.set(new Int8Array(memory.buffer, 0, out.length));
    };
  }

  fillMemory(
    draw: PackedDraw,
    start: number,
    elementCount: number,
    memory: SharedMemory,
    byteOffset: number,
  ): void {
    const out = elementsAt(draw.dtype, memory.buffer, byteOffset, elementCount);
    fillPackedRange(draw, start, out, this.#fillCodes);
  }
}
