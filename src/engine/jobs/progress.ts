/**
 * Progress of a job, read off its done marks: no message, no counter to keep.
 * @module
 */
import { chunkAt, type Chunks } from '../../domain/partition/chunks.js';
import type { ChunkClaims } from './chunk-claims.js';
import type { Interruption } from './interruption.js';

export interface Progress {
  readonly doneElements: number;
  readonly totalElements: number;
}

export type OnProgress = (progress: Progress) => void;

/** The progress of one job within a series of jobs: `before` elements of the series are done already. */
export const progressOfSeries =
  (onProgress: OnProgress, before: number, totalElements: number): OnProgress =>
  ({ doneElements }) => {
    onProgress({ doneElements: before + doneElements, totalElements });
  };

/** The interval at which the marks are read. */
const INTERVAL_MS = 100;

/**
 * Calls `onProgress` whenever more elements are done than at the last call, until stopped. The chunks of a queue are claimed in
 * order, so only the few marks between the chunks that are all done and the first unclaimed one are read each time.
 */
export class ProgressWatch {
  readonly #timer: NodeJS.Timeout;
  #reported = -1;
  /** All chunks of the queue before this one are done. `#doneBefore` counts their elements, of all queues. */
  readonly #cursors: number[];
  #doneBefore = 0;

  /** @param interruption  raised with what `onProgress` throws, which is then not called again */
  constructor(
    readonly chunks: Chunks,
    readonly claims: ChunkClaims,
    readonly onProgress: OnProgress,
    readonly interruption: Pick<Interruption, 'raise'>,
  ) {
    this.#cursors = [...claims.queues];
    this.#timer = setInterval(() => {
      this.#report(this.#countDone());
    }, INTERVAL_MS);
  }

  /** Reports the total, for the last time. */
  finish(): void {
    this.stop();
    this.#report(this.chunks.elementCount);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #report(doneElements: number): void {
    if (doneElements <= this.#reported) return;
    this.#reported = doneElements;
    try {
      this.onProgress({ doneElements, totalElements: this.chunks.elementCount });
    } catch (error) {
      this.stop();
      this.interruption.raise(error);
    }
  }

  #countDone(): number {
    const { claims } = this;
    let begun = 0;
    for (const [queue, from] of this.#cursors.entries()) {
      let cursor = from;
      for (const end = claims.endOfQueue(queue); cursor < end && claims.isDone(cursor); cursor++) {
        this.#doneBefore += this.#countElements(cursor);
      }
      this.#cursors[queue] = cursor;
      for (let chunk = cursor; chunk < claims.claimedIn(queue); chunk++) {
        if (claims.isDone(chunk)) begun += this.#countElements(chunk);
      }
    }
    return this.#doneBefore + begun;
  }

  #countElements(chunk: number): number {
    return chunkAt(this.chunks, chunk).elementCount;
  }
}
