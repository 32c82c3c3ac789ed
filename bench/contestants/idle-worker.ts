/**
 * A worker module whose shifts claim and mark chunks and fill nothing: what is left of a fill is the engine's own work.
 * @module
 */
import type { ShiftReport, ShiftTask } from '#built/engine/jobs/protocol.js';
import { runShift } from '#built/engine/jobs/shift.js';

export default function claimAll(task: ShiftTask): ShiftReport {
  return runShift(task, () => ({ run: () => undefined }));
}
