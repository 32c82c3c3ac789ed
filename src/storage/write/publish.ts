/**
 * Gives finished files their names, by steps that cannot be done halfway: a hard link or a rename.
 *
 * Only the file that this run wrote gets a name: its identity (device and inode) is compared with that of the open file before and after.
 * Names are given and taken back by renames and links out of and into the lock owner's folder, so a run that has lost the lock can do
 * neither.
 * @module
 */
import { chmod, link, lstat, rename, unlink, type FileHandle } from 'node:fs/promises';
import { JumpfillError } from '../../base/errors.js';
import { attemptWrite, errorCode } from '../files/io-errors.js';
import { isThere, outputExists } from './output-checks.js';

/** A finished file and the name it gets. */
export interface FinishedFile {
  readonly from: string;
  readonly to: string;
  /** The file itself, still open. */
  readonly handle: FileHandle;
}

export interface PublishOptions {
  /** Replace a file that has the name. */
  readonly force: boolean;
  /** A path for a file whose name is taken back. */
  readonly nextUnnamedPath: () => string;
}

/**
 * Names all files; without `force`, none of them if one of the names has been taken meanwhile.
 * @throws {JumpfillError} OUTPUT_EXISTS, IO_FAILED, NO_SPACE
 */
export async function publish(
  finished: readonly FinishedFile[],
  { force, nextUnnamedPath }: PublishOptions,
): Promise<void> {
  for (const file of finished) await checkIdentity(file, file.from);
  if (force) for (const file of finished) await replaceFile(file);
  else await publishAsNew(finished, nextUnnamedPath);
}

async function replaceFile(file: FinishedFile): Promise<void> {
  const { from, to } = file;
  const replaced = await lstat(to).catch(() => undefined);
  await attemptWrite(to, async () => {
    // A file that was private stays private.
    if (replaced?.isFile()) await chmod(from, replaced.mode & 0o777);
    await rename(from, to);
  });
  await checkIdentity(file, to);
}

/** By hard links, which fail if a name is taken, where a rename would replace it. */
async function publishAsNew(finished: readonly FinishedFile[], nextUnnamedPath: () => string): Promise<void> {
  const named: FinishedFile[] = [];
  try {
    for (const file of finished) {
      if (await linkAsNew(file)) named.push(file);
      await checkIdentity(file, file.to);
    }
  } catch (error) {
    for (const file of named) {
      // Another file that has the name by now is not ours to remove.
      if (await isSame(file, file.to)) await rename(file.to, nextUnnamedPath()).catch(() => undefined);
    }
    throw error;
  }
  for (const { from } of finished) await unlink(from).catch(() => undefined);
}

/** @returns false if the file had its name already, or has no other name left to fall back to */
async function linkAsNew(file: FinishedFile): Promise<boolean> {
  const { from, to } = file;
  try {
    await link(from, to);
    return true;
  } catch (cause) {
    // A run that was killed right here has already named it.
    if (await isSame(file, to)) return false;
    if (errorCode(cause) === 'EEXIST' || (await isThere(to))) throw outputExists(to);
    // Some file systems have no hard links.
    await attemptWrite(to, () => rename(from, to));
    return false;
  }
}

async function isSame({ handle }: FinishedFile, path: string): Promise<boolean> {
  const [open, named] = await Promise.all([
    handle.stat({ bigint: true }),
    lstat(path, { bigint: true }).catch(() => undefined),
  ]);
  return open.ino === named?.ino && open.dev === named.dev;
}

/** @throws {JumpfillError} IO_FAILED: the path leads to another file than the one that was written */
async function checkIdentity(file: FinishedFile, path: string): Promise<void> {
  if (await isSame(file, path)) return;
  const found = `${path} is not the file that this run wrote.`;
  const remedy = 'Another program changes files in this folder: end it, then run again.';
  throw new JumpfillError('IO_FAILED', found, remedy);
}
