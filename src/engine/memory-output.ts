/**
 * Output into shared memory: in place where kernels reach it.
 * @module
 */
import { DTYPES } from '../domain/tensor.js';
import type { Filler } from './filler.js';
import type { MemoryTarget } from './protocol.js';
import type { Output } from './shift.js';

export function memoryOutput({ buffer, memory, byteOffset }: MemoryTarget, filler: Filler): Output {
  return {
    fill(draw, start, elementCount, first) {
      const begin = byteOffset + first * DTYPES[draw.dtype].byteWidth;
      if (memory === undefined) filler.fillBuffer(draw, start, elementCount, buffer, begin);
      else filler.fillMemory(draw, start, elementCount, memory, begin);
    },
  };
}
