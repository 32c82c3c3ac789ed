/**
 * What the SIMD fillers of the generators have in common.
 * @module
 */
import type { Draw } from '../../domain/draws/draw.js';
import type { SharedMemory } from '../memory/wasm.js';

/** Fills ranges of a generator's draws in WebAssembly memories. */
export interface RangeFiller<D extends Draw> {
  /**
   * Fills elements start to start + elementCount - 1 of the draw, in place.
   * @param byteOffset  where the first of them goes, a multiple of the element width
   */
  fillMemory(draw: D, start: number, elementCount: number, memory: SharedMemory, byteOffset: number): void;
}
