/**
 * A shift: claim chunks and fill them until none is left. Runs on a worker thread, or on the calling one for a small job.
 * @module
 */
import type { Draw } from '../domain/draw.js';
import { chunkAt } from '../domain/plan.js';
import { DTYPES } from '../domain/tensor.js';
import { ControlWords } from './control.js';
import { openFiller, type Filler } from './filler.js';
import {
  describeFailure,
  type OperatedTensor,
  type ShiftReport,
  type ShiftTask,
  type Target,
} from './protocol.js';

/** Somewhere elements can be put. */
export interface Output {
  /**
   * Fills elements start to start + elementCount - 1 of the draw and puts them in place.
   * @param first  how many elements of the extent come before `start`
   */
  fill(draw: Draw, start: number, elementCount: number, first: number): void;
}

export type OpenOutput = (target: Target, filler: Filler) => Output;

/** Never throws: a failure stops the job and is reported as data. */
export function runShift(task: ShiftTask, openOutput: OpenOutput): ShiftReport {
  const control = new ControlWords(task.control, task.plan.chunkCount);
  control.beginShift(task.shift);
  let fallback: string | undefined;
  try {
    const filler = openFiller(task.kernels, (reason) => (fallback = reason));
    fillClaimedChunks(task, control, filler, openOutput);
    return { kind: 'ended', fallback };
  } catch (error) {
    control.stop();
    return { kind: 'failed', failure: describeFailure(error) };
  } finally {
    control.endShift(task.shift);
  }
}

function fillClaimedChunks(
  { plan, tensors }: ShiftTask,
  control: ControlWords,
  filler: Filler,
  openOutput: OpenOutput,
): void {
  let openTensor = -1;
  let output: Output | undefined;
  for (let index = control.claim(); index >= 0; index = control.claim()) {
    const { tensor, start, elementCount } = chunkAt(plan, index);
    const extent = plan.extents[tensor];
    const job = tensors[tensor];
    if (extent === undefined || job === undefined) throw new RangeError(`Chunk ${index} is of no tensor`);
    const first = start - extent.offset;
    if ('operation' in job) {
      operateInPlace(job, filler, start, elementCount, first);
    } else {
      if (output === undefined || tensor !== openTensor) output = openOutput(job.target, filler);
      openTensor = tensor;
      output.fill(job.draw, start, elementCount, first);
    }
    control.markDone(index);
  }
}

function operateInPlace(
  { operation, target }: OperatedTensor,
  filler: Filler,
  start: number,
  elementCount: number,
  first: number,
): void {
  const byteOffset = target.byteOffset + first * DTYPES.float32.byteWidth;
  filler.operate(operation, start, elementCount, target.memory ?? target.buffer, byteOffset);
}
