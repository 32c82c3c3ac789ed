/**
 * The jobs of one engine: they run on its threads, and close() waits for them.
 * @module
 */
import { JumpfillError } from '../base/errors.js';
import type { KernelSet } from '../engine/choice/open-filler.js';
import { chooseKernels, type KernelChoice } from '../engine/choice/kernel-choice.js';
import { Coordinator, type CoordinatorOptions, type RunOptions } from '../engine/jobs/coordinator.js';
import type { Job } from '../engine/jobs/protocol.js';
import { openMemoryWork } from '../engine/jobs/memory-work.js';
import type { OpenWork } from '../engine/jobs/shift.js';

export class EngineJobs {
  readonly #coordinator: Coordinator;
  /** Opens work on the calling thread: work in memory only, until a call needs files. */
  #openWork: OpenWork = openMemoryWork;
  readonly #kernelChoice: KernelChoice;
  readonly #running = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(pool: CoordinatorOptions, kernelChoice: KernelChoice) {
    this.#kernelChoice = kernelChoice;
    this.#coordinator = new Coordinator(pool, kernelChoice, (tensor, filler) =>
      this.#openWork(tensor, filler),
    );
  }

  get areThreadsStarted(): boolean {
    return this.#coordinator.startedThreads > 0;
  }

  get kernels(): KernelSet {
    return chooseKernels(this.#kernelChoice).name;
  }

  /** @throws {JumpfillError} ENGINE_CLOSED */
  checkOpen(): void {
    if (this.#closing === undefined) return;
    throw new JumpfillError(
      'ENGINE_CLOSED',
      'The engine is closed.',
      'Make a new Engine; close one only after the last fill.',
    );
  }

  /** Runs a job on memory; close() waits for it. A small one has ended when this returns. */
  async run(job: Job, options: RunOptions): Promise<void> {
    if (this.#coordinator.runIfSmall(job, options)) return;
    await this.track(this.#coordinator.run(job, options));
  }

  /** The coordinator, once it can work on files too. */
  async prepareFiles(): Promise<Coordinator> {
    this.#openWork = (await import('../storage/open-work.js')).openWork;
    return this.#coordinator;
  }

  /** Passes a promise through; close() waits for it. */
  async track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }

  async close(): Promise<void> {
    this.#closing ??= (async () => {
      await Promise.allSettled(this.#running);
      await this.#coordinator.destroy();
    })();
    await this.#closing;
  }
}
