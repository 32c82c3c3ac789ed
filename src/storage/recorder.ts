/**
 * Keeps the journal of a run that is under way: from time to time it syncs the files and then records what was done before.
 * @module
 */
import type { ControlWords } from '../engine/control.js';
import type { GrowingFile } from './growing-files.js';
import { attemptWrite } from './io-errors.js';
import { formatRanges, type Journal } from './journal.js';
import { syncFolder } from './output-place.js';

export class Recorder {
  /** Aborted, with the error as its reason, when a file cannot be synced: what the journal would say might not be true. */
  readonly failed = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #isStopped = false;
  /** How many chunks of each file were done when it was last synced. */
  readonly #synced: number[];
  #recorded: string;
  #isFolderSynced = false;

  constructor(
    readonly journal: Journal,
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
      this.#working = this.#recordAndGoOn();
    }, this.intervalMs);
    // The fill keeps the process alive as long as there is something to record.
    this.#timer.unref();
  }

  async #recordAndGoOn(): Promise<void> {
    try {
      await this.record();
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
    const done = formatRanges(this.control);
    if (done === this.#recorded) return;
    // Read before the syncs: chunks that are done meanwhile are left for the next time.
    const counts = this.files.map((file) => countDone(file, this.control));
    for (const [i, file] of this.files.entries()) {
      if (counts[i] === this.#synced[i]) continue;
      await attemptWrite(file.finalPath, async () => file.handle?.datasync());
      this.#synced[i] = counts[i] ?? 0;
    }
    // The names of the files themselves, once.
    if (!this.#isFolderSynced) await syncFolder(this.folder);
    this.#isFolderSynced = true;
    await attemptWrite('the journal', () => this.journal.record(done));
    this.#recorded = done;
  }
}

function countDone({ firstChunk, endChunk }: GrowingFile, control: ControlWords): number {
  let count = 0;
  for (let chunk = firstChunk; chunk < endChunk; chunk++) if (control.isDone(chunk)) count++;
  return count;
}
