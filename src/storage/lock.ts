/**
 * A lock on a folder that survives crashes: whoever holds it is named in a file, and a holder that no longer runs holds
 * nothing.
 *
 * Files `lock-1`, `lock-2`, ...: the lock is held while the process named in one of them runs. To take it is to make the next
 * number, which only one process can; so nobody has to remove another's file first, and a process may be killed at any
 * moment. The files of those that no longer run are removed by the next holder.
 *
 * Processes of other machines and containers cannot be seen. So a holder adds to its file every few seconds, and one that cannot be seen
 * and has not done so for two minutes, by the file system's own clock, counts as gone. Should it only have slept: both write the
 * same bytes.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, open, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { InitError } from '../errors.js';
import { describeSelf, isRunning, parseHolder, type Holder } from './holder.js';
import { errorCode } from './io-errors.js';

const LOCK_NAME = /^lock-(\d+)$/;
const DRAFT_NAME = /^draft-[0-9a-f]{12}$/;

/** What locks leave in a folder. */
export const isLockFile = (name: string): boolean => LOCK_NAME.test(name) || DRAFT_NAME.test(name);

const HEARTBEAT_MS = 15_000;

/** Network file systems may tell of a change a minute late. */
const GONE_MS = 120_000;

/** Others may take numbers meanwhile, but each of them then runs, and is met at the next look. */
const MAX_ATTEMPTS = 10;

export class FolderLock {
  readonly #heartbeat: NodeJS.Timeout;

  private constructor(readonly path: string) {
    this.#heartbeat = setInterval(() => void beat(path), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  /**
   * @throws {InitError} OUTPUT_LOCKED: a process that runs holds it, or one that cannot be seen from here and was there a moment ago
   * @throws the system's error: the folder is not there (ENOENT), not writable, or there is no room
   */
  static async take(folder: string): Promise<FolderLock> {
    const draft = await Draft.write(folder);
    try {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const taken = await readLocks(folder);
        refuseIfHeld(folder, taken, draft.writtenAt);
        const next = Math.max(0, ...taken.map(({ number }) => number)) + 1;
        const path = join(folder, `lock-${next}`);
        if (await draft.becomes(path)) return await keep(new FolderLock(path), folder, draft.writtenAt);
      }
    } finally {
      await unlink(draft.path).catch(() => undefined);
    }
    throw new InitError('OUTPUT_LOCKED', `Processes contend for ${folder}.`, 'Start one of them.');
  }

  async release(): Promise<void> {
    clearInterval(this.#heartbeat);
    await unlink(this.path).catch(() => undefined);
  }
}

/** A space more: the file is as young as its holder is alive. It is not made again if somebody has removed it. */
async function beat(path: string): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_APPEND).catch(() => undefined);
  await file?.write(' ').catch(() => undefined);
  await file?.close().catch(() => undefined);
}

/** A lock's file before it has its name: it appears with its text, or not at all. */
class Draft {
  private constructor(
    readonly path: string,
    readonly text: string,
    /** By the file system's clock. */
    readonly writtenAt: number,
  ) {}

  static async write(folder: string): Promise<Draft> {
    const path = join(folder, `draft-${randomBytes(6).toString('hex')}`);
    const text = JSON.stringify(describeSelf());
    return new Draft(path, text, await writeNew(path, text));
  }

  /** False if the name is taken. */
  async becomes(path: string): Promise<boolean> {
    try {
      await link(this.path, path);
      return true;
    } catch (cause) {
      if (errorCode(cause) === 'EEXIST') return false;
    }
    try {
      // Where there are no hard links. Killed in between, this leaves an empty file that somebody must remove.
      await writeNew(path, this.text);
      return true;
    } catch (cause) {
      if (errorCode(cause) === 'EEXIST') return false;
      throw cause;
    }
  }
}

/** @returns when it was written, by the file system's clock, in ms; nothing is left if it cannot be */
async function writeNew(path: string, text: string): Promise<number> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    return (await handle.stat()).mtimeMs;
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw error;
  } finally {
    await handle.close();
  }
}

interface Lock {
  readonly number: number;
  readonly path: string;
  readonly holder: Holder | undefined;
  /** By the file system's clock. */
  readonly touchedAt: number;
}

async function readLocks(folder: string): Promise<readonly Lock[]> {
  const names = (await readdir(folder)).filter((name) => LOCK_NAME.test(name));
  const locks = names.map(async (name): Promise<Lock[]> => {
    const path = join(folder, name);
    try {
      const [text, { mtimeMs: touchedAt }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
      return [{ number: Number(LOCK_NAME.exec(name)?.[1]), path, holder: parseHolder(text), touchedAt }];
    } catch {
      // Gone meanwhile: its holder has ended.
      return [];
    }
  });
  return (await Promise.all(locks)).flat();
}

/** @param now  by the file system's clock */
function refuseIfHeld(folder: string, locks: readonly Lock[], now: number): void {
  for (const { path, holder, touchedAt } of locks) {
    if (holder !== undefined && !(isRunning(holder) ?? now - touchedAt <= GONE_MS)) continue;
    const who = holder === undefined ? 'a process unknown' : `process ${holder.pid} on ${holder.host}`;
    const found = `${folder} is in use by ${who}.`;
    throw new InitError('OUTPUT_LOCKED', found, `Wait for it; if it no longer runs, remove ${path}.`);
  }
}

/** Two that took different numbers at once would both see the other here. */
async function keep(lock: FolderLock, folder: string, now: number): Promise<FolderLock> {
  const others = (await readLocks(folder)).filter(({ path }) => path !== lock.path);
  try {
    refuseIfHeld(folder, others, now);
  } catch (error) {
    await lock.release();
    throw error;
  }
  for (const { path } of others) await unlink(path).catch(() => undefined);
  return lock;
}
