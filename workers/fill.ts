/**
 * A worker thread's entry point: runs one shift.
 * @module
 */
import { runShift } from '../src/engine/jobs/shift.js';
import type { ShiftReport, ShiftTask } from '../src/engine/jobs/protocol.js';
import { openWork } from '../src/storage/open-work.js';

export default function fill(task: ShiftTask): ShiftReport {
  return runShift(task, openWork);
}
