/**
 * A worker that runs shifts like workers/fill.ts and fails on purpose. Four int32 fields behind the tensor, at the end of its buffer,
 * say how (support/faults.ts): [fault, how many times, chunks begun, gate].
 */
import { runShift } from '../../dist/src/engine/jobs/shift.js';
import { openWork } from '../../dist/src/storage/open-work.js';

const FAULT = 0;
const TIMES = 1;
const BEGUN = 2;
const GATE = 3;

const faults = {
  1: () => process.exit(3),
  2: () => {
    const hoard = [];
    for (;;) hoard.push(new Array(1e5).fill(hoard.length));
  },
  3: () => {
    throw new RangeError('the kernel found a fault');
  },
};

export default async function fill(task) {
  const { buffer } = task.tensors[0].target;
  const fields = new Int32Array(buffer, buffer.byteLength - 16, 4);
  const isDue = () => {
    for (let left = fields[TIMES]; left > 0; left = Atomics.load(fields, TIMES)) {
      if (Atomics.compareExchange(fields, TIMES, left, left - 1) === left) return true;
    }
    return false;
  };
  if (fields[FAULT] === 4 && isDue()) {
    // Uncaught, while the task waits.
    setImmediate(() => {
      throw new Error('nobody catches this');
    });
    await new Promise(() => undefined);
  }
  return runShift(task, (tensor, filler) => {
    const work = openWork(tensor, filler);
    return {
      run(...parameters) {
        Atomics.add(fields, BEGUN, 1);
        Atomics.notify(fields, BEGUN);
        // Half a chunk is written before the fault: what a thread leaves behind must not matter.
        const [start, elementCount, first] = parameters;
        if (fields[FAULT] !== 0) work.run(start, Math.floor(elementCount / 2), first);
        const fault = faults[fields[FAULT]];
        if (fault && isDue()) fault();
        while (Atomics.load(fields, GATE) === 1) Atomics.wait(fields, GATE, 1);
        work.run(...parameters);
      },
    };
  });
}
