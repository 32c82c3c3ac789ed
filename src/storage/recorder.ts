/**
 * Keeps the disk and the journal of a run up with its threads: what they have written is synced again and again while they go on, and
 * from time to time what was done before a sync is recorded.
 * @module
 */
import type { ControlWords } from '../engine/control.js';
import type { GrowingFile } from './growing-files.js';
import { attemptWrite } from './io-errors.js';
import { formatRanges, type Journal } from './journal.js';
import { syncFolder } from './output-place.js';

/**
 * Between two syncs. A disk takes longer than that for what was written meanwhile, so it is never idle, and at the end there is little
 * left to wait for: GPT-2's 498 MB take 12 to 38 % less time than with a sync at the end only (ext4, two threads).
 */
const PAUSE_MS = 5;

export class Recorder {
  /** Aborted, with the error as its reason, when a file cannot be synced: what the journal would say might not be true. */
  readonly failed = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #isStopped = false;
  /** How many chunks of each file were done when it was last synced. */
  readonly #synced: number[];
  #recorded: string;
  #recordedAt = performance.now();
  #isFolderSynced = false;

  constructor(
    readonly journal: Pick<Journal, 'record'>,
    readonly control: ControlWords,
    readonly files: readonly GrowingFile[],
    readonly intervalMs: number,
    /** Of the files and the journal. */
    readonly folder: string,
  ) {
    this.#synced = files.map((file) => countDone(file, control));
    this.#recorded = formatRanges(control);
  }

  /** Whether the journal, by now, says that anything is done. */
  get hasRecorded(): boolean {
    return this.#recorded !== '';
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#working = this.#syncAndGoOn();
    }, PAUSE_MS);
    // The fill keeps the process alive as long as there is something to sync.
    this.#timer.unref();
  }

  async #syncAndGoOn(): Promise<void> {
    try {
      if (performance.now() - this.#recordedAt < this.intervalMs) await this.#sync();
      else await this.record();
      if (!this.#isStopped) this.start();
    } catch (error) {
      this.failed.abort(error);
    }
  }

  /** Resolves when nothing is being synced. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#working;
  }

  /**
   * Records what is done by now.
   * @throws {InitError} IO_FAILED, NO_SPACE
   */
  async record(): Promise<void> {
    this.#recordedAt = performance.now();
    // Read before the syncs: chunks that are done meanwhile are left for the next time.
    const done = formatRanges(this.control);
    if (done === this.#recorded) return;
    await this.#sync();
    // The names of the files themselves, once.
    if (!this.#isFolderSynced) await syncFolder(this.folder);
    this.#isFolderSynced = true;
    await attemptWrite('the journal', () => this.journal.record(done));
    this.#recorded = done;
  }

  /** One at a time: of a failure the system tells only one of two that ask at once. */
  async #sync(): Promise<void> {
    const counts = this.files.map((file) => countDone(file, this.control));
    for (const [i, file] of this.files.entries()) {
      if (counts[i] === this.#synced[i]) continue;
      await attemptWrite(file.finalPath, async () => file.handle?.datasync());
      this.#synced[i] = counts[i] ?? 0;
    }
  }
}

function countDone({ firstChunk, endChunk }: GrowingFile, control: ControlWords): number {
  let count = 0;
  for (let chunk = firstChunk; chunk < endChunk; chunk++) if (control.isDone(chunk)) count++;
  return count;
}
