/**
 * The threads that run shifts. No other file names piscina.
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
  /** Limits of a worker's heap, by default Node's. */
  readonly resourceLimits?: { readonly maxOldGenerationSizeMb?: number };
}

type Piscina = piscinaModule.Piscina;

/** Loaded when first needed: until then it costs no time, and its files may be missing. */
interface PoolCode {
  readonly Piscina: typeof piscinaModule.Piscina;
  readonly workerPath: string;
}

type State =
  | { readonly kind: 'unloaded' }
  | { readonly kind: 'loaded'; readonly code: PoolCode }
  | { readonly kind: 'started'; readonly code: PoolCode; readonly piscina: Piscina };

/** Its threads never keep the process alive: only a running task does. */
export class ThreadPool {
  #state: State = { kind: 'unloaded' };
  readonly #options: PoolOptions;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get isStarted(): boolean {
    return this.#state.kind === 'started';
  }

  /**
   * Finds the worker's module; start() and run() call this too.
   * @throws {JumpfillError} MISSING_FILES
   */
  load(): void {
    this.#load();
  }

  /** Starts the threads unless they run; run() calls this too. */
  start(): void {
    this.#start();
  }

  #load(): PoolCode {
    if (this.#state.kind !== 'unloaded') return this.#state.code;
    const code = {
      workerPath: fileURLToPath(this.#options.workerUrl ?? findOwnFile('workers/fill.js')),
      Piscina: (createRequire(import.meta.url)('piscina') as typeof piscinaModule).Piscina,
    };
    this.#state = { kind: 'loaded', code };
    return code;
  }

  #start(): Piscina {
    const code = this.#load();
    if (this.#state.kind === 'started') return this.#state.piscina;
    const piscina = startPiscina(code.Piscina, this.#options);
    this.#state = { kind: 'started', code, piscina };
    return piscina;
  }

  /** Rejects when the thread dies or its module cannot be loaded. */
  async run(task: ShiftTask): Promise<ShiftReport> {
    const piscina = this.#start();
    // The file goes with each task: a module that throws would block the queue if it were given to the constructor.
    return (await piscina.run(task, { filename: this.#load().workerPath })) as ShiftReport;
  }

  /** Ends the threads. Call it when no task runs: piscina's close() would give up on one after 30 s. */
  async destroy(): Promise<void> {
    if (this.#state.kind !== 'started') return;
    const { code, piscina } = this.#state;
    this.#state = { kind: 'loaded', code };
    await piscina.destroy();
  }
}

function startPiscina(Pool: PoolCode['Piscina'], { threads, resourceLimits }: PoolOptions): Piscina {
  const piscina = new Pool({
    // With a lower minimum, piscina may leave a task waiting for a thread that it never starts.
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
