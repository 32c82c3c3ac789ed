/**
 * Work in shared memory: fills and operators, in place where the kernels reach it.
 * @module
 */
import { DTYPES } from '../../domain/tensors/dtypes.js';
import type { Filler } from '../fillers/filler.js';
import type { DrawnTensor, JobTensor, MemoryTarget, OperatedTensor } from './protocol.js';
import type { Work } from './shift.js';

/** Opens the work of a tensor in memory; storage/open-work.ts opens work on files as well. */
export function openMemoryWork(tensor: JobTensor, filler: Filler): Work {
  if (tensor.kind === 'operate') return operateInPlace(tensor, filler);
  if (tensor.kind === 'draw' && tensor.target.kind === 'memory') {
    return fillMemory(tensor, tensor.target, filler);
  }
  throw new RangeError(`a tensor to ${tensor.kind} is in a file`);
}

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

function operateInPlace({ operation, target }: OperatedTensor, filler: Filler): Work {
  return {
    run(start, elementCount, first) {
      const byteOffset = target.byteOffset + first * DTYPES.float32.byteWidth;
      filler.operate(operation, start, elementCount, target.memory ?? target.buffer, byteOffset);
    },
  };
}
