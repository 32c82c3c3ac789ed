/**
 * The only file that names piscina: threads that run shifts.
 * @module
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type * as piscinaModule from 'piscina';
import { findOwnFile } from '../host/own-files.js';
import type { ShiftReport, ShiftTask } from './protocol.js';

export interface PoolOptions {
  readonly threads: number;
  /** The module whose default export runs a ShiftTask. @defaultValue workers/fill.js */
  readonly workerUrl?: URL;
  /** Limits of a worker's heap. Node's own by default. */
  readonly resourceLimits?: { readonly maxOldGenerationSizeMb?: number };
}

type Piscina = piscinaModule.Piscina;

/** What the first task loads: until then nothing of it costs time, or has to be where this code is. */
interface Loaded {
  readonly Piscina: typeof piscinaModule.Piscina;
  readonly workerPath: string;
}

/** Started by the first task. Its threads never keep the process alive: only a running task does. */
export class ThreadPool {
  #loaded: Loaded | undefined;
  #piscina: Piscina | undefined;
  readonly #options: PoolOptions;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get isStarted(): boolean {
    return this.#piscina !== undefined;
  }

  /**
   * Finds the worker's module; start() and run() do so too.
   * @throws {JumpfillError} MISSING_FILES
   */
  load(): Loaded {
    return (this.#loaded ??= {
      workerPath: fileURLToPath(this.#options.workerUrl ?? findOwnFile('workers/fill.js')),
      Piscina: (createRequire(import.meta.url)('piscina') as typeof piscinaModule).Piscina,
    });
  }

  /** Sets the threads going, if they are not; run() does so too. */
  start(): Piscina {
    return (this.#piscina ??= startPiscina(this.load().Piscina, this.#options));
  }

  /** Rejects when the thread dies or its module cannot be loaded. */
  async run(task: ShiftTask): Promise<ShiftReport> {
    const piscina = this.start();
    // The file goes with each task: given to the constructor, one that throws would hang the queue.
    return (await piscina.run(task, { filename: this.load().workerPath })) as ShiftReport;
  }

  /** Ends the threads. Call it when no task runs: piscina's close() would give up on one after 30 s. */
  async destroy(): Promise<void> {
    const piscina = this.#piscina;
    this.#piscina = undefined;
    await piscina?.destroy();
  }
}

function startPiscina(Pool: Loaded['Piscina'], { threads, resourceLimits }: PoolOptions): Piscina {
  const piscina = new Pool({
    // As many at the least as at the most: with fewer, piscina may leave a task waiting for a thread it never starts.
    minThreads: threads,
    maxThreads: threads,
    maxQueue: Infinity,
    recordTiming: false,
    ...(resourceLimits && { resourceLimits }),
  });
  // A thread that dies without a task has nothing to lose, and piscina has already replaced it.
  piscina.on('error', () => undefined);
  return piscina;
}
