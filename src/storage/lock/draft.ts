/**
 * Drafts: an owner's folder before it has its name. A draft becomes the owner's folder with the owner file in it, or not at all.
 * @module
 */
import { mkdir, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../files/io-errors.js';
import { isHeld, readOwnerFile, writeOwnerFile } from './owner-file.js';
import { makeToken, nameOf, parseName, type RunToken } from './run-token.js';
import { DRAFT, isOwnerName, OWNER, RUN } from './work-names.js';

/** Checks whether a rename failed because its target exists; Windows has other codes for that. */
export function isTaken(cause: unknown, platform = process.platform): boolean {
  const code = errorCode(cause) ?? '';
  const more = platform === 'win32' ? ['EPERM', 'EACCES', 'EBUSY'] : [];
  return ['ENOTEMPTY', 'EEXIST', ...more].includes(code);
}

export class Draft {
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
export async function removeDrafts(folder: string, now: number): Promise<void> {
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
