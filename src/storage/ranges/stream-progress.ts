/**
 * Progress of streams, as jobs report theirs: about ten times a second, however small the pieces are that readers get.
 * @module
 */
import type { OnProgress } from '../../engine/jobs/progress.js';

const INTERVAL_MS = 100;

/** Counts the elements of all streams of some files together. */
export class StreamProgress {
  readonly #onProgress: OnProgress;
  readonly #totalElements: number;
  #doneElements = 0;
  #reportedElements = -1;
  #reportedMs = -Infinity;

  constructor(onProgress: OnProgress, totalElements: number) {
    this.#onProgress = onProgress;
    this.#totalElements = totalElements;
  }

  /** Reports if there is something new, and the last report is old enough or everything is done. */
  add(elementCount: number): void {
    this.#doneElements += elementCount;
    const isDue = performance.now() - this.#reportedMs >= INTERVAL_MS;
    if (isDue || this.#doneElements === this.#totalElements) this.flush();
  }

  /** Reports what is new: a stream has ended, and its reader may ask for no other. */
  flush(): void {
    if (this.#doneElements === this.#reportedElements) return;
    this.#reportedElements = this.#doneElements;
    this.#reportedMs = performance.now();
    this.#onProgress({ doneElements: this.#doneElements, totalElements: this.#totalElements });
  }
}
