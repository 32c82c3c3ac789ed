/**
 * A worker module whose shifts write a constant buffer wherever the engine would write what it draws.
 * @module
 */
import { DTYPES } from '#built/domain/tensor.js';
import { SCRATCH_BYTES } from '#built/engine/filler.js';
import type { ShiftReport, ShiftTask, Target } from '#built/engine/protocol.js';
import { runShift } from '#built/engine/shift.js';
import { writeAt } from '#built/storage/file-output.js';

const scratch = new Uint8Array(SCRATCH_BYTES).fill(1);

type Output = ReturnType<Parameters<typeof runShift>[1]>;

function constantOutput(target: Target): Output {
  if (target.kind !== 'file') throw new TypeError('Only files are written here');
  const { descriptor, path, position } = target;
  return {
    fill({ dtype }, _start, elementCount, first) {
      const { byteWidth } = DTYPES[dtype];
      const byteLength = elementCount * byteWidth;
      for (let done = 0; done < byteLength; done += SCRATCH_BYTES) {
        const bytes = scratch.subarray(0, Math.min(SCRATCH_BYTES, byteLength - done));
        writeAt(descriptor, path, bytes, position + first * byteWidth + done);
      }
    },
  };
}

export default function writeConstant(task: ShiftTask): ShiftReport {
  return runShift(task, constantOutput);
}
