/**
 * Runs jobs: one shift a thread, again over what is left when a thread died, until every chunk is marked done.
 * @module
 */
import { CHUNK_ELEMENTS } from '../../domain/partition/chunks.js';
import { show } from '../../base/wording.js';
import { JumpfillError, ValueError } from '../../base/errors.js';
import { watchAbort } from './abort.js';
import { ControlWords } from './control.js';
import type { KernelCode } from '../choice/open-filler.js';
import { OPERATION_PARTS, partsOf, type Part } from '../simd/self-check.js';
import { chooseKernels, warnOfFallback, type KernelChoice } from '../choice/kernel-choice.js';
import { ThreadPool, type PoolOptions } from './pool.js';
import { ProgressWatch, type OnProgress } from './progress.js';
import { rebuildError, type Job, type JobTensor, type ShiftReport } from './protocol.js';
import { runShift, type OpenWork } from './shift.js';

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** @throws {ValueError} BAD_OPTION */
export function checkRunOptions(
  { signal, onProgress }: { signal?: unknown; onProgress?: unknown },
  where: string,
): void {
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new ValueError('BAD_OPTION', `${where}: signal is ${show(signal)}.`, 'Pass an AbortSignal.');
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw new ValueError('BAD_OPTION', `${where}: onProgress is ${show(onProgress)}.`, 'Pass a function.');
  }
}

function partsOfTensor(tensor: JobTensor): readonly Part[] {
  switch (tensor.kind) {
    case 'operate':
      return OPERATION_PARTS;
    case 'measure':
      return [];
    default:
      return partsOf(tensor.draw);
  }
}

/** How one shift came out: what it reported, or why its thread died. */
type Outcome = ShiftReport | { readonly kind: 'died'; readonly cause: unknown };

/**
 * A chunk is one thread's work in any case, and the calling thread need not wake another for it: 60 us (uniform) to 190 us
 * (truncated normal) against 230 to 300 us. On two cores more would pay, but the caller's event loop waits (`npm run bench -- sizes`);
 * the specification holds it for up to 7 ms.
 */
const CALLING_THREAD_ELEMENTS = CHUNK_ELEMENTS;

/** So many rounds in a row without one new chunk done, and the job is given up. */
const MAX_BARREN_ROUNDS = 2;

export class Coordinator {
  readonly #pool: ThreadPool;
  readonly #threads: number;
  readonly #kernels: KernelChoice;
  /** Opens work on the calling thread, as the worker module does on its own. */
  readonly #openWork: OpenWork;

  constructor(options: PoolOptions, kernels: KernelChoice, openWork: OpenWork) {
    this.#pool = new ThreadPool(options);
    this.#threads = options.threads;
    this.#kernels = kernels;
    this.#openWork = openWork;
  }

  get isPoolStarted(): boolean {
    return this.#pool.isStarted;
  }

  /** Control words of a job, for a caller that marks what is done already or reads what gets done. */
  prepare({ plan, lanes }: Pick<Job, 'plan' | 'lanes'>): ControlWords {
    return ControlWords.create(plan.chunkCount, Math.max(1, Math.min(this.#threads, plan.chunkCount)), lanes);
  }

  /**
   * Resolves when every element is in place.
   * @param control  of `prepare(job)`; chunks marked there are left as they are
   * @throws the signal's reason when aborted: at the latest when each thread has finished the chunk it is at
   * @throws {JumpfillError} what a shift reported; MISSING_FILES; or WORKER_FAILED when threads die without getting anything done
   */
  async run(job: Job, { signal, onProgress }: RunOptions = {}, control = this.prepare(job)): Promise<void> {
    signal?.throwIfAborted();
    if (job.plan.elementCount <= CALLING_THREAD_ELEMENTS) this.#runHere(job, control, onProgress);
    else await this.#runOnThreads(job, control, signal, onProgress);
  }

  async destroy(): Promise<void> {
    await this.#pool.destroy();
  }

  #chooseKernels({ tensors }: Job): KernelCode {
    return chooseKernels(this.#kernels, new Set(tensors.flatMap(partsOfTensor)));
  }

  /** Filled before threads would have been told, and had answered. */
  #runHere(job: Job, control: ControlWords, onProgress: OnProgress | undefined): void {
    const kernels = this.#chooseKernels(job);
    const report = runShift({ ...job, kernels, control: control.buffer, shift: 0 }, this.#openWork);
    if (report.kind === 'failed') throw rebuildError(report.failure);
    if (report.fallback !== undefined) warnOfFallback(kernels.name, report.fallback);
    const { elementCount } = job.plan;
    onProgress?.({ doneElements: elementCount, totalElements: elementCount });
  }

  async #runOnThreads(
    job: Job,
    control: ControlWords,
    signal: AbortSignal | undefined,
    onProgress: OnProgress | undefined,
  ): Promise<void> {
    const shifts = Math.min(this.#threads, job.plan.chunkCount);
    this.#pool.load();
    // Threads need longer to start than the kernels to be checked; but none may start while V8's flags are changed.
    if (!this.#kernels.revectorize) this.#pool.start();
    const kernels = this.#chooseKernels(job);
    const round = new Round(this.#pool, job, kernels, control, shifts);
    const watcher: { error?: unknown; watch?: ProgressWatch } = {};
    if (onProgress) {
      watcher.watch = new ProgressWatch(job.plan, control, onProgress, (error) => {
        watcher.error = error;
        round.stop();
      });
    }
    const unwatch =
      signal &&
      watchAbort(signal, () => {
        round.stop();
      });
    const throwIfStopped = (): void => {
      signal?.throwIfAborted();
      if ('error' in watcher) throw watcher.error;
    };
    try {
      await runRounds(round, control, throwIfStopped);
      watcher.watch?.finish();
      throwIfStopped();
    } finally {
      watcher.watch?.stop();
      unwatch?.();
    }
  }
}

/** Rounds until all is done. A round is barren when it ended with as many chunks left as it began with. */
async function runRounds(round: Round, control: ControlWords, throwIfStopped: () => void): Promise<void> {
  let left = control.countLeft();
  let barren = 0;
  while (left > 0) {
    const outcomes = await round.run();
    throwIfStopped();
    for (const outcome of outcomes) if (outcome.kind === 'failed') throw rebuildError(outcome.failure);
    const slow = outcomes.find((outcome) => outcome.kind === 'ended' && outcome.fallback !== undefined);
    if (slow?.kind === 'ended') warnOfFallback(round.kernels.name, slow.fallback);
    const leftNow = control.countLeft();
    barren = leftNow < left ? 0 : barren + 1;
    if (leftNow > 0 && round.job.once === true) throw interrupt(outcomes, leftNow, control.chunkCount);
    if (barren === MAX_BARREN_ROUNDS) throw giveUp(outcomes, leftNow, control.chunkCount);
    left = leftNow;
  }
}

function interrupt(outcomes: readonly Outcome[], left: number, chunks: number): JumpfillError {
  const died = outcomes.find((outcome) => outcome.kind === 'died');
  const found = `A worker thread ended while it changed a tensor (${left} of ${chunks} chunks left).`;
  const remedy = 'What it was at may be half changed: make the tensor again.';
  return new JumpfillError('WORKER_FAILED', found, remedy, { cause: died?.cause });
}

function giveUp(outcomes: readonly Outcome[], left: number, chunks: number): JumpfillError {
  const died = outcomes.find((outcome) => outcome.kind === 'died');
  const reason = died?.cause instanceof Error ? died.cause.message : show(died?.cause);
  const found = `Worker threads ended ${MAX_BARREN_ROUNDS} times in a row without filling a chunk (${left} of ${chunks} left): ${reason}.`;
  const remedy = 'Look at the cause; if it is memory, use fewer threads.';
  return new JumpfillError('WORKER_FAILED', found, remedy, { cause: died?.cause });
}

/** One shift a thread, over the chunks that are not done. */
class Round {
  #wake: () => void = () => undefined;
  /** Somebody outside wants no more of it. (A shift that fails also stops the job, but its report is waited for.) */
  #stopRequested = false;

  constructor(
    readonly pool: ThreadPool,
    readonly job: Job,
    readonly kernels: KernelCode,
    readonly control: ControlWords,
    readonly shifts: number,
  ) {}

  /** Resolves when no shift runs and none will write any more: all have ended, or were stopped before they began. */
  async run(): Promise<readonly Outcome[]> {
    const { control } = this;
    const outcomes: Outcome[] = [];
    control.rewind();
    await new Promise<void>((resolve) => {
      this.#wake = () => {
        const allEnded = outcomes.length === this.shifts;
        if (allEnded || (this.#stopRequested && !control.isAnyShiftRunning)) resolve();
      };
      for (let shift = 0; shift < this.shifts; shift++) {
        control.resetShift(shift);
        void this.#runShift(shift).then((outcome) => {
          outcomes.push(outcome);
          this.#wake();
        });
      }
    });
    return outcomes;
  }

  stop(): void {
    this.#stopRequested = true;
    this.control.stop();
    this.#wake();
  }

  async #runShift(shift: number): Promise<Outcome> {
    try {
      const { job, kernels, control } = this;
      return await this.pool.run({ ...job, kernels, control: control.buffer, shift });
    } catch (cause) {
      this.control.endShift(shift);
      return { kind: 'died', cause };
    }
  }
}
