/**
 * A lock on a folder that survives crashes, and whose holder may sleep for as long as it likes.
 *
 * Whoever holds the folder works in `run/TOKEN` there, under names that carry its token (run-token.ts), beside a file that says which process
 * it is (owner-file.ts). Two steps change the holder, each a single rename that only one process can win:
 *
 * - nobody holds it: `draft-TOKEN/TOKEN`, made with its owner's file in it, becomes `run/TOKEN`; a rename over a folder that is not empty fails;
 * - its holder is gone: `run/OLD` becomes `run/NEW`, with the new owner's file in it already.
 *
 * After the second every path of the old holder leads nowhere. It need not be dead: should it only have slept, it finds none of its files
 * under their names, can neither publish nor remove anything, and learns that it has lost the lock. What it has open are files that it has
 * drawn itself, with the same bytes as the new holder's, or files that nobody names any more.
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
  readOwner,
  writeOwner,
  type Owner,
} from './owner-file.js';
import { byGeneration, makeToken, nameOf, parseName, parseToken, type RunToken } from './run-token.js';

const RUN = 'run';
const DRAFT = 'draft';
const OWNER = 'owner';

/** Whether a name in a holder's folder is an owner's file. */
export const isOwnerName = (name: string): boolean => parseName(name)?.stem === OWNER;

/** Others may come and go meanwhile, but each of them then runs, and is met at the next look. */
const MAX_ATTEMPTS = 10;

export class FolderLock {
  readonly #heartbeat: NodeJS.Timeout;
  readonly #lost = new AbortController();

  private constructor(
    readonly folder: string,
    readonly token: RunToken,
    /** By the file system's clock, in ms. */
    readonly takenAt: number,
  ) {
    this.#heartbeat = setInterval(() => void this.#beat(), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  /** Where the holder works. */
  get path(): string {
    return runPath(this.folder, this.token);
  }

  get ownerPath(): string {
    return ownerPathOf(this.folder, this.token);
  }

  /** Aborted, with a LOCK_LOST, when somebody else is seen to hold it. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /**
   * @param takeOver  from whoever holds it, whether or not it still runs
   * @throws {JumpfillError} OUTPUT_LOCKED: a process that runs holds it, or one that cannot be seen from here and was there a moment ago
   * @throws the system's error: the folder is not there (ENOENT), not writable, or there is no room
   */
  static async take(folder: string, takeOver = false): Promise<FolderLock> {
    const draft = await Draft.make(folder);
    try {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        if (await draft.becomesRun()) return new FolderLock(folder, draft.token, draft.madeAt);
        const before = await readHolder(folder);
        if (before === undefined) {
          // Some systems rename over no folder at all, not even an empty one.
          await rmdir(join(folder, RUN)).catch(() => undefined);
          continue;
        }
        const { owner, token } = before;
        if (!takeOver && owner && isHeld(owner, draft.madeAt)) throw lockedError(folder, owner, draft.madeAt);
        const next = makeToken(token);
        if (await claim(folder, token, next)) return new FolderLock(folder, next, draft.madeAt);
      }
    } finally {
      if (!draft.isUsed) await draft.remove();
    }
    throw new JumpfillError('OUTPUT_LOCKED', `Processes contend for ${folder}.`, 'Start one of them.', {
      retryAfterMs: HEARTBEAT_MS,
    });
  }

  async #beat(): Promise<void> {
    if (!(await beat(this.ownerPath))) this.#lose();
  }

  #lose(): JumpfillError {
    clearInterval(this.#heartbeat);
    const error = lostError(this.folder);
    this.#lost.abort(error);
    return error;
  }

  /**
   * Only a look: another may take the lock right after it. What must not happen then has paths that lead nowhere.
   * @throws {JumpfillError} LOCK_LOST
   */
  async check(): Promise<void> {
    // A disk that fails says nothing about who holds it.
    const isThere = await readOwner(this.ownerPath).then(
      (owner) => owner !== undefined,
      () => true,
    );
    if (!isThere) throw this.#lose();
  }

  /** Lets go of it; a folder with nothing else in it is removed. */
  async release(): Promise<void> {
    clearInterval(this.#heartbeat);
    // By the file system's clock again: while we held it, others may have begun and ended.
    const now = (await beat(this.ownerPath))
      ? (await readOwner(this.ownerPath).catch(() => undefined))?.touchedAt
      : undefined;
    if (now !== undefined) await removeDrafts(this.folder, now);
    await unlink(this.ownerPath).catch(() => undefined);
    await rmdir(this.path).catch(() => undefined);
    await rmdir(join(this.folder, RUN)).catch(() => undefined);
  }
}

const runPath = (folder: string, token: RunToken): string => join(folder, RUN, token);

const ownerPathOf = (folder: string, token: RunToken): string =>
  join(runPath(folder, token), nameOf(OWNER, token));

/** Whether a rename failed because something is there, for which Windows has other names. */
function isTaken(cause: unknown, platform = process.platform): boolean {
  const code = errorCode(cause) ?? '';
  const others = platform === 'win32' ? ['EPERM', 'EACCES', 'EBUSY'] : [];
  return ['ENOTEMPTY', 'EEXIST', ...others].includes(code);
}

/** A holder's folder before it has its name: it appears with its owner's file in it, or not at all. */
class Draft {
  /** It is the holder's folder by now. */
  isUsed = false;

  private constructor(
    readonly folder: string,
    readonly token: RunToken,
    /** By the file system's clock. */
    readonly madeAt: number,
  ) {}

  static async make(folder: string): Promise<Draft> {
    const token = makeToken();
    const path = join(folder, nameOf(DRAFT, token));
    await mkdir(path, 0o700);
    try {
      await mkdir(join(path, token), 0o700);
      return new Draft(folder, token, await writeOwner(join(path, token, nameOf(OWNER, token))));
    } catch (error) {
      await removeDraft(folder, token);
      throw error;
    }
  }

  /** False if the place is taken. */
  async becomesRun(): Promise<boolean> {
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

/** Whatever it was called before: inside are the token and the owner's file of whoever made it. */
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
 * Those of processes that were killed before they held anything. One whose owner cannot be read may be of a process that has just begun. So each
 * gets another name first, which only one of us can do: if it is gone, its process has the lock by now; if its process comes too late, it
 * begins again.
 */
async function removeDrafts(folder: string, now: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const { stem, token } = parseName(name) ?? {};
    if (stem !== DRAFT || token === undefined) continue;
    const owner = await readOwner(join(folder, name, token, nameOf(OWNER, token))).catch(() => undefined);
    if (owner?.holder !== undefined && isHeld(owner, now)) continue;
    await removeTaken(folder, token);
  }
}

async function removeTaken(folder: string, token: RunToken): Promise<void> {
  const taken = join(folder, nameOf(DRAFT, makeToken()));
  try {
    await rename(join(folder, nameOf(DRAFT, token)), taken);
  } catch {
    return;
  }
  await removeDraftAt(taken);
}

interface LastHolder {
  readonly token: RunToken;
  /** Undefined: it has let go, and left what is there. */
  readonly owner: Owner | undefined;
}

/** Undefined: there is none. */
async function readHolder(folder: string): Promise<LastHolder | undefined> {
  const names = await readdir(join(folder, RUN)).catch((cause: unknown) => {
    if (isGone(cause)) return [];
    throw cause;
  });
  const holders = names.flatMap((name) => parseToken(name) ?? []).map((token) => ({ token }));
  const [last] = holders.sort(byGeneration);
  return last && { ...last, owner: await readOwner(ownerPathOf(folder, last.token)) };
}

/** False if another was faster, or the old holder has ended meanwhile. */
async function claim(folder: string, old: RunToken, next: RunToken): Promise<boolean> {
  const announced = join(runPath(folder, old), nameOf(OWNER, next));
  try {
    await writeOwner(announced);
    await rename(runPath(folder, old), runPath(folder, next));
  } catch (cause) {
    await unlink(announced).catch(() => undefined);
    if (isGone(cause)) return false;
    throw explainTakeover(folder, cause, process.platform);
  }
  await removeOtherOwners(folder, next);
  return true;
}

/** @param platform  of Node: Windows renames no folder in which a process has files open */
export function explainTakeover(folder: string, cause: unknown, platform: NodeJS.Platform): unknown {
  if (!isTaken(cause, platform)) return cause;
  const found = `${folder} cannot be taken from its holder, which has files open there.`;
  return new JumpfillError('OUTPUT_LOCKED', found, 'Wait for it, or end it.', {
    cause,
    retryAfterMs: HEARTBEAT_MS,
  });
}

/** Of the old holder, and of those who wanted its place too. */
async function removeOtherOwners(folder: string, token: RunToken): Promise<void> {
  const path = runPath(folder, token);
  const names = await readdir(path).catch(() => []);
  const others = names.filter((name) => isOwnerName(name) && name !== nameOf(OWNER, token));
  for (const name of others) await unlink(join(path, name)).catch(() => undefined);
}

/** What is in the folder of whoever held it last, for somebody who only looks; undefined if nothing is there. */
export async function lookInto(
  folder: string,
): Promise<{ readonly names: readonly string[]; readonly owner: Owner | undefined } | undefined> {
  const last = await readHolder(folder).catch(() => undefined);
  if (last === undefined) return undefined;
  const names = await readdir(runPath(folder, last.token)).catch(() => []);
  return { names, owner: last.owner };
}

/** The folder of whoever held it last, with what it left; undefined if nothing is there. */
export async function findRunPath(folder: string): Promise<string | undefined> {
  const last = await readHolder(folder).catch(() => undefined);
  return last && runPath(folder, last.token);
}
