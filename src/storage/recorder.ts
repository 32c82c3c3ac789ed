/**
 * Keeps the journal of a run that is under way: from time to time it syncs the files and then records what was done before.
 * @module
 */
import { dirname } from 'node:path';
import type { ControlWords } from '../engine/control.js';
import type { GrowingFile } from './growing-files.js';
import { attemptWrite } from './io-errors.js';
import { formatRanges, type Journal } from './journal.js';
import { syncFolder } from './output-place.js';

export class Recorder {
  /**
   * Aborted, with the error as its reason, when a file cannot be synced: pages that could not be written may be dropped, and a
   * second sync would not say so. Nothing is recorded from then on.
   */
  readonly failed = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #isStopped = false;
  /** How many chunks of each file were done when it was last synced. */
  readonly #synced: number[];
  #recorded: string;
  #areFoldersSynced = false;

  /** @param folder  of the files and the journal */
  constructor(
    readonly journal: Journal,
    readonly control: ControlWords,
    readonly files: readonly GrowingFile[],
    readonly intervalMs: number,
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
    // What fails here is in `failed`.
    await this.record().catch(() => undefined);
    if (!this.#isStopped && !this.failed.signal.aborted) this.start();
  }

  /** Resolves when nothing is being synced. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#working;
  }

  /**
   * Records what is done by now.
   * @throws {InitError} IO_FAILED, NO_SPACE; also what failed before
   */
  async record(): Promise<void> {
    const done = formatRanges(this.control);
    // Read before the syncs: chunks that are done meanwhile are left for the next time.
    const counts = this.files.map((file) => countDone(file, this.control));
    await this.#attempt(this.folder, async () => {
      if (done === this.#recorded) return;
      for (const [i, file] of this.files.entries()) {
        if (counts[i] === this.#synced[i]) continue;
        await attemptWrite(file.finalPath, async () => file.handle?.datasync());
        this.#synced[i] = counts[i] ?? 0;
      }
      await this.#syncFolders();
      await attemptWrite('the journal', () => this.journal.record(done));
      this.#recorded = done;
    });
  }

  /**
   * Makes every file durable, sizes and times included.
   * @throws {InitError} IO_FAILED, NO_SPACE; also what failed before
   */
  async syncAll(): Promise<void> {
    await this.#attempt(this.folder, async () => {
      const sync = async ({ finalPath, handle }: GrowingFile): Promise<void> => {
        await attemptWrite(finalPath, async () => handle?.sync());
      };
      await Promise.all(this.files.map(sync));
    });
  }

  /** The names of the files, and that of the folder, once. */
  async #syncFolders(): Promise<void> {
    if (this.#areFoldersSynced) return;
    await syncFolder(this.folder);
    await syncFolder(dirname(this.folder));
    this.#areFoldersSynced = true;
  }

  async #attempt(path: string, action: () => Promise<void>): Promise<void> {
    this.failed.signal.throwIfAborted();
    try {
      await attemptWrite(path, action);
    } catch (error) {
      this.failed.abort(error);
      throw error;
    }
  }
}

function countDone({ firstChunk, endChunk }: GrowingFile, control: ControlWords): number {
  let count = 0;
  for (let chunk = firstChunk; chunk < endChunk; chunk++) if (control.isDone(chunk)) count++;
  return count;
}
