/**
 * A worker module whose shifts claim and mark chunks but fill nothing, which leaves only the engine's own work.
 * @module
 */
import type { ShiftReport, ShiftTask } from '#built/engine/jobs/protocol.js';
import { runShift } from '#built/engine/jobs/shift.js';

export default function claimAll(task: ShiftTask): ShiftReport {
  return runShift(task, () => ({ run: () => undefined }));
}
