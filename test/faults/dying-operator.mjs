/**
 * A worker that runs shifts like workers/fill.ts and dies in the middle of an operator: half a chunk is changed by then. What it does
 * is written in the last four words of the tensor's buffer, behind the tensor: [operation, how many times, chunks begun, whole
 * chunks before].
 */
import { adoptFiller, openFiller } from '../../dist/src/engine/choice/open-filler.js';
import { runShift } from '../../dist/src/engine/jobs/shift.js';
import { openWork } from '../../dist/src/storage/open-work.js';

const OPERATIONS = { clip: 1, quantize: 2, shift: 3, measure: 4 };
const [OPERATION, TIMES, BEGUN, SPARED] = [0, 1, 2, 3];

let real;

function dyingFiller(words) {
  const filler = Object.create(real);
  filler.operate = (operation, start, elementCount, memory, byteOffset) => {
    const isDue = () => words[OPERATION] === OPERATIONS[operation.kind] && Atomics.load(words, TIMES) > 0;
    if (isDue() && Atomics.add(words, BEGUN, 1) >= words[SPARED] && Atomics.sub(words, TIMES, 1) > 0) {
      real.operate(operation, start, Math.floor(elementCount / 2), memory, byteOffset);
      process.exit(3);
    }
    real.operate(operation, start, elementCount, memory, byteOffset);
  };
  return filler;
}

export default function operateAndDie(task) {
  const { buffer } = task.tensors[0].target;
  const words = new Int32Array(buffer, buffer.byteLength - 16, 4);
  real ??= openFiller(task.kernels, () => undefined);
  adoptFiller(task.kernels.name, dyingFiller(words));
  return runShift(task, openWork);
}
