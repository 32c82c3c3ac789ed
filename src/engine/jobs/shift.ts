/**
 * A shift: claim chunks and fill them until none is left. Runs on a worker thread, or on the calling one for a small job.
 * @module
 */
import { chunkAt } from '../../domain/partition/chunks.js';
import { ControlWords } from './control.js';
import type { Filler } from '../fillers/filler.js';
import { openFiller } from '../choice/open-filler.js';
import { describeFailure, type JobTensor, type ShiftReport, type ShiftTask } from './protocol.js';

/** What is done with one tensor of a job, a piece at a time: fill it, change it, compare it, measure it. */
export interface Work {
  /**
   * Does elements start to start + elementCount - 1.
   * @param first  how many elements of the extent come before `start`
   */
  run(start: number, elementCount: number, first: number): void;
}

export type OpenWork = (tensor: JobTensor, filler: Filler) => Work;

/** Never throws: a failure stops the job and is reported as data. */
export function runShift(task: ShiftTask, openWork: OpenWork): ShiftReport {
  const control = new ControlWords(task.control, task.plan.chunkCount, task.lanes);
  control.beginShift(task.shift);
  let fallback: string | undefined;
  try {
    const filler = openFiller(task.kernels, (reason) => (fallback = reason));
    runClaimedChunks(task, control, filler, openWork);
    return { kind: 'ended', fallback };
  } catch (error) {
    control.stop();
    return { kind: 'failed', failure: describeFailure(error) };
  } finally {
    control.endShift(task.shift);
  }
}

function runClaimedChunks(
  { plan, tensors, shift }: ShiftTask,
  control: ControlWords,
  filler: Filler,
  openWork: OpenWork,
): void {
  let openTensor = -1;
  let work: Work | undefined;
  for (let index = control.claim(shift); index >= 0; index = control.claim(shift)) {
    const { tensor, start, elementCount } = chunkAt(plan, index);
    const extent = plan.extents[tensor];
    const job = tensors[tensor];
    if (extent === undefined || job === undefined) throw new RangeError(`Chunk ${index} is of no tensor`);
    if (work === undefined || tensor !== openTensor) work = openWork(job, filler);
    openTensor = tensor;
    work.run(start, elementCount, start - extent.offset);
    control.markDone(index);
  }
}
