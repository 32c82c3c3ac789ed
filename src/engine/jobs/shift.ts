/**
 * A shift: one thread claims chunks and works on them until none is left. Runs on a worker thread, or on the calling one for a small
 * job.
 * @module
 */
import { at } from '../../base/at.js';
import { chunkAt } from '../../domain/partition/chunks.js';
import { openFiller } from '../choice/open-filler.js';
import { StoppedError, type Filler } from '../fillers/filler.js';
import { ChunkClaims } from './chunk-claims.js';
import { describeFailure, type JobTensor, type ShiftReport, type ShiftTask } from './protocol.js';
import { ShiftStates } from './shift-states.js';

/** Work on one tensor of a job, a piece at a time: filling, changing, comparing or measuring it. */
export interface Work {
  /**
   * Works on elements start to start + elementCount - 1.
   * @param first  the number of elements of the extent before `start`
   */
  run(start: number, elementCount: number, first: number): void;
}

export type OpenWork = (tensor: JobTensor, filler: Filler) => Work;

/** Never throws: a failure stops the job and is reported as data. */
export function runShift(task: ShiftTask, openWork: OpenWork): ShiftReport {
  const claims = new ChunkClaims(task.claims, task.chunks.chunkCount, task.queues);
  const states = new ShiftStates(task.states);
  states.begin(task.shift);
  let fallback: string | undefined;
  try {
    const filler = openFiller(task.kernels, (reason) => (fallback = reason));
    filler.enter({ workspaces: task.workspaces, isStopped: () => claims.isStopped });
    try {
      workOnChunks(task, claims, (tensor) => openWork(tensor, filler));
    } finally {
      filler.leave();
    }
    return { kind: 'ended', fallback };
  } catch (error) {
    if (error instanceof StoppedError) return { kind: 'ended', fallback };
    claims.stop();
    return { kind: 'failed', failure: describeFailure(error) };
  } finally {
    states.end(task.shift);
  }
}

function workOnChunks(
  { chunks, tensors, shift }: ShiftTask,
  claims: ChunkClaims,
  openWork: (tensor: JobTensor) => Work,
): void {
  /** Chunks of one tensor mostly follow one another: its work stays open. */
  let open: { readonly tensor: number; readonly work: Work } | undefined;
  for (let chunk = claims.claim(shift); chunk >= 0; chunk = claims.claim(shift)) {
    const { tensor, start, elementCount } = chunkAt(chunks, chunk);
    if (open?.tensor !== tensor) open = { tensor, work: openWork(at(tensors, tensor)) };
    open.work.run(start, elementCount, start - at(chunks.extents, tensor).offset);
    claims.markDone(chunk);
  }
}
