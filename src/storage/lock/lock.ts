/**
 * A lock on a folder that survives crashes, and whose owner may sleep for any length of time.
 *
 * The owner works in `run/TOKEN`, under names that carry its token (run-token.ts), beside a file that says which process it is
 * (owner-file.ts). The owner changes in one of two ways, each a single rename that only one process can win:
 *
 * - the folder is free: `draft-TOKEN/TOKEN`, which already contains the owner file, becomes `run/TOKEN`. A rename over a folder that is
 *   not empty fails;
 * - its owner is gone: `run/OLD`, which already contains the new owner file, becomes `run/NEW`.
 *
 * After the second, every path of the old owner leads nowhere. It need not be dead: if it only slept, it finds none of its files under
 * their names, can neither publish nor remove anything, and learns that it has lost the lock. It drew the files that it still has open
 * itself: they get the same bytes as the new owner's, or no longer have a name.
 * @module
 */
import { readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { JumpfillError } from '../../base/errors.js';
import { isGone } from '../files/io-errors.js';
import { Draft, isTaken, removeDrafts } from './draft.js';
import { ownerPathOf, readLastOwner, runPath } from './last-owner.js';
import {
  beat,
  HEARTBEAT_MS,
  isHeld,
  lockedError,
  lostError,
  readOwnerFile,
  writeOwnerFile,
  type Locked,
} from './owner-file.js';
import { makeToken, nameOf, type RunToken } from './run-token.js';
import { isOwnerName, OWNER, RUN } from './work-names.js';

/** Other processes may come and go between two attempts, but each of them runs then, and the next attempt sees it. */
const MAX_ATTEMPTS = 10;

export class FolderLock {
  readonly #heartbeat: NodeJS.Timeout;
  readonly #lost = new AbortController();

  private constructor(
    readonly locked: Locked,
    readonly token: RunToken,
    /** In ms, by the file system's clock. */
    readonly takenAt: number,
  ) {
    this.#heartbeat = setInterval(() => void this.#beat(), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  /** The folder that the owner works in. */
  get path(): string {
    return runPath(this.locked.folder, this.token);
  }

  get ownerPath(): string {
    return ownerPathOf(this.locked.folder, this.token);
  }

  /** Aborted with a LOCK_LOST when another process is seen to own the lock. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /**
   * @param takeOver  take it from its owner, even from one that runs
   * @param name      what messages call the locked object
   * @throws {JumpfillError} OUTPUT_LOCKED: the owner runs, or cannot be seen from here and gave a sign of life a moment ago
   * @throws the system's error: the folder does not exist (ENOENT) or is not writable, or the disk is full
   */
  static async take(folder: string, takeOver = false, name = folder): Promise<FolderLock> {
    const locked = { folder, name };
    const draft = await Draft.make(folder);
    try {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        if (await draft.becomeRun()) return new FolderLock(locked, draft.token, draft.madeAt);
        const last = await readLastOwner(folder);
        if (last === undefined) {
          // Some systems rename over no folder at all, not even over an empty one.
          await rmdir(join(folder, RUN)).catch(() => undefined);
          continue;
        }
        const { ownerFile, token } = last;
        if (!takeOver && ownerFile && isHeld(ownerFile, draft.madeAt)) {
          throw lockedError(locked, ownerFile, draft.madeAt);
        }
        const next = makeToken(token);
        if (await takeOverRun(locked, token, next)) return new FolderLock(locked, next, draft.madeAt);
      }
    } finally {
      if (!draft.isUsed) await draft.remove();
    }
    throw new JumpfillError(
      'OUTPUT_LOCKED',
      `Several processes compete for ${name} (work folder: ${folder}).`,
      'Start only one of them.',
      { retryAfterMs: HEARTBEAT_MS },
    );
  }

  async #beat(): Promise<void> {
    if (!(await beat(this.ownerPath))) this.#lose();
  }

  #lose(): JumpfillError {
    clearInterval(this.#heartbeat);
    const error = lostError(this.locked);
    this.#lost.abort(error);
    return error;
  }

  /**
   * Another process may take the lock right after this check. That is safe, since all paths of this run then lead nowhere.
   * @throws {JumpfillError} LOCK_LOST
   */
  async check(): Promise<void> {
    // A disk that fails does not show who owns the lock.
    const isThere = await readOwnerFile(this.ownerPath).then(
      (file) => file !== undefined,
      () => true,
    );
    if (!isThere) throw this.#lose();
  }

  /** Gives the lock back, and removes its folder if nothing else is in it. */
  async release(): Promise<void> {
    clearInterval(this.#heartbeat);
    // Read the file system's clock again: other processes may have started and ended while we owned the lock.
    const now = (await beat(this.ownerPath))
      ? (await readOwnerFile(this.ownerPath).catch(() => undefined))?.touchedAt
      : undefined;
    if (now !== undefined) await removeDrafts(this.locked.folder, now);
    await unlink(this.ownerPath).catch(() => undefined);
    await rmdir(this.path).catch(() => undefined);
    await rmdir(join(this.locked.folder, RUN)).catch(() => undefined);
  }
}

/** @returns false if another process was faster, or the old owner has ended meanwhile */
async function takeOverRun(locked: Locked, old: RunToken, next: RunToken): Promise<boolean> {
  const { folder } = locked;
  const announced = join(runPath(folder, old), nameOf(OWNER, next));
  try {
    await writeOwnerFile(announced);
    await rename(runPath(folder, old), runPath(folder, next));
  } catch (cause) {
    await unlink(announced).catch(() => undefined);
    if (isGone(cause)) return false;
    throw explainTakeover(locked, cause, process.platform);
  }
  await removeOtherOwners(folder, next);
  return true;
}

/**
 * Windows does not rename a folder in which a process has files open.
 * @param platform  Node's name of the system
 */
export function explainTakeover(
  { name, folder }: Locked,
  cause: unknown,
  platform: NodeJS.Platform,
): unknown {
  if (!isTaken(cause, platform)) return cause;
  const found = `${name} cannot be taken over while its owner has files open (work folder: ${folder}).`;
  return new JumpfillError('OUTPUT_LOCKED', found, 'Wait for that process, or end it.', {
    cause,
    retryAfterMs: HEARTBEAT_MS,
  });
}

/** Removes the owner files of the old owner and of processes that lost the race to take over. */
async function removeOtherOwners(folder: string, token: RunToken): Promise<void> {
  const path = runPath(folder, token);
  const names = await readdir(path).catch(() => []);
  const others = names.filter((name) => isOwnerName(name) && name !== nameOf(OWNER, token));
  for (const name of others) await unlink(join(path, name)).catch(() => undefined);
}
