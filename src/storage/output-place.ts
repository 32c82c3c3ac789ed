/**
 * The place of an output: what can be known of it before a byte is written, and how finished files get their names.
 * @module
 */
import { constants, type BigIntStats } from 'node:fs';
import { join } from 'node:path';
import { access, chmod, link, lstat, open, rename, stat, statfs, unlink } from 'node:fs/promises';
import { shortenPath, show } from '../domain/words.js';
import { InitError, ValueError } from '../errors.js';
import { errorCode, attemptWrite } from './io-errors.js';

const notWritable = (found: string, remedy: string, cause?: unknown): InitError =>
  new InitError('OUTPUT_NOT_WRITABLE', found, remedy, { cause });

/** @throws {ValueError} BAD_OPTION */
export function checkOut(out: unknown, where: string): string {
  if (typeof out === 'string' && out !== '') return out;
  throw new ValueError('BAD_OPTION', `${where}: out is ${show(out)}.`, 'Pass the path of the file to write.');
}

/** @throws {InitError} OUTPUT_NOT_WRITABLE: it is not there, no folder, or may not be written to */
export async function checkFolder(folder: string): Promise<void> {
  const facts = await stat(folder).catch((cause: unknown) => {
    const what =
      errorCode(cause) === 'ENOENT'
        ? 'is not there'
        : `cannot be reached (${errorCode(cause) ?? 'unknown error'})`;
    throw notWritable(
      `The output folder ${shortenPath(folder)} ${what}.`,
      'Make it, or write elsewhere.',
      cause,
    );
  });
  if (!facts.isDirectory()) throw notWritable(`${folder} is no folder.`, 'Write into a folder.');
  await access(folder, constants.W_OK | constants.X_OK).catch((cause: unknown) => {
    throw notWritable(
      `The output folder ${folder} is not writable.`,
      'Change its permissions, or write elsewhere.',
      cause,
    );
  });
}

/** @throws {InitError} OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE: what is there is not free, or cannot be replaced by a file */
export async function checkName(path: string, force: boolean): Promise<void> {
  const existing = await lstat(path).catch(() => undefined);
  if (existing?.isDirectory()) throw notWritable(`The output ${path} is a folder.`, 'Name a file.');
  // Behind a link as well: replacing /dev/null or a pipe by a file would harm whoever uses it.
  const target = await stat(path).catch(() => undefined);
  if (target && !target.isFile()) {
    throw notWritable(
      `The output ${path} is no ordinary file.`,
      'Name a new file, or an ordinary one to replace.',
    );
  }
  if (existing && !force) throw outputExists(path);
}

/**
 * @param resume  then they are not this run's, which was looked at before
 * @throws {InitError} OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE
 */
export async function checkNames(
  folder: string,
  names: readonly string[],
  { force, resume }: { readonly force: boolean; readonly resume: boolean },
): Promise<void> {
  for (const name of names) {
    const path = join(folder, name);
    if (resume && !force && (await isThere(path))) {
      const found = `The output ${path} already exists, and is not what this run would write.`;
      throw new InitError('OUTPUT_EXISTS', found, 'Pass force (--force) to replace it.');
    }
    await checkName(path, force);
  }
}

const outputExists = (path: string): InitError =>
  new InitError('OUTPUT_EXISTS', `The output ${path} already exists.`, 'Pass force (--force) to replace it.');

/** Also of a link that leads nowhere. */
export const isThere = async (path: string): Promise<boolean> =>
  await lstat(path).then(
    () => true,
    () => false,
  );

/** Bytes that may still be written there; undefined where the file system does not tell. */
export async function readFreeBytes(folder: string): Promise<number | undefined> {
  const space = await statfs(folder, { bigint: true }).catch(() => undefined);
  // Some network file systems do not tell.
  if (space === undefined || space.blocks === 0n) return undefined;
  return Number(space.bavail * space.bsize);
}

/** @throws {InitError} NO_SPACE */
export async function checkRoom(folder: string, byteLength: number): Promise<void> {
  const free = await readFreeBytes(folder);
  if (free === undefined || free >= byteLength) return;
  const found = `${folder}: ${byteLength} bytes are needed, ${free} are free.`;
  throw new InitError('NO_SPACE', found, 'Free some space or write elsewhere.');
}

/** A finished file, and the name it gets. */
export interface Finished {
  readonly from: string;
  readonly to: string;
}

/**
 * Gives finished files their names: all of them, or, without `force`, none if one of the names was taken meanwhile.
 * @throws {InitError} OUTPUT_EXISTS, IO_FAILED, NO_SPACE
 */
export async function publish(finished: readonly Finished[], force: boolean): Promise<void> {
  if (force) for (const file of finished) await replaceFile(file);
  else await publishAsNew(finished);
}

async function replaceFile({ from, to }: Finished): Promise<void> {
  const replaced = await lstat(to).catch(() => undefined);
  await attemptWrite(to, async () => {
    // A file that was private stays private.
    if (replaced?.isFile()) await chmod(from, replaced.mode & 0o777);
    await rename(from, to);
  });
}

/** A hard link fails if the name is taken, where a rename would replace it. */
async function publishAsNew(finished: readonly Finished[]): Promise<void> {
  const named: string[] = [];
  try {
    for (const { from, to } of finished) if (await linkAsNew(from, to)) named.push(to);
  } catch (error) {
    for (const path of named) await unlink(path).catch(() => undefined);
    throw error;
  }
  for (const { from } of finished) await unlink(from).catch(() => undefined);
}

/** False if there was nothing to be done, or nothing that could be undone by removing the new name. */
async function linkAsNew(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (cause) {
    // A run that was killed here had already given it its name.
    if (await isSameFile(from, to)) return false;
    if (errorCode(cause) === 'EEXIST' || (await isThere(to))) throw outputExists(to);
    // Some file systems have no hard links.
    await attemptWrite(to, () => rename(from, to));
    return false;
  }
}

/** Links of one file. */
async function isSameFile(a: string, b: string): Promise<boolean> {
  const facts = (path: string): Promise<BigIntStats | undefined> =>
    lstat(path, { bigint: true }).catch(() => undefined);
  const [one, other] = await Promise.all([facts(a), facts(b)]);
  return one !== undefined && one.ino === other?.ino && one.dev === other.dev;
}

/** Makes names durable, where folders can be synced. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
