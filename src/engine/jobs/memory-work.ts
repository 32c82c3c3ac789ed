/**
 * Work in shared memory: fills and operators, in place where the kernels reach it.
 * @module
 */
import { DTYPES } from '../../domain/tensors/dtypes.js';
import type { Filler } from '../fillers/filler.js';
import type { DrawnTensor, MemoryTarget, OperatedTensor } from './protocol.js';
import type { Work } from './shift.js';

export function fillMemory(
  { draw }: DrawnTensor,
  { buffer, memory, byteOffset }: MemoryTarget,
  filler: Filler,
): Work {
  return {
    run(start, elementCount, first) {
      const begin = byteOffset + first * DTYPES[draw.dtype].byteWidth;
      if (memory === undefined) filler.fillBuffer(draw, start, elementCount, buffer, begin);
      else filler.fillMemory(draw, start, elementCount, memory, begin);
    },
  };
}

export function operateInPlace({ operation, target }: OperatedTensor, filler: Filler): Work {
  return {
    run(start, elementCount, first) {
      const byteOffset = target.byteOffset + first * DTYPES.float32.byteWidth;
      filler.operate(operation, start, elementCount, target.memory ?? target.buffer, byteOffset);
    },
  };
}
