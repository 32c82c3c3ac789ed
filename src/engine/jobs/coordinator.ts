/**
 * Runs jobs: small ones on the calling thread, others on the pool until every chunk is marked done.
 * @module
 */
import { cutStretches } from '../../domain/partition/chunks.js';
import { followsSequence } from '../../domain/draws/draw.js';
import { show } from '../../base/wording.js';
import { ValueError } from '../../base/errors.js';
import type { Draw } from '../../domain/draws/draw.js';
import { Workspaces } from '../simd/matrix-workspaces.js';
import { ChunkClaims } from './chunk-claims.js';
import type { KernelCode } from '../choice/open-filler.js';
import { OPERATION_FAMILIES, familiesOf, familiesOfComparison, type KernelFamily } from '../simd/check.js';
import { chooseKernels, warnOfFallback, type KernelChoice } from '../choice/kernel-choice.js';
import { ThreadPool, type PoolOptions } from './pool.js';
import { ProgressWatch, type OnProgress } from './progress.js';
import { Interruption } from './interruption.js';
import { rebuildError, type Job, type JobTensor } from './protocol.js';
import { Round, runRounds } from './rounds.js';
import { ShiftStates } from './shift-states.js';
import { runAlone, runShift, type OpenWork } from './shift.js';
import { CallerBudget, isSmall } from './small-jobs.js';

export interface CoordinatorOptions extends PoolOptions {
  /** While no thread is started, the calling thread does what takes it less time than a start (small-jobs.ts). @defaultValue false */
  readonly sparesThreads?: boolean;
}

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

function familiesOfTensor(tensor: JobTensor): readonly KernelFamily[] {
  switch (tensor.kind) {
    case 'operate':
      return OPERATION_FAMILIES;
    case 'measure':
    case 'copy':
    case 'compare-files':
      return [];
    case 'compare':
      return familiesOfComparison(tensor.draw);
    default:
      return familiesOf(tensor.draw);
  }
}

const takesSequence = (tensor: JobTensor): boolean => 'draw' in tensor && followsSequence(tensor.draw);

const drawsOf = (tensors: readonly JobTensor[]): readonly Draw[] =>
  tensors.flatMap((tensor) => ('draw' in tensor ? [tensor.draw] : []));

export class Coordinator {
  readonly #pool: ThreadPool;
  readonly #threads: number;
  readonly #kernels: KernelChoice;
  /** Opens work on the calling thread, as the worker module does on its own. */
  readonly #openWork: OpenWork;
  readonly #budget: CallerBudget | undefined;

  constructor(options: CoordinatorOptions, kernels: KernelChoice, openWork: OpenWork) {
    this.#pool = new ThreadPool(options);
    this.#threads = options.threads;
    this.#kernels = kernels;
    this.#openWork = openWork;
    this.#budget = options.sparesThreads === true ? new CallerBudget() : undefined;
  }

  /** The number of threads that were started. */
  get startedThreads(): number {
    return this.#pool.size;
  }

  /** The claims of a job, for a caller that marks chunks as done beforehand or watches them getting done. */
  prepare({ chunks, queues }: Pick<Job, 'chunks' | 'queues'>): ChunkClaims {
    return ChunkClaims.create(chunks.chunkCount, queues);
  }

  /**
   * Resolves when every element is in place.
   * @param claims  from `prepare(job)`; chunks that are marked done are left as they are
   * @throws the signal's reason once aborted, when each thread has finished the chunk it is at; what `onProgress` throws
   * @throws {JumpfillError} what a shift reported; MISSING_FILES; or WORKER_FAILED when threads keep dying without progress
   */
  async run(given: Job, options: RunOptions = {}, prepared?: ChunkClaims): Promise<void> {
    if (prepared === undefined && this.runIfSmall(given, options)) return;
    options.signal?.throwIfAborted();
    const job = given.queues === undefined && given.tensors.some(takesSequence) ? this.#cut(given) : given;
    const claims = prepared ?? this.prepare(job);
    if (isSmall(job)) this.#runHere(job, claims, options.onProgress);
    else await this.#runOnThreads(job, claims, options);
  }

  /**
   * Runs a job that the calling thread ends sooner than others would, before it returns.
   * @returns false for a large job, which run() does
   * @throws as run
   */
  runIfSmall(job: Job, { signal, onProgress }: RunOptions): boolean {
    signal?.throwIfAborted();
    if (!isSmall(job) && !this.#sparesThreadsFor(job)) return false;
    const kernels = this.#chooseKernels(job);
    const fallback = runAlone(job, kernels, this.#openWork);
    if (fallback !== undefined) warnOfFallback(kernels.name, fallback);
    const { elementCount } = job.chunks;
    onProgress?.({ doneElements: elementCount, totalElements: elementCount });
    return true;
  }

  /** Memory for what threads share of these draws' matrices; undefined if there is nothing. */
  makeWorkspaces(draws: readonly Draw[]): SharedArrayBuffer | undefined {
    return Workspaces.create(draws, this.#threads);
  }

  async destroy(): Promise<void> {
    await this.#pool.destroy();
  }

  #chooseKernels({ tensors }: Job): KernelCode {
    return chooseKernels(this.#kernels, new Set(tensors.flatMap(familiesOfTensor)));
  }

  #sparesThreadsFor(job: Job): boolean {
    if (this.#budget === undefined || this.#pool.size > 0) return false;
    return this.#budget.spend(job, () => this.#chooseKernels(job));
  }

  /** Draws of one sequence give each thread a stretch of it: a thread goes on from word to word, and jumps once. */
  #cut(job: Job): Job {
    const { chunkCount } = job.chunks;
    return { ...job, queues: cutStretches(chunkCount, this.#countShifts(chunkCount)) };
  }

  #countShifts(chunks: number): number {
    return Math.max(1, Math.min(this.#threads, chunks));
  }

  #runHere(job: Job, claims: ChunkClaims, onProgress: OnProgress | undefined): void {
    const kernels = this.#chooseKernels(job);
    const states = ShiftStates.create(1).buffer;
    const task = { ...job, kernels, claims: claims.buffer, states, shift: 0 };
    const report = runShift(task, this.#openWork);
    if (report.kind === 'failed') throw rebuildError(report.failure);
    if (report.fallback !== undefined) warnOfFallback(kernels.name, report.fallback);
    const { elementCount } = job.chunks;
    onProgress?.({ doneElements: elementCount, totalElements: elementCount });
  }

  async #runOnThreads(job: Job, claims: ChunkClaims, { signal, onProgress }: RunOptions): Promise<void> {
    const left = claims.countLeft();
    const kernels = this.#startThreads(job, left);
    const workspaces = job.workspaces ?? this.makeWorkspaces(drawsOf(job.tensors));
    const round = new Round(this.#pool, { ...job, workspaces }, kernels, claims, this.#countShifts(left));
    const interruption = new Interruption(() => {
      round.stop();
    });
    const unwatch = signal && interruption.watch(signal);
    const progress = onProgress && new ProgressWatch(job.chunks, claims, onProgress, interruption);
    try {
      await runRounds(round, claims, interruption);
      progress?.finish();
      interruption.throwIfRaised();
    } finally {
      progress?.stop();
      unwatch?.();
    }
  }

  /**
   * As many as there are chunks to do. They take longer to start than kernels to be checked, but none may start while V8's flags are
   * changed.
   */
  #startThreads(job: Job, chunksLeft: number): KernelCode {
    this.#pool.load();
    if (!this.#kernels.revectorize) this.#pool.start(Math.min(this.#threads, chunksLeft));
    return this.#chooseKernels(job);
  }
}
