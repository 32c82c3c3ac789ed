/**
 * Runs that stop at a chosen call that changes files, in this process, while others continue, as if their process slept there.
 * The asynchronous context of a call says which run it belongs to; writes of threads are not stopped.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

export interface Pause {
  /** The number of a call among those that change files, from 1. */
  readonly call: number;
  readonly when: 'before' | 'after';
}

type Anything = (...parameters: unknown[]) => unknown;

const context = new AsyncLocalStorage<PausableRun>();

const CALLS = ['mkdir', 'open', 'link', 'rename', 'unlink', 'rmdir', 'chmod', 'readdir', 'lstat'] as const;
const HANDLE_CALLS = ['truncate', 'sync', 'datasync', 'write', 'writeFile', 'appendFile'] as const;

/** One run, which stops once. */
export class PausableRun {
  calls = 0;
  readonly log: string[] = [];
  isPaused = false;
  readonly paused: Promise<void>;
  #reportPaused: () => void = () => undefined;
  readonly #released: Promise<void>;
  #release: () => void = () => undefined;

  /**
   * @param pause    where it stops; undefined: nowhere
   * @param examine  called before each call with its name, and what it is called with
   */
  constructor(
    readonly pause: Pause | undefined,
    readonly examine: (name: string, parameters: readonly unknown[]) => void = () => undefined,
  ) {
    this.paused = new Promise((resolve) => (this.#reportPaused = resolve));
    this.#released = new Promise((resolve) => (this.#release = resolve));
  }

  /** All that the action does, or starts, belongs to this run. */
  async run<T>(action: () => Promise<T>): Promise<T> {
    return await context.run(this, action);
  }

  release(): void {
    this.#release();
  }

  async at(name: string, parameters: readonly unknown[], action: () => unknown): Promise<unknown> {
    this.calls++;
    this.log.push(name);
    this.examine(name, parameters);
    const isDue = this.calls === this.pause?.call;
    if (isDue && this.pause.when === 'before') await this.#wait();
    try {
      return await action();
    } finally {
      if (isDue && this.pause.when === 'after') await this.#wait();
    }
  }

  async #wait(): Promise<void> {
    this.isPaused = true;
    this.#reportPaused();
    await this.#released;
  }
}

function watch(target: Record<string, Anything>, name: string): () => void {
  const original = target[name];
  if (original === undefined) throw new Error(`there is no ${name}`);
  target[name] = function (this: unknown, ...parameters: unknown[]) {
    const run = context.getStore();
    const act = (): unknown => original.apply(this, parameters);
    return run === undefined ? act() : run.at(name, parameters, act);
  };
  return () => {
    target[name] = original;
  };
}

/** Makes runs stoppable from here on. @returns a function that ends that */
export async function watchFiles(): Promise<() => void> {
  const handle = await fs.promises.open('package.json');
  const prototype = Object.getPrototypeOf(handle) as Record<string, Anything>;
  await handle.close();
  const calls = fs.promises as unknown as Record<string, Anything>;
  const restores = [
    ...CALLS.map((name) => watch(calls, name)),
    ...HANDLE_CALLS.map((name) => watch(prototype, name)),
  ];
  syncBuiltinESMExports();
  return () => {
    for (const restore of restores) restore();
    syncBuiltinESMExports();
  };
}
