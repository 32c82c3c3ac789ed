/**
 * Threads of the bench's own: they start before any timing, get ready, and are let go together. Fills, kernels and peers all run on
 * them, so that no contestant starts more cheaply than another.
 * @module
 */
import { Worker } from 'node:worker_threads';
import type { CrewReply, CrewTask, Work } from './crew-protocol.js';
import { CrewControl } from './crew-protocol.js';

const WORKER_URL = new URL('./crew-worker.js', import.meta.url);

export class Crew {
  private constructor(readonly workers: readonly Worker[]) {}

  static async start(threads: number): Promise<Crew> {
    const workers = Array.from({ length: threads }, () => new Worker(WORKER_URL));
    await Promise.all(workers.map(nextReply));
    return new Crew(workers);
  }

  /**
   * Runs work on the first `threads` threads.
   * @returns milliseconds from the moment the threads, all ready, are let go until the last has ended
   */
  async run(work: Work, threads = this.workers.length): Promise<number> {
    const crew = this.workers.slice(0, threads);
    const control = CrewControl.create(threads);
    const ready = crew.map(nextReply);
    crew.forEach((worker, thread) => {
      const task: CrewTask = { work, thread, control: control.buffer };
      worker.postMessage(task);
    });
    await Promise.all(ready);
    const done = crew.map(nextReply);
    const startedAt = process.hrtime.bigint();
    control.letGo();
    await Promise.all(done);
    return Number(control.lastEnd() - startedAt) / 1e6;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}

/** Rejects with what the thread reports, or with what ended it. */
async function nextReply(worker: Worker): Promise<void> {
  if (worker.threadId < 0) throw new Error('A thread of the bench has ended');
  await new Promise<void>((resolve, reject) => {
    const settle = (then: () => void): void => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
      then();
    };
    const onMessage = (reply: CrewReply): void => {
      settle(
        reply.kind === 'failed'
          ? () => {
              reject(new Error(reply.message));
            }
          : resolve,
      );
    };
    const onError = (error: Error): void => {
      settle(() => {
        reject(error);
      });
    };
    const onExit = (): void => {
      settle(() => {
        reject(new Error('A thread of the bench ended before it had answered'));
      });
    };
    worker.on('exit', onExit);
    worker.on('message', onMessage);
    worker.on('error', onError);
  });
}
