/** Writes files as workers/fill.ts does, but the first thread to write exits in its second chunk, half of it written. */
import { openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runShift } from '../../dist/src/engine/shift.js';
import { openOutput } from '../../dist/src/storage/output.js';

let chunks = 0;

export default function fill(task) {
  return runShift(task, (target, filler) => {
    const output = openOutput(target, filler);
    return {
      fill(draw, start, elementCount, first) {
        if (++chunks === 2 && isFirst(target.path)) {
          output.fill(draw, start, Math.floor(elementCount / 2), first);
          process.exit(1);
        }
        output.fill(draw, start, elementCount, first);
      },
    };
  });
}

/** Whoever makes the file is the first. */
function isFirst(path) {
  try {
    openSync(join(dirname(path), '.died'), 'wx');
    return true;
  } catch {
    return false;
  }
}
