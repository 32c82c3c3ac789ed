/**
 * A worker thread's entry point: runs one shift. Threads run it as CommonJS (workers/fill.cjs of the build).
 * @module
 */
import type { ShiftReport, ShiftTask } from '../src/engine/jobs/protocol.js';
import { runShift } from '../src/engine/jobs/shift.js';
import { openWork } from '../src/storage/open-work.js';

export default function fill(task: ShiftTask): ShiftReport {
  return runShift(task, openWork);
}
