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
 * their names, can neither publish nor remove anything, and learns that it has lost the lock. The files that it still has open it drew
 * itself, with the same bytes as the new owner's, or nobody names them any more.
 * @module
 */
import { mkdir, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { JumpfillError } from '../../base/errors.js';
import { errorCode, isGone } from '../files/io-errors.js';
import {
  beat,
  HEARTBEAT_MS,
  isHeld,
  lockedError,
  lostError,
  readOwnerFile,
  writeOwnerFile,
  type Locked,
  type OwnerFile,
} from './owner-file.js';
import { byGeneration, makeToken, nameOf, parseName, parseToken, type RunToken } from './run-token.js';
import { DRAFT, OWNER, RUN } from './work-names.js';

/** Checks whether a name in an owner's folder is that of an owner file. */
export const isOwnerName = (name: string): boolean => parseName(name)?.stem === OWNER;

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
   * Another process may take the lock right after this check. For whatever must not happen then, paths lead nowhere.
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

const runPath = (folder: string, token: RunToken): string => join(folder, RUN, token);

const ownerPathOf = (folder: string, token: RunToken): string =>
  join(runPath(folder, token), nameOf(OWNER, token));

/** Checks whether a rename failed because its target exists; Windows has other codes for that. */
function isTaken(cause: unknown, platform = process.platform): boolean {
  const code = errorCode(cause) ?? '';
  const more = platform === 'win32' ? ['EPERM', 'EACCES', 'EBUSY'] : [];
  return ['ENOTEMPTY', 'EEXIST', ...more].includes(code);
}

/** An owner's folder before it has its name: it appears with the owner file in it, or not at all. */
class Draft {
  /** It has become the owner's folder. */
  isUsed = false;

  private constructor(
    readonly folder: string,
    readonly token: RunToken,
    /** In ms, by the file system's clock. */
    readonly madeAt: number,
  ) {}

  static async make(folder: string): Promise<Draft> {
    const token = makeToken();
    const path = join(folder, nameOf(DRAFT, token));
    await mkdir(path, 0o700);
    try {
      await mkdir(join(path, token), 0o700);
      return new Draft(folder, token, await writeOwnerFile(join(path, token, nameOf(OWNER, token))));
    } catch (error) {
      await removeDraft(folder, token);
      throw error;
    }
  }

  /** @returns false if `run` exists and is not empty */
  async becomeRun(): Promise<boolean> {
    try {
      await rename(join(this.folder, nameOf(DRAFT, this.token)), join(this.folder, RUN));
      this.isUsed = true;
      return true;
    } catch (cause) {
      if (isTaken(cause)) return false;
      throw cause;
    }
  }

  async remove(): Promise<void> {
    await removeDraft(this.folder, this.token);
  }
}

const removeDraft = (folder: string, token: RunToken): Promise<void> =>
  removeDraftAt(join(folder, nameOf(DRAFT, token)));

/** The draft may have been renamed: its content still carries the token of the process that made it. */
async function removeDraftAt(path: string): Promise<void> {
  for (const token of await readdir(path).catch(() => [])) {
    const inner = join(path, token);
    for (const name of await readdir(inner).catch(() => [])) {
      if (isOwnerName(name)) await unlink(join(inner, name)).catch(() => undefined);
    }
    await rmdir(inner).catch(() => undefined);
  }
  await rmdir(path).catch(() => undefined);
}

/**
 * Removes the drafts of processes that were killed before they owned anything. A draft whose owner cannot be read may belong to a
 * process that has just started, so each draft is first renamed, which only one process can do. If the draft is gone by then, its process
 * owns the lock; if its process comes too late, that process starts over.
 */
async function removeDrafts(folder: string, now: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const { stem, token } = parseName(name) ?? {};
    if (stem !== DRAFT || token === undefined) continue;
    const file = await readOwnerFile(join(folder, name, token, nameOf(OWNER, token))).catch(() => undefined);
    if (file?.owner !== undefined && isHeld(file, now)) continue;
    await removeAbandoned(folder, token);
  }
}

async function removeAbandoned(folder: string, token: RunToken): Promise<void> {
  const renamed = join(folder, nameOf(DRAFT, makeToken()));
  try {
    await rename(join(folder, nameOf(DRAFT, token)), renamed);
  } catch {
    return;
  }
  await removeDraftAt(renamed);
}

interface LastOwner {
  readonly token: RunToken;
  /** Undefined if the owner has released the lock and left its files. */
  readonly ownerFile: OwnerFile | undefined;
}

/** Undefined if nobody has owned the lock, or nothing was left. */
async function readLastOwner(folder: string): Promise<LastOwner | undefined> {
  const names = await readdir(join(folder, RUN)).catch((cause: unknown) => {
    if (isGone(cause)) return [];
    throw cause;
  });
  const owners = names.flatMap((name) => parseToken(name) ?? []).map((token) => ({ token }));
  const [last] = owners.sort(byGeneration);
  return last && { ...last, ownerFile: await readOwnerFile(ownerPathOf(folder, last.token)) };
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

export interface LastRun {
  /** The last owner's folder. */
  readonly path: string;
  /** Names in it. */
  readonly names: readonly string[];
  /** Undefined if the owner has released the lock. */
  readonly ownerFile: OwnerFile | undefined;
}

/** Reads the last owner's folder without taking the lock; undefined if there is none. */
export async function readLastRun(folder: string): Promise<LastRun | undefined> {
  const last = await readLastOwner(folder).catch(() => undefined);
  if (last === undefined) return undefined;
  const path = runPath(folder, last.token);
  return { path, names: await readdir(path).catch(() => []), ownerFile: last.ownerFile };
}
