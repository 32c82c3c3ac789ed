/**
 * A worker that runs shifts like workers/fill.ts and dies once, after it has measured a chunk and before it marks it done, if there is
 * a file with the checkpoint's name and `.dies`.
 */
import { existsSync, unlinkSync } from 'node:fs';
import { runShift } from '../../dist/src/engine/jobs/shift.js';
import { openWork } from '../../dist/src/storage/open-work.js';

function openDyingWork(tensor, filler) {
  const work = openWork(tensor, filler);
  const flag = `${tensor.source.path}.dies`;
  return {
    run(start, elementCount, first) {
      work.run(start, elementCount, first);
      if (first === 0 || !existsSync(flag)) return;
      unlinkSync(flag);
      process.exit(3);
    },
  };
}

export default function measureAndDie(task) {
  return runShift(task, openDyingWork);
}
