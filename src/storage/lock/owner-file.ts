/**
 * The file that says which process holds a work folder. Its holder adds to it every few seconds: a process that cannot be seen from here, on
 * another machine or in another container, counts as gone once it has not done so for two minutes, by the file system's own clock.
 * @module
 */
import { constants } from 'node:fs';
import { lstat, open, unlink } from 'node:fs/promises';
import { JumpfillError } from '../../base/errors.js';
import { describeSelf, isRunning, parseLockOwner, type Holder } from './lock-owner.js';
import { isGone } from '../files/io-errors.js';
import { readFileSafely } from '../files/open-file.js';

export const HEARTBEAT_MS = 15_000;

/** Network file systems may tell of a change a minute late. */
export const GONE_MS = 120_000;

/** A lock's text is short; whatever is longer is none. */
const MAX_OWNER_BYTES = 65_536;

/** As its file tells. */
export interface Owner {
  readonly path: string;
  /** Undefined: nothing that can be read, as after a power failure. */
  readonly holder: Holder | undefined;
  /** By the file system's clock. */
  readonly touchedAt: number;
}

/**
 * Synced: whoever sees its name after a power failure can read it.
 * @returns when it was written, by the file system's clock, in ms; nothing is left if it cannot be
 */
export async function writeOwner(path: string): Promise<number> {
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

/** Undefined: there is none. */
export async function readOwner(path: string): Promise<Owner | undefined> {
  const facts = await lstat(path).catch((cause: unknown) => {
    if (isGone(cause)) return undefined;
    throw cause;
  });
  if (facts === undefined) return undefined;
  const text = await readFileSafely(path, MAX_OWNER_BYTES).catch(() => undefined);
  return { path, holder: text === undefined ? undefined : parseLockOwner(text), touchedAt: facts.mtimeMs };
}

/**
 * A space more: the file is as young as its holder is alive. It is not made again if somebody has taken it away.
 * @returns false if it is no longer there; a disk that fails says nothing about that
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

/** @param now  by the file system's clock */
export const isHeld = ({ holder, touchedAt }: Owner, now: number): boolean =>
  (holder === undefined ? undefined : isRunning(holder)) ?? now - touchedAt <= GONE_MS;

/** A holder that still counts, told to whoever wants its place. */
export function lockedError(folder: string, { holder, touchedAt }: Owner, now: number): JumpfillError {
  const who =
    holder === undefined ? 'a process that cannot be read' : `process ${holder.pid} on ${holder.host}`;
  const isSeen = holder !== undefined && isRunning(holder) !== undefined;
  const silentFor = Math.max(0, Math.round((now - touchedAt) / 1000));
  const sign = isSeen ? '' : `, which gave its last sign of life ${silentFor} s ago`;
  const remedy = isSeen
    ? 'Wait for it (--wait, waitForLock), or take over (--take-over --resume).'
    : `Wait for it (--wait, waitForLock): it counts as gone after ${GONE_MS / 1000} s without one. If you know that it has ended, take over (--take-over --resume).`;
  const retryAfterMs = isSeen ? HEARTBEAT_MS : Math.max(1000, Math.ceil(touchedAt + GONE_MS - now));
  return new JumpfillError('OUTPUT_LOCKED', `${folder} is in use by ${who}${sign}.`, remedy, {
    retryAfterMs,
  });
}

/** For whoever finds that another has its place. */
export function lostError(folder: string, cause?: unknown): JumpfillError {
  const found = `Another run has taken over ${folder}, which this one held.`;
  const remedy =
    'This run has published nothing since. Wait for the other one to end, then verify what it left.';
  return new JumpfillError('LOCK_LOST', found, remedy, { cause });
}
