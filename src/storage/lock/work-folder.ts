/**
 * The folder where a checkpoint grows, beside its output. Only its user may look into it. Its lock (lock.ts) gives each owner a folder of
 * its own within, for the journal and the files under temporary names (work-names.ts); an owner that takes over gets that folder with
 * all its content.
 * @module
 */
import { readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Part } from '../../domain/partition/part.js';
import { JumpfillError, messageOf } from '../../base/errors.js';
import { isFull, isGone, writeError } from '../files/io-errors.js';
import { syncFolder } from '../files/sync-folder.js';
import { FolderLock } from './lock.js';
import { readLastRun } from './last-owner.js';
import { refuseOlderRuns } from './older-versions.js';
import { lostError, type Locked } from './owner-file.js';
import { makePrivateFolder } from './private-folder.js';
import { byGeneration, nameOf, parseName, type OwnedName } from './run-token.js';
import {
  companionStem,
  isCheckpointName,
  isRunStem,
  isShardStem,
  JOURNAL,
  journalsOf,
  nameOutput,
  OLD_CONFIG,
  OLD_INDEX,
  shardStem,
  unnamedStem,
  WHOLE_FILE,
  workFolderOf,
} from './work-names.js';

/** Paths of the journals in a work folder, the newest first, read without taking its lock. */
export async function findJournals(workFolder: string): Promise<string[]> {
  const last = await readLastRun(workFolder);
  return last === undefined ? [] : journalsOf(last.names).map((name) => join(last.path, name));
}

const MAX_ATTEMPTS = 10;

export interface OpenOptions {
  /** Take the folder even from an owner that runs. */
  readonly takeOver: boolean;
  /** Continue existing work; without this, no owner that has work loses the folder. */
  readonly resume: boolean;
}

export class WorkFolder {
  #hasLeftovers: boolean;
  #unnamedCount = 0;

  private constructor(
    readonly locked: Locked,
    readonly lock: FolderLock,
    hasLeftovers: boolean,
  ) {
    this.#hasLeftovers = hasLeftovers;
  }

  /**
   * Makes the folder of an output, or of a part of it, if it does not exist, and takes its lock.
   * @throws {JumpfillError} OUTPUT_LOCKED, OUTPUT_UNFINISHED, OUTPUT_NOT_WRITABLE, NO_SPACE
   */
  static async open(output: string, part: Part | undefined, options: OpenOptions): Promise<WorkFolder> {
    const locked = { name: nameOutput(output, part), folder: workFolderOf(output, part) };
    const { folder } = locked;
    // The process that used the folder may remove it, or a draft in it, at any time: then this one starts over.
    for (let attempt = 0; ; attempt++) {
      try {
        await makePrivateFolder(folder);
        return await WorkFolder.#enter(locked, options);
      } catch (cause) {
        if (!(cause instanceof JumpfillError) && isGone(cause) && attempt < MAX_ATTEMPTS) continue;
        // Fails unless the folder is empty.
        await rmdir(folder).catch(() => undefined);
        throw cause instanceof JumpfillError ? cause : notWritable(locked, cause);
      }
    }
  }

  static async #enter(locked: Locked, { takeOver, resume }: OpenOptions): Promise<WorkFolder> {
    const { folder, name } = locked;
    if (takeOver && !resume) await refuseToEnd(locked);
    const lock = await FolderLock.take(folder, takeOver, name);
    try {
      await refuseOlderRuns(locked, lock.takenAt);
      return new WorkFolder(locked, lock, (await readdir(lock.path)).some(isCheckpointName));
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  get path(): string {
    return this.locked.folder;
  }

  /** An earlier run has left an unfinished checkpoint. */
  get hasLeftovers(): boolean {
    return this.#hasLeftovers;
  }

  #own(stem: string): string {
    return join(this.lock.path, nameOf(stem, this.lock.token));
  }

  get journalPath(): string {
    return this.#own(JOURNAL);
  }

  get wholeFilePath(): string {
    return this.#own(WHOLE_FILE);
  }

  /** @param file  index in the layout */
  shardPath(file: number): string {
    return this.#own(shardStem(file));
  }

  /** @param i  among the companion files that the run writes */
  companionPath(i: number): string {
    return this.#own(companionStem(i));
  }

  /** A path for a file whose name is taken back. */
  nextUnnamedPath(): string {
    return this.#own(unnamedStem(++this.#unnamedCount));
  }

  /** The folders that names in it depend on, the innermost first. */
  get folders(): readonly string[] {
    return [this.lock.path, dirname(this.lock.path), this.path, dirname(this.path)];
  }

  /** Paths of the journals that earlier runs left, the newest first. */
  async listJournals(): Promise<string[]> {
    return journalsOf(await readdir(this.lock.path)).map((name) => join(this.lock.path, name));
  }

  /** Gives the shards that earlier runs left this run's names. */
  async adoptShards(): Promise<void> {
    const names = (await readdir(this.lock.path)).flatMap((name) => parseName(name) ?? []);
    const shards = names.filter(({ stem }) => isShardStem(stem)).sort(byGeneration);
    const seen = new Set<string>();
    // The newest first: it has replaced the older ones.
    for (const { stem, token } of shards) {
      if (seen.has(stem)) continue;
      seen.add(stem);
      if (token !== this.lock.token) {
        await rename(join(this.lock.path, nameOf(stem, token)), this.#own(stem));
      }
    }
  }

  /** Removes what earlier runs left, except for shards that this run has adopted. */
  async removeOld(): Promise<void> {
    await this.#removeFiles(({ token }) => token !== this.lock.token);
    this.#hasLeftovers = (await readdir(this.lock.path)).some(isCheckpointName);
  }

  async #removeFiles(isUnwanted: (name: OwnedName) => boolean): Promise<void> {
    const names = await readdir(this.lock.path).catch(() => []);
    for (const name of names) {
      const owned = parseName(name);
      if (owned === undefined || !isRunStem(owned.stem) || !isUnwanted(owned)) continue;
      await unlink(join(this.lock.path, name)).catch(() => undefined);
    }
  }

  /**
   * Moves an index out of the way, into this run's own folder: if another process owns the lock by then, nothing moves.
   * @throws {JumpfillError} LOCK_LOST, IO_FAILED, NO_SPACE
   */
  async takeAwayIndex(path: string): Promise<void> {
    await this.#takeAway(path, OLD_INDEX);
  }

  /**
   * The same for a config.json.
   * @throws {JumpfillError} LOCK_LOST, IO_FAILED, NO_SPACE
   */
  async takeAwayConfig(path: string): Promise<void> {
    await this.#takeAway(path, OLD_CONFIG);
  }

  async #takeAway(path: string, stem: string): Promise<void> {
    try {
      await rename(path, this.#own(stem));
    } catch (cause) {
      await this.lock.check();
      if (!isGone(cause)) throw writeError(path, cause);
    }
  }

  /** Removes this project's files and, if it is then empty, the folder; durably, so that a power failure does not restore it. */
  async remove(): Promise<void> {
    await this.#removeFiles(() => true);
    await this.leave();
    await syncFolder(dirname(this.path));
  }

  /** Leaves everything for a run that resumes; an empty folder is removed. */
  async leave(): Promise<void> {
    // The owner file goes last: until then no other process may begin.
    await this.lock.release();
    await rmdir(this.path).catch(() => undefined);
  }

  /** @returns LOCK_LOST if this run has lost its lock, which then explains the error; else the error itself */
  async explain(error: unknown): Promise<unknown> {
    if (error instanceof JumpfillError && error.code === 'LOCK_LOST') return error;
    return await this.lock.check().then(
      () => error,
      () => lostError(this.locked, error),
    );
  }
}

/** @throws {JumpfillError} OUTPUT_UNFINISHED: taking over would end work that the caller did not ask to continue */
async function refuseToEnd({ name, folder }: Locked): Promise<void> {
  const last = await readLastRun(folder);
  if (!last?.names.some(isCheckpointName)) return;
  const found = `${name} has a run, unfinished or at work, that a takeover would end (work folder: ${folder}).`;
  throw new JumpfillError('OUTPUT_UNFINISHED', found, 'Pass `resume` as well to continue that run.');
}

function notWritable({ folder }: Locked, cause: unknown): JumpfillError {
  if (isFull(cause)) return writeError(folder, cause);
  const found = `No folder can be created in ${dirname(folder)}: ${messageOf(cause)}.`;
  return new JumpfillError('OUTPUT_NOT_WRITABLE', found, 'Change its permissions, or write elsewhere.', {
    cause,
  });
}
