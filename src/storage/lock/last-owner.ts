/**
 * The last owner of a work folder, and what it left.
 * @module
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isGone } from '../files/io-errors.js';
import { readOwnerFile, type OwnerFile } from './owner-file.js';
import { byGeneration, nameOf, parseToken, type RunToken } from './run-token.js';
import { OWNER, RUN } from './work-names.js';

export const runPath = (folder: string, token: RunToken): string => join(folder, RUN, token);

export const ownerPathOf = (folder: string, token: RunToken): string =>
  join(runPath(folder, token), nameOf(OWNER, token));

export interface LastOwner {
  readonly token: RunToken;
  /** Undefined if the owner has released the lock and left its files. */
  readonly ownerFile: OwnerFile | undefined;
}

/** Undefined if the lock was never owned, or nothing was left. */
export async function readLastOwner(folder: string): Promise<LastOwner | undefined> {
  const names = await readdir(join(folder, RUN)).catch((cause: unknown) => {
    if (isGone(cause)) return [];
    throw cause;
  });
  const owners = names.flatMap((name) => parseToken(name) ?? []).map((token) => ({ token }));
  const [last] = owners.sort(byGeneration);
  return last && { ...last, ownerFile: await readOwnerFile(ownerPathOf(folder, last.token)) };
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
