/**
 * A worker thread's entry point: runs one shift.
 * @module
 */
import { runShift } from '../src/engine/shift.js';
import type { ShiftReport, ShiftTask } from '../src/engine/protocol.js';
import { openWork } from '../src/storage/work.js';

export default function fill(task: ShiftTask): ShiftReport {
  return runShift(task, openWork);
}
