/**
 * Progress of a job, read off its done marks: no message, no counter to keep.
 * @module
 */
import { chunkAt, type Plan } from '../domain/plan.js';
import type { ControlWords } from './control.js';

export interface Progress {
  readonly doneElements: number;
  readonly totalElements: number;
}

export type OnProgress = (progress: Progress) => void;

/** How often the marks are read. */
const INTERVAL_MS = 100;

/**
 * Calls `onProgress` whenever more is done than the last time, until stopped. Chunks are claimed in order, so each look
 * passes over what is done for good and reads the few marks between that and the first chunk nobody has finished.
 */
export class ProgressWatch {
  readonly #timer: NodeJS.Timeout;
  #reported = -1;
  /** Chunks before this one are done; they hold `#doneBefore` elements. */
  #cursor = 0;
  #doneBefore = 0;

  /** @param onFailure  called once if `onProgress` throws; it is not called again then */
  constructor(
    readonly plan: Plan,
    readonly control: ControlWords,
    readonly onProgress: OnProgress,
    readonly onFailure: (error: unknown) => void,
  ) {
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
    const { plan, control } = this;
    while (this.#cursor < plan.chunkCount && control.isDone(this.#cursor)) {
      this.#doneBefore += chunkAt(plan, this.#cursor++).elementCount;
    }
    let done = this.#doneBefore;
    for (let chunk = this.#cursor; chunk < control.claimed; chunk++) {
      if (control.isDone(chunk)) done += chunkAt(plan, chunk).elementCount;
    }
    return done;
  }
}
