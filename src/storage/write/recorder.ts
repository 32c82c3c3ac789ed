/**
 * Keeps the disk and the journal of a run up with its threads: keeps syncing what they have written, and from
 * time to time records the work that was done before a sync.
 * @module
 */
import type { ChunkClaims } from '../../engine/jobs/chunk-claims.js';
import { at } from '../../base/at.js';
import { attemptWrite } from '../files/io-errors.js';
import { syncFolders } from '../files/sync-folder.js';
import { formatRanges, type Journal } from './journal.js';
import { countDone, type GrowingFile } from './work-files.js';

/**
 * Between two syncs, in ms. A disk takes longer than that for what was written meanwhile, so it is never idle, and little is left to sync
 * at the end: GPT-2's 498 MB take 12 to 38 % less time than with one sync at the end (ext4, two threads).
 */
const PAUSE_MS = 5;

/**
 * On a Mac a sync empties the drive's own cache (F_FULLFSYNC) and makes every other program wait, so files are synced there only when
 * something is recorded, and at the end.
 */
export const pauseFor = (platform: NodeJS.Platform, intervalMs: number): number =>
  platform === 'darwin' ? Math.max(PAUSE_MS, intervalMs) : PAUSE_MS;

export class Recorder {
  /**
   * Aborted, with the error as its reason, when a sync fails. The system may drop pages that it could not write, and a second sync would
   * then succeed, so nothing is recorded from then on.
   */
  readonly failed = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #isStopped = false;
  /** The number of chunks of each file that were done at its last sync. */
  readonly #synced: number[];
  #recorded: string;
  #recordedAt = performance.now();
  #areFoldersSynced = false;

  /** @param folders  those that the names of the files and the journal depend on, the innermost first */
  constructor(
    readonly journal: Pick<Journal, 'record'>,
    readonly claims: ChunkClaims,
    readonly files: readonly GrowingFile[],
    readonly intervalMs: number,
    readonly folders: readonly string[],
  ) {
    this.#synced = files.map((file) => countDone(file, claims));
    this.#recorded = formatRanges(claims);
  }

  /** The journal records something as done. */
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
    // While there is something to sync, the fill keeps the process alive.
    this.#timer.unref();
  }

  async #syncAndGoOn(): Promise<void> {
    const isDue = performance.now() - this.#recordedAt >= this.intervalMs;
    // `failed` carries the error.
    await (isDue ? this.record() : this.#attempt(() => this.#syncData())).catch(() => undefined);
    if (!this.#isStopped && !this.failed.signal.aborted) this.start();
  }

  /** Resolves once no sync is in progress. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#working;
  }

  /**
   * Records what is done by now.
   * @throws {JumpfillError} IO_FAILED, NO_SPACE; also the error of an earlier failure
   */
  async record(): Promise<void> {
    this.#recordedAt = performance.now();
    await this.#attempt(async () => {
      // Read before the syncs: chunks that are finished meanwhile wait for the next record.
      const done = formatRanges(this.claims);
      if (done === this.#recorded) return;
      await this.#syncData();
      await this.#syncFoldersOnce();
      await attemptWrite('the journal', () => this.journal.record(done));
      this.#recorded = done;
    });
  }

  /**
   * Makes every file durable, sizes and times included.
   * @throws {JumpfillError} IO_FAILED, NO_SPACE; also the error of an earlier failure
   */
  async syncAll(): Promise<void> {
    const sync = async ({ finalPath, handle }: GrowingFile): Promise<void> => {
      await attemptWrite(finalPath, () => handle.sync());
    };
    await this.#attempt(() => Promise.all(this.files.map(sync)));
  }

  /** One file at a time: of two syncs at once, the system reports a failure to only one. */
  async #syncData(): Promise<void> {
    const counts = this.files.map((file) => countDone(file, this.claims));
    for (const [i, file] of this.files.entries()) {
      const count = at(counts, i);
      if (count === this.#synced[i]) continue;
      await attemptWrite(file.finalPath, () => file.handle.datasync());
      this.#synced[i] = count;
    }
  }

  /** Makes the names of the files, and of their folders, durable. */
  async #syncFoldersOnce(): Promise<void> {
    if (this.#areFoldersSynced) return;
    await syncFolders(this.folders);
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
