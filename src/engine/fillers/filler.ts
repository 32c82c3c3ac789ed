/**
 * Fillers: how a thread fills a range of a draw. There are two, which give the same bytes: the scalar specification
 * (specification-filler.ts) and the SIMD kernels (engine/simd/simd-filler.ts). engine/choice/open-filler.ts opens one.
 * @module
 */
import type { Draw } from '../../domain/draws/draw.js';
import type { Operation } from '../../domain/operators/operation.js';
import type { SharedMemory } from '../memory/wasm.js';

/** Fills ranges of draws on this thread. */
export interface Filler {
  /**
   * Fills elements start to start + elementCount - 1 of the draw, in place.
   * @param byteOffset  where the first of them goes, a multiple of the element width
   */
  fillMemory(draw: Draw, start: number, elementCount: number, memory: SharedMemory, byteOffset: number): void;
  /** The same in any shared buffer; SIMD kernels, which reach only WebAssembly memories, go through the scratch. */
  fillBuffer(
    draw: Draw,
    start: number,
    elementCount: number,
    buffer: SharedArrayBuffer,
    byteOffset: number,
  ): void;
  /**
   * The same in this thread's scratch.
   * @param elementCount  SCRATCH_BYTES of elements at most
   * @returns             their bytes, until the next fill
   */
  fillScratch(draw: Draw, start: number, elementCount: number): Uint8Array;
  /** Applies the operation to float32 elements, in place. */
  operate(
    operation: Operation,
    start: number,
    elementCount: number,
    memory: SharedMemory | SharedArrayBuffer,
    byteOffset: number,
  ): void;
}

/**
 * 512 KiB: half of a second-level cache. Twice as much gains 1 % in writing and 5 % in copying but costs each thread 0.5 MiB; half as
 * much loses 3 % in writing (`npm run bench -- chunks`).
 */
export const SCRATCH_BYTES = 2 ** 19;
