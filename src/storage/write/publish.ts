/**
 * FinishedFile files get their names, in steps that cannot be halfway: a hard link or a rename.
 *
 * What is named is what was open: a file's identity is compared before and after. Names are given, and taken back, by renames and links from or
 * into the folder of whoever holds the lock, so a run that has lost it can do neither.
 * @module
 */
import { chmod, link, lstat, rename, unlink, type FileHandle } from 'node:fs/promises';
import { JumpfillError } from '../../base/errors.js';
import { attemptWrite, errorCode } from '../files/io-errors.js';
import { isThere, outputExists } from './output-checks.js';

/** A finished file, and the name it gets. */
export interface FinishedFile {
  readonly from: string;
  readonly to: string;
  /** What was written; it must be open still. */
  readonly handle: FileHandle;
}

export interface PublishOptions {
  /** Replace what has the name. */
  readonly force: boolean;
  /** Where a file goes whose name is taken back. */
  readonly nextUnnamedPath: () => string;
}

/**
 * All of them, or, without `force`, none if one of the names was taken meanwhile.
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

/** A hard link fails if the name is taken, where a rename would replace it. */
async function publishAsNew(finished: readonly FinishedFile[], nextUnnamedPath: () => string): Promise<void> {
  const named: FinishedFile[] = [];
  try {
    for (const file of finished) {
      if (await linkAsNew(file)) named.push(file);
      await checkIdentity(file, file.to);
    }
  } catch (error) {
    for (const file of named) {
      // Whatever else has the name by now is not ours to take away.
      if (await isSame(file, file.to)) await rename(file.to, nextUnnamedPath()).catch(() => undefined);
    }
    throw error;
  }
  for (const { from } of finished) await unlink(from).catch(() => undefined);
}

/** False if there was nothing to be done, or nothing that could be undone by taking the new name away. */
async function linkAsNew(file: FinishedFile): Promise<boolean> {
  const { from, to } = file;
  try {
    await link(from, to);
    return true;
  } catch (cause) {
    // A run that was killed here had already given it its name.
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

/** @throws {JumpfillError} IO_FAILED: the name is of another file than the one that was written */
async function checkIdentity(file: FinishedFile, path: string): Promise<void> {
  if (await isSame(file, path)) return;
  const found = `${path}: what has this name is not the file that this run wrote.`;
  throw new JumpfillError('IO_FAILED', found, 'Something else changes files here: end it, then run again.');
}
