/**
 * Progress of a job, read off its done marks: no message, no counter to keep.
 * @module
 */
import { chunkAt, type Plan } from '../../domain/partition/chunks.js';
import type { ControlWords } from './control.js';

export interface Progress {
  readonly doneElements: number;
  readonly totalElements: number;
}

export type OnProgress = (progress: Progress) => void;

/** How often the marks are read. */
const INTERVAL_MS = 100;

/**
 * Calls `onProgress` whenever more is done than the last time, until stopped. A lane's chunks are claimed in order, so each look
 * passes over what is done for good and reads the few marks between that and the first chunk nobody has claimed.
 */
export class ProgressWatch {
  readonly #timer: NodeJS.Timeout;
  #reported = -1;
  /** For each lane: its chunks before this one are done. Together they hold `#doneBefore` elements. */
  readonly #cursors: number[];
  #doneBefore = 0;

  /** @param onFailure  called once if `onProgress` throws; it is not called again then */
  constructor(
    readonly plan: Plan,
    readonly control: ControlWords,
    readonly onProgress: OnProgress,
    readonly onFailure: (error: unknown) => void,
  ) {
    this.#cursors = [...control.lanes];
    this.#timer = setInterval(() => {
      this.#report(this.#countDone());
    }, INTERVAL_MS);
  }

  /** The last report, of the whole. */
  finish(): void {
    this.stop();
    this.#report(this.plan.elementCount);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #report(doneElements: number): void {
    if (doneElements <= this.#reported) return;
    this.#reported = doneElements;
    try {
      this.onProgress({ doneElements, totalElements: this.plan.elementCount });
    } catch (error) {
      this.stop();
      this.onFailure(error);
    }
  }

  #countDone(): number {
    const { control } = this;
    let begun = 0;
    for (const [lane, from] of this.#cursors.entries()) {
      let cursor = from;
      for (const end = control.endOfLane(lane); cursor < end && control.isDone(cursor); cursor++) {
        this.#doneBefore += this.#countElements(cursor);
      }
      this.#cursors[lane] = cursor;
      for (let chunk = cursor; chunk < control.claimedIn(lane); chunk++) {
        if (control.isDone(chunk)) begun += this.#countElements(chunk);
      }
    }
    return this.#doneBefore + begun;
  }

  #countElements(chunk: number): number {
    return chunkAt(this.plan, chunk).elementCount;
  }
}
