/**
 * Keeps the disk and the journal of a run up with its threads: what they have written is synced again and again while they go on, and
 * from time to time what was done before a sync is recorded.
 * @module
 */
import type { ChunkClaims } from '../../engine/jobs/chunk-claims.js';
import type { GrowingFile } from './work-files.js';
import { attemptWrite } from '../files/io-errors.js';
import { formatRanges, type Journal } from './journal.js';
import { syncFolder } from '../files/sync-folder.js';

/**
 * Between two syncs, in ms. A disk takes longer than that for what was written meanwhile, so it is never idle, and at the end there is little
 * left to wait for: GPT-2's 498 MB take 12 to 38 % less time than with a sync at the end only (ext4, two threads).
 */
const PAUSE_MS = 5;

/**
 * On a Mac a sync empties the drive's own cache (F_FULLFSYNC) and makes every other program wait: there files are synced as often as is
 * recorded, and at the end.
 */
export const pauseFor = (platform: NodeJS.Platform, intervalMs: number): number =>
  platform === 'darwin' ? Math.max(PAUSE_MS, intervalMs) : PAUSE_MS;

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
  #recordedAt = performance.now();
  #areFoldersSynced = false;

  /** @param folders  that the names of the files and the journal depend on, the innermost first */
  constructor(
    readonly journal: Pick<Journal, 'record'>,
    readonly control: ChunkClaims,
    readonly files: readonly GrowingFile[],
    readonly intervalMs: number,
    readonly folders: readonly string[],
  ) {
    this.#synced = files.map((file) => countDone(file, control));
    this.#recorded = formatRanges(control);
  }

  /** Whether the journal, by now, says that anything is done. */
  get hasRecorded(): boolean {
    return this.#recorded !== '';
  }

  start(): void {
    this.#timer = setTimeout(
      () => {
        this.#working = this.#syncAndGoOn();
      },
      pauseFor(process.platform, this.intervalMs),
    );
    // The fill keeps the process alive as long as there is something to sync.
    this.#timer.unref();
  }

  async #syncAndGoOn(): Promise<void> {
    const isDue = performance.now() - this.#recordedAt >= this.intervalMs;
    // What fails here is in `failed`.
    await (isDue ? this.record() : this.#attempt(() => this.#syncData())).catch(() => undefined);
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
   * @throws {JumpfillError} IO_FAILED, NO_SPACE; also what failed before
   */
  async record(): Promise<void> {
    this.#recordedAt = performance.now();
    await this.#attempt(async () => {
      // Read before the syncs: chunks that are done meanwhile are left for the next time.
      const done = formatRanges(this.control);
      if (done === this.#recorded) return;
      await this.#syncData();
      await this.#syncFolders();
      await attemptWrite('the journal', () => this.journal.record(done));
      this.#recorded = done;
    });
  }

  /**
   * Makes every file durable, sizes and times included.
   * @throws {JumpfillError} IO_FAILED, NO_SPACE; also what failed before
   */
  async syncAll(): Promise<void> {
    const sync = async ({ finalPath, handle }: GrowingFile): Promise<void> => {
      await attemptWrite(finalPath, async () => handle?.sync());
    };
    await this.#attempt(() => Promise.all(this.files.map(sync)));
  }

  /** One at a time: of a failure the system tells only one of two that ask at once. */
  async #syncData(): Promise<void> {
    const counts = this.files.map((file) => countDone(file, this.control));
    for (const [i, file] of this.files.entries()) {
      if (counts[i] === this.#synced[i]) continue;
      await attemptWrite(file.finalPath, async () => file.handle?.datasync());
      this.#synced[i] = counts[i] ?? 0;
    }
  }

  /** The names of the files, and those of their folders, once. */
  async #syncFolders(): Promise<void> {
    if (this.#areFoldersSynced) return;
    for (const folder of this.folders) await syncFolder(folder);
    this.#areFoldersSynced = true;
  }

  async #attempt(action: () => Promise<unknown>): Promise<void> {
    this.failed.signal.throwIfAborted();
    try {
      await action();
    } catch (error) {
      this.failed.abort(error);
      throw error;
    }
  }
}

function countDone({ firstChunk, endChunk }: GrowingFile, control: ChunkClaims): number {
  let count = 0;
  for (let chunk = firstChunk; chunk < endChunk; chunk++) if (control.isDone(chunk)) count++;
  return count;
}
