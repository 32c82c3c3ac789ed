/**
 * Output into shared memory, in place.
 * @module
 */
import { fillRange } from '../domain/draw.js';
import { DTYPES } from '../domain/tensor.js';
import type { MemoryTarget } from './protocol.js';
import type { Output } from './shift.js';

export function memoryOutput({ buffer, byteOffset }: MemoryTarget): Output {
  return {
    fill(draw, start, elementCount, first) {
      const begin = byteOffset + first * DTYPES[draw.dtype].byteWidth;
      fillRange(draw, start, new Float32Array(buffer, begin, elementCount));
    },
  };
}
