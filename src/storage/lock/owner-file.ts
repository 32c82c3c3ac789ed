/**
 * The file that names the process which owns a work folder. Its owner appends to it every few seconds. An owner that cannot be seen
 * from here, on another machine or in another container, counts as gone after two minutes without one of these heartbeats, by the
 * file system's own clock.
 * @module
 */
import { constants } from 'node:fs';
import { lstat, open, unlink } from 'node:fs/promises';
import { JumpfillError } from '../../base/errors.js';
import { isGone } from '../files/io-errors.js';
import { readFileSafely } from '../files/open-file.js';
import { describeSelf, isRunning, parseLockOwner, type LockOwner } from './lock-owner.js';

export const HEARTBEAT_MS = 15_000;

/** Network file systems may show a change a minute late. */
export const GONE_MS = 120_000;

/** An owner file is short; a longer file is something else. */
const MAX_OWNER_BYTES = 65_536;

export interface OwnerFile {
  readonly path: string;
  /** Undefined if the file cannot be read, as after a power failure. */
  readonly owner: LockOwner | undefined;
  /** In ms, by the file system's clock. */
  readonly touchedAt: number;
}

/**
 * Writes and syncs an owner file: a name that survives a power failure leads to text that can be read. If writing fails, no file is left.
 * @returns when it was written, by the file system's clock, in ms
 * @throws the system's error
 */
export async function writeOwnerFile(path: string): Promise<number> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(JSON.stringify(describeSelf()));
    await handle.sync();
    return (await handle.stat()).mtimeMs;
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw error;
  } finally {
    await handle.close();
  }
}

/**
 * @returns undefined if there is no such file
 * @throws the system's error: the disk fails
 */
export async function readOwnerFile(path: string): Promise<OwnerFile | undefined> {
  const stats = await lstat(path).catch((cause: unknown) => {
    if (isGone(cause)) return undefined;
    throw cause;
  });
  if (stats === undefined) return undefined;
  const text = await readFileSafely(path, MAX_OWNER_BYTES).catch(() => undefined);
  return { path, owner: text === undefined ? undefined : parseLockOwner(text), touchedAt: stats.mtimeMs };
}

/**
 * Appends a space, so that the file's time shows that its owner lives. Never creates the file: if it is gone, the lock is lost.
 * @returns false if the file is gone; a disk that fails is not a sign of that
 */
export async function beat(path: string): Promise<boolean> {
  try {
    const file = await open(path, constants.O_WRONLY | constants.O_APPEND);
    try {
      await file.write(' ');
    } finally {
      await file.close();
    }
    return true;
  } catch (cause) {
    return !isGone(cause);
  }
}

/**
 * Checks whether an owner file still locks anything: a dead process's lock is ignored.
 * @param now  by the file system's clock, in ms
 */
export const isHeld = ({ owner, touchedAt }: OwnerFile, now: number): boolean =>
  (owner === undefined ? undefined : isRunning(owner)) ?? now - touchedAt <= GONE_MS;

/** The locked output. */
export interface Locked {
  /** Opens a sentence, as in `The output /a/m.safetensors`. */
  readonly name: string;
  /** Path of the work folder. */
  readonly folder: string;
}

/**
 * The refusal of a lock that another process owns.
 * @param now  by the file system's clock, in ms
 */
export function lockedError({ name, folder }: Locked, file: OwnerFile, now: number): JumpfillError {
  const { owner, touchedAt } = file;
  const who =
    owner === undefined
      ? 'a process whose owner file cannot be read'
      : `process ${owner.pid} on ${owner.host}`;
  const isVisible = owner !== undefined && isRunning(owner) !== undefined;
  const silentSeconds = Math.max(0, Math.round((now - touchedAt) / 1000));
  const sign = isVisible ? '' : `, which last gave a sign of life ${silentSeconds} s ago`;
  const goneAfter = isVisible ? '' : `, which counts as gone after ${GONE_MS / 1000} s of silence`;
  const ifKnown = isVisible ? 'or' : 'or, if you know that it has ended,';
  const remedy = `Wait for it (\`waitForLock\`)${goneAfter}, ${ifKnown} take over (\`takeOver\` with \`resume\`).`;
  const retryAfterMs = isVisible ? HEARTBEAT_MS : Math.max(1000, Math.ceil(touchedAt + GONE_MS - now));
  const found = `${name} is in use by ${who}${sign} (work folder: ${folder}).`;
  return new JumpfillError('OUTPUT_LOCKED', found, remedy, { retryAfterMs });
}

/** The error of a run whose lock another process has taken. */
export function lostError({ name, folder }: Locked, cause?: unknown): JumpfillError {
  const found = `${name} has been taken over by another run (work folder: ${folder}).`;
  const remedy =
    'This run has published nothing since. Wait for the other run to end, then verify the checkpoint.';
  return new JumpfillError('LOCK_LOST', found, remedy, { cause });
}
