/** Draws as workers/fill.ts does, but each thread exits in its second chunk, half of it drawn. */
import { runShift } from '../../dist/src/engine/jobs/shift.js';
import { openWork } from '../../dist/src/storage/open-work.js';

let chunks = 0;

export default function fill(task) {
  return runShift(task, (tensor, filler) => {
    const work = openWork(tensor, filler);
    return {
      run(start, elementCount, first) {
        if (++chunks === 2) {
          work.run(start, Math.floor(elementCount / 2), first);
          process.exit(1);
        }
        work.run(start, elementCount, first);
      },
    };
  });
}
