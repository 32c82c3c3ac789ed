/** Writes files as workers/fill.ts does, but the first thread to write exits in its second chunk, half of it written. */
import { openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runShift } from '../../dist/src/engine/jobs/shift.js';
import { openWork } from '../../dist/src/storage/open-work.js';

let chunks = 0;

export default function fill(task) {
  return runShift(task, (tensor, filler) => {
    const work = openWork(tensor, filler);
    return {
      run(start, elementCount, first) {
        if (++chunks === 2 && isFirst(tensor.target.path)) {
          work.run(start, Math.floor(elementCount / 2), first);
          process.exit(1);
        }
        work.run(start, elementCount, first);
      },
    };
  });
}

/** The thread that creates the file is the first. */
function isFirst(path) {
  try {
    openSync(join(dirname(path), '.died'), 'wx');
    return true;
  } catch {
    return false;
  }
}
