/**
 * One run of writing a checkpoint: opened, prepared, filling, finished. DESIGN.md has the invariants of each state.
 * @module
 */
import { dirname } from 'node:path';
import { JumpfillError } from '../../base/errors.js';
import type { ChunkClaims } from '../../engine/jobs/chunk-claims.js';
import type { Coordinator, RunOptions } from '../../engine/jobs/coordinator.js';
import type { Job } from '../../engine/jobs/protocol.js';
import type { WorkFolder } from '../lock/work-folder.js';
import { commit } from './commit.js';
import { withFate } from './earlier-run.js';
import { prepareRun } from './prepare-run.js';
import type { Recorder } from './recorder.js';
import type { PreparedRun, RunState, RunTarget, WriteOptions } from './run-state.js';
import { closeFiles } from './work-files.js';

export class CheckpointRun {
  #state: RunState = { kind: 'opened' };

  constructor(
    readonly work: WorkFolder,
    readonly options: WriteOptions,
  ) {}

  #runIn(kind: 'prepared' | 'filling'): PreparedRun {
    if (this.#state.kind === kind) return this.#state.run;
    throw new Error(`the run is ${this.#state.kind} where it should be ${kind}`);
  }

  /** Does everything that precedes the first element, including all refusals. */
  async prepare(
    target: RunTarget,
    claims: ChunkClaims,
    signal: AbortSignal | undefined,
  ): Promise<PreparedRun> {
    const run = await prepareRun(this.work, target, claims, this.options, signal);
    this.#state = { kind: 'prepared', run };
    return run;
  }

  async fill(coordinator: Coordinator, job: Job, claims: ChunkClaims, options: RunOptions): Promise<void> {
    const run = this.#runIn('prepared');
    const { recorder } = run;
    this.#state = { kind: 'filling', run };
    recorder.start();
    const signals = [options.signal, recorder.failed.signal, this.work.lock.lost].filter(
      (signal) => signal !== undefined,
    );
    await coordinator.run(job, { ...options, signal: AbortSignal.any(signals) }, claims);
    await recorder.stop();
    recorder.failed.signal.throwIfAborted();
  }

  async finish(signal: AbortSignal | undefined): Promise<void> {
    await commit(this.work, this.#runIn('filling'), dirname(this.options.path), this.options, signal);
    this.#state = { kind: 'finished' };
  }

  /**
   * Ends a run that has failed: closes its files, and keeps or removes what is done.
   * @returns the error to throw, which says what becomes of the work
   */
  async giveUp(error: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    const isKept = await this.#stop();
    const isAbort = signal?.aborted === true && error === signal.reason;
    const explained = isAbort ? error : await this.work.explain(error);
    if (isKept) await this.work.leave();
    else await this.work.remove();
    if (isAbort || !(explained instanceof JumpfillError) || explained.code === 'LOCK_LOST') return explained;
    // An opened run has done nothing yet.
    if (this.#state.kind === 'opened') return explained;
    return withFate(explained, isKept ? this.work.path : undefined);
  }

  /** @returns whether the work folder contains work to keep */
  async #stop(): Promise<boolean> {
    switch (this.#state.kind) {
      case 'opened':
        return this.work.hasLeftovers;
      case 'prepared':
      case 'filling': {
        const { recorder, journal, files, sources } = this.#state.run;
        await recorder.stop();
        // What was copied of a source that changed would be refused when the run is resumed.
        await sources.checkUnchanged().catch(() => undefined);
        const isKept = (await this.#recordLast(recorder)) && !sources.haveChanged;
        await journal.close().catch(() => undefined);
        await closeFiles(files);
        await sources.close();
        return isKept;
      }
      case 'finished':
        return false;
    }
  }

  /** Recorded work is kept, with what was done since; with `resume`, all finished work is kept, recorded or not. */
  async #recordLast(recorder: Recorder): Promise<boolean> {
    if (!recorder.hasRecorded && !this.options.resume) return false;
    // The disk itself may fail: then the last record holds.
    await recorder.record().catch(() => undefined);
    return recorder.hasRecorded;
  }
}
