/**
 * A shift: one thread claims chunks and works on them until none is left. Runs on a worker thread, or on the calling one for a small
 * job.
 * @module
 */
import { at } from '../../base/at.js';
import { chunkAt } from '../../domain/partition/chunks.js';
import { openFiller, type KernelCode } from '../choice/open-filler.js';
import { StoppedError, type Filler } from '../fillers/filler.js';
import { ChunkClaims } from './chunk-claims.js';
import {
  describeFailure,
  rebuildError,
  type Job,
  type JobTensor,
  type ShiftReport,
  type ShiftTask,
} from './protocol.js';
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

/**
 * A whole job on the calling thread, which nobody shares and nobody stops: it needs no claims and no states.
 * @returns the reason why the specification filled, if it did and this thread had not said so before
 * @throws {JumpfillError} as a shift reports it
 */
export function runAlone(job: Job, kernels: KernelCode, openWork: OpenWork): string | undefined {
  let fallback: string | undefined;
  try {
    const filler = openFiller(kernels, (reason) => (fallback = reason));
    filler.enter({ workspaces: job.workspaces, isStopped: () => false });
    try {
      const work = new ChunkWork(job, (tensor) => openWork(tensor, filler));
      for (let chunk = 0; chunk < job.chunks.chunkCount; chunk++) work.run(chunk);
    } finally {
      filler.leave();
    }
    return fallback;
  } catch (error) {
    throw rebuildError(describeFailure(error));
  }
}

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
      const work = new ChunkWork(task, (tensor) => openWork(tensor, filler));
      for (let chunk = claims.claim(task.shift); chunk >= 0; chunk = claims.claim(task.shift)) {
        work.run(chunk);
        claims.markDone(chunk);
      }
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

/** The work of a job, a chunk at a time. */
class ChunkWork {
  /** Chunks of one tensor mostly follow one another: its work stays open. */
  #open: { readonly tensor: number; readonly work: Work } | undefined;

  constructor(
    readonly job: Job,
    readonly openWork: (tensor: JobTensor) => Work,
  ) {}

  run(chunk: number): void {
    const { chunks, tensors } = this.job;
    const { tensor, start, elementCount } = chunkAt(chunks, chunk);
    if (this.#open?.tensor !== tensor) this.#open = { tensor, work: this.openWork(at(tensors, tensor)) };
    this.#open.work.run(start, elementCount, start - at(chunks.extents, tensor).offset);
  }
}
