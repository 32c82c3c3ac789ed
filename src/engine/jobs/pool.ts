/**
 * The threads that run shifts. No other file names piscina.
 * @module
 */
import type * as piscinaModule from 'piscina';
import { nodeModule, url } from '../host/builtins.js';
import { findOwnFile } from '../host/own-files.js';
import type { ShiftReport, ShiftTask } from './protocol.js';

export interface PoolOptions {
  /** The most that are started. */
  readonly threads: number;
  /** The module whose default export runs a ShiftTask. @defaultValue workers/fill.cjs */
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

/**
 * A thread is a piscina of one, which starts it at once. A single piscina could not grow: above its minimum it may leave a task waiting
 * for a thread that it never starts.
 */
interface Thread {
  readonly piscina: Piscina;
  /** What it was given and has not answered. */
  running: Promise<ShiftReport> | undefined;
}

interface WaitingTask {
  readonly task: ShiftTask;
  readonly resolve: (report: Promise<ShiftReport>) => void;
}

const isFree = ({ running }: Thread): boolean => running === undefined;

/** Starts threads when tasks need them. They never keep the process alive: only a running task does. */
export class ThreadPool {
  readonly #options: PoolOptions;
  #code: PoolCode | undefined;
  #threads: Thread[] = [];
  /** While every thread is busy, in the order of the calls. */
  readonly #waiting: WaitingTask[] = [];

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** The number of threads that were started. */
  get size(): number {
    return this.#threads.length;
  }

  /**
   * Finds the worker's module; start() and run() call this too.
   * @throws {JumpfillError} MISSING_FILES
   */
  load(): void {
    this.#load();
  }

  /**
   * Starts threads for so many tasks, unless enough are free or all are started. Where the system allows no more threads, it leaves it
   * at those that there are: run() tries again, and reports it.
   * @throws {JumpfillError} MISSING_FILES
   */
  start(tasks: number): void {
    this.#load();
    let missing = tasks - this.#threads.filter(isFree).length;
    try {
      while (missing > 0 && this.#startThread() !== undefined) missing--;
    } catch {
      return;
    }
  }

  /** Rejects when the thread dies, its module cannot be loaded, or no thread can be started and there is none to wait for. */
  async run(task: ShiftTask): Promise<ShiftReport> {
    const thread = this.#threads.find(isFree) ?? this.#tryToStartThread();
    if (thread !== undefined) return await this.#runOn(thread, task);
    return await new Promise((resolve) => this.#waiting.push({ task, resolve }));
  }

  /**
   * Ends the threads, those of aborted jobs once they have answered: Node 20 ends the process if a thread is ended while it requires
   * a module. (piscina's close() would give up on a task after 30 s.)
   */
  async destroy(): Promise<void> {
    while (!this.#threads.every(isFree)) {
      await Promise.allSettled(this.#threads.flatMap(({ running }) => running ?? []));
    }
    const threads = this.#threads;
    this.#threads = [];
    await Promise.all(threads.map(({ piscina }) => piscina.destroy()));
  }

  #load(): PoolCode {
    return (this.#code ??= {
      workerPath: url().fileURLToPath(this.#options.workerUrl ?? findOwnFile('workers/fill.cjs')),
      Piscina: (nodeModule().createRequire(import.meta.url)('piscina') as typeof piscinaModule).Piscina,
    });
  }

  /** Undefined if all threads are started. */
  #startThread(): Thread | undefined {
    if (this.#threads.length === this.#options.threads) return undefined;
    const piscina = startPiscina(this.#load().Piscina, this.#options);
    const thread: Thread = { piscina, running: undefined };
    whenGone(piscina, () => {
      this.#drop(thread);
    });
    this.#threads.push(thread);
    return thread;
  }

  /** Undefined if there are threads to wait for, and the system allows no more. Without any, tasks that wait fail, too. */
  #tryToStartThread(): Thread | undefined {
    try {
      return this.#startThread();
    } catch (error) {
      if (this.#threads.length > 0) return undefined;
      this.#runNext();
      throw error;
    }
  }

  #runNext(): void {
    const next = this.#waiting.shift();
    next?.resolve(this.run(next.task));
  }

  /** The next task starts another. */
  #drop(thread: Thread): void {
    if (!this.#threads.includes(thread)) return;
    this.#threads = this.#threads.filter((other) => other !== thread);
    void thread.piscina.destroy();
  }

  async #runOn(thread: Thread, task: ShiftTask): Promise<ShiftReport> {
    // The file goes with each task: a module that throws would block the queue if it were given to the constructor.
    const running = thread.piscina.run(task, { filename: this.#load().workerPath }) as Promise<ShiftReport>;
    thread.running = running;
    try {
      return await running;
    } finally {
      thread.running = undefined;
      this.#runNext();
    }
  }
}

/** One thread. */
function startPiscina(Pool: PoolCode['Piscina'], { resourceLimits }: PoolOptions): Piscina {
  return new Pool({
    minThreads: 1,
    maxThreads: 1,
    maxQueue: Infinity,
    recordTiming: false,
    ...(resourceLimits && { resourceLimits }),
  });
}

/**
 * Reports a thread that died. piscina would replace it from within an event, where nobody can catch that the system allows no other, and
 * would leave the next task waiting for one that fails before it is ready. With a minimum of no threads it replaces none.
 */
function whenGone(piscina: Piscina, onGone: () => void): void {
  // Of a thread without a task: it has nothing to lose.
  piscina.on('error', () => undefined);
  piscina.on('workerDestroy', () => {
    piscina.options.minThreads = 0;
    queueMicrotask(onGone);
  });
}
