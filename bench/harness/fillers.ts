/**
 * The seam to the engine's kernels: whatever fills a range, under one name for each set of kernels.
 * @module
 */
import { fillRange, type Draw } from '#built/domain/draw.js';
import type { SharedMemory } from '#built/engine/wasm.js';

export type KernelSet = 'specification';

export interface Filler {
  fillMemory(draw: Draw, start: number, elementCount: number, memory: SharedMemory, byteOffset: number): void;
  fillBuffer(
    draw: Draw,
    start: number,
    elementCount: number,
    buffer: SharedArrayBuffer,
    byteOffset: number,
  ): void;
}

/** Fastest last. */
export const KERNEL_SETS: readonly KernelSet[] = ['specification'];

export const FASTEST: KernelSet = KERNEL_SETS.at(-1) ?? 'specification';

export function openFiller(kernels: KernelSet): Filler {
  if (!KERNEL_SETS.includes(kernels)) throw new RangeError(`There are no ${kernels} kernels`);
  const fillBuffer: Filler['fillBuffer'] = (draw, start, elementCount, buffer, byteOffset) => {
    fillRange(draw, start, new Float32Array(buffer, byteOffset, elementCount));
  };
  return {
    fillBuffer,
    fillMemory: (draw, start, elementCount, memory, byteOffset) => {
      fillBuffer(draw, start, elementCount, memory.buffer, byteOffset);
    },
  };
}
