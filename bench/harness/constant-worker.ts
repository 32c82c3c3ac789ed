/**
 * A worker module whose shifts write a constant buffer wherever the engine would write what it draws.
 * @module
 */
import type { ShiftReport, ShiftTask, Target } from '#built/engine/protocol.js';
import { runShift } from '#built/engine/shift.js';
import { writeAt } from '#built/storage/file-output.js';
import { BYTES_PER_ELEMENT } from './answer.js';
import { ENGINE_SCRATCH_ELEMENTS } from './file-contestants.js';

const scratch = new Uint8Array(ENGINE_SCRATCH_ELEMENTS * BYTES_PER_ELEMENT).fill(1);

type Output = ReturnType<Parameters<typeof runShift>[1]>;

function constantOutput(target: Target): Output {
  if (target.kind !== 'file') throw new TypeError('Only files are written here');
  const { descriptor, path, position } = target;
  return {
    fill(_draw, _start, elementCount, first) {
      for (let done = 0; done < elementCount; done += ENGINE_SCRATCH_ELEMENTS) {
        const count = Math.min(ENGINE_SCRATCH_ELEMENTS, elementCount - done);
        const bytes = scratch.subarray(0, count * BYTES_PER_ELEMENT);
        writeAt(descriptor, path, bytes, position + (first + done) * BYTES_PER_ELEMENT);
      }
    },
  };
}

export default function writeConstant(task: ShiftTask): ShiftReport {
  return runShift(task, constantOutput);
}
