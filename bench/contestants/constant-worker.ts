/**
 * A worker module whose shifts write a constant buffer wherever the engine would write what it draws.
 * @module
 */
import { DTYPES } from '#built/domain/tensors/dtypes.js';
import { SCRATCH_BYTES } from '#built/engine/fillers/filler.js';
import type { JobTensor, ShiftReport, ShiftTask } from '#built/engine/jobs/protocol.js';
import { runShift, type Work } from '#built/engine/jobs/shift.js';
import { writeAt } from '#built/storage/files/write-at.js';

const scratch = new Uint8Array(SCRATCH_BYTES).fill(1);

function writeConstant(tensor: JobTensor): Work {
  if (tensor.kind !== 'draw' || tensor.target.kind !== 'file')
    throw new TypeError('Only files are written here');
  const { descriptor, path, position } = tensor.target;
  const { byteWidth } = DTYPES[tensor.draw.dtype];
  return {
    run(_start, elementCount, first) {
      const byteLength = elementCount * byteWidth;
      for (let done = 0; done < byteLength; done += SCRATCH_BYTES) {
        const bytes = scratch.subarray(0, Math.min(SCRATCH_BYTES, byteLength - done));
        writeAt(descriptor, path, bytes, position + first * byteWidth + done);
      }
    },
  };
}

export default function runConstantShift(task: ShiftTask): ShiftReport {
  return runShift(task, writeConstant);
}
