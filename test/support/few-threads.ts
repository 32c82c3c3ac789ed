/** A system that allows few threads: as where a limit on processes is reached. */
import workerThreads from 'node:worker_threads';

const { Worker } = workerThreads;

/** What Node says then. */
export const REFUSAL = 'Worker initialization failure: EAGAIN';

/** So many more threads start in this process; allowAllThreads() ends it. */
export function allowThreads(count: number): void {
  let left = count;
  workerThreads.Worker = class extends Worker {
    constructor(...given: ConstructorParameters<typeof Worker>) {
      if (left-- <= 0) throw new Error(REFUSAL);
      super(...given);
    }
  };
}

export function allowAllThreads(): void {
  workerThreads.Worker = Worker;
}
