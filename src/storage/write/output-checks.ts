/**
 * Checks of an output before a byte is written: its folder, its names, its room.
 * @module
 */
import { constants, type Stats } from 'node:fs';
import { basename, dirname } from 'node:path';
import { access, lstat, open, stat, statfs } from 'node:fs/promises';
import { shortenPath, show } from '../../base/wording.js';
import { JumpfillError, ValueError, messageOf } from '../../base/errors.js';
import { errorCode, isGone } from '../files/io-errors.js';
import { OPTIONAL_FLAGS } from '../files/open-file.js';
import type { Request } from './decisions.js';

const notWritable = (found: string, remedy: string, cause?: unknown): JumpfillError =>
  new JumpfillError('OUTPUT_NOT_WRITABLE', found, remedy, { cause });

/** @throws {ValueError} BAD_OPTION: not the path of a file */
export function checkOut(out: unknown, where: string): string {
  if (typeof out === 'string' && out.endsWith('/')) {
    const remedy = `Name a file in it: ${shortenPath(out)}model.safetensors`;
    throw new ValueError('BAD_OPTION', `${where}: out is ${show(out)}, a folder.`, remedy);
  }
  if (typeof out === 'string' && out !== '') return out;
  throw new ValueError('BAD_OPTION', `${where}: out is ${show(out)}.`, 'Pass the path of the file to write.');
}

/** @throws {JumpfillError} OUTPUT_NOT_WRITABLE: the path does not exist, is not a folder, or is not writable */
export async function checkFolder(folder: string): Promise<void> {
  const stats = await stat(folder).catch((cause: unknown) => {
    const what =
      errorCode(cause) === 'ENOENT'
        ? 'does not exist'
        : `cannot be reached (${errorCode(cause) ?? 'unknown error'})`;
    throw notWritable(
      `The output folder ${shortenPath(folder)} ${what}.`,
      'Create it, or write elsewhere.',
      cause,
    );
  });
  if (!stats.isDirectory())
    throw notWritable(`The output folder ${folder} is not a folder.`, 'Write into a folder.');
  await access(folder, constants.W_OK | constants.X_OK).catch((cause: unknown) => {
    throw notWritable(
      `The output folder ${folder} is not writable.`,
      'Change its permissions, or write elsewhere.',
      cause,
    );
  });
}

/**
 * Checks that a finished file can get a name.
 * @param force  it may replace a regular file
 * @throws {JumpfillError} OUTPUT_EXISTS; OUTPUT_NOT_WRITABLE: the file system does not allow the name, or its present holder cannot be replaced
 */
export async function checkOutputName(
  path: string,
  force: boolean,
  platform = process.platform,
): Promise<void> {
  if (platform === 'win32') refuseWindowsName(path);
  const existing = await lookAt(path);
  if (existing?.isDirectory()) throw notWritable(`The output ${path} is a folder.`, 'Name a file.');
  // Also through a link: a program that uses /dev/null or a pipe must not find a file in its place.
  const target = await stat(path).catch(() => undefined);
  if (target && !target.isFile()) {
    throw notWritable(
      `The output ${path} is not a regular file.`,
      'Name a new file, or a regular one to replace.',
    );
  }
  if (existing && !force) throw outputExists(path);
  if (existing) await checkReplaceable(path, existing);
}

/** Undefined if the name is free. */
async function lookAt(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (cause) {
    if (isGone(cause)) return undefined;
    if (errorCode(cause) === 'ENAMETOOLONG') {
      const bytes = Buffer.byteLength(basename(path));
      const found = `The name ${show(basename(path))}, of ${bytes} bytes, or its path, is too long for the file system.`;
      throw notWritable(found, 'Choose a shorter one: most file systems allow 255 bytes.', cause);
    }
    const reason = messageOf(cause);
    throw notWritable(`The output ${path} cannot be checked: ${reason}.`, 'Write elsewhere.', cause);
  }
}

/** S_ISVTX, which Node does not name. */
const STICKY = 0o1000;

const RESERVED_CHARACTERS = /[<>:"|?*\u0000-\u001f]/;
const RESERVED_NAMES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Refuses names that mean something else on Windows: `a:b` is a stream of the file `a`. */
function refuseWindowsName(path: string): void {
  const name = basename(path);
  if (!RESERVED_CHARACTERS.test(name) && !RESERVED_NAMES.test(name) && !/[. ]$/.test(name)) return;
  const found = `${show(name)} cannot name a file on Windows.`;
  throw notWritable(found, 'Avoid < > : " | ? *, a dot or space at the end, and names of devices.');
}

/** Refuses a file that a rename at the end, when all is drawn, could not replace. */
async function checkReplaceable(path: string, { uid }: Stats): Promise<void> {
  const folder = await stat(dirname(path));
  const self = process.getuid?.();
  const isSticky = (folder.mode & STICKY) !== 0;
  if (isSticky && self !== undefined && self !== 0 && self !== uid && self !== folder.uid) {
    const found = `The output ${path} belongs to another user, in a folder where only its owner may replace it (mode +t).`;
    throw notWritable(found, 'Let its owner remove it, or write elsewhere.');
  }
  const handle = await open(path, constants.O_WRONLY | (OPTIONAL_FLAGS.O_NONBLOCK ?? 0)).catch(
    (cause: unknown) => {
      // Not EACCES: a file that may not be written to can be replaced.
      if (errorCode(cause) !== 'EPERM') return undefined;
      const found = `The output ${path} may neither be changed nor replaced (chattr +i or +a?).`;
      throw notWritable(found, 'Clear that attribute, or write elsewhere.', cause);
    },
  );
  await handle?.close();
}

/**
 * Refuses a name that something else has.
 * @throws {JumpfillError} OUTPUT_EXISTS; OUTPUT_NOT_WRITABLE: not even force could replace what has the name
 */
export async function refuseTaken(path: string, request: Request): Promise<never> {
  if (request !== 'neither') throw outputExists(path, ', and is not what this run would write');
  await checkOutputName(path, false);
  throw outputExists(path);
}

export const outputExists = (path: string, more = ''): JumpfillError =>
  new JumpfillError(
    'OUTPUT_EXISTS',
    `The output ${path} already exists${more}.`,
    'Pass `force` to replace it.',
  );

/** Checks whether a path exists; a link exists even if it leads nowhere. */
export const isThere = async (path: string): Promise<boolean> =>
  await lstat(path).then(
    () => true,
    () => false,
  );

/**
 * Bytes that may still be written to a folder, or to the nearest one above it that exists, in which it would be made; undefined if the
 * file system does not say.
 * @param folder  absolute
 */
export async function readFreeBytes(folder: string): Promise<number | undefined> {
  const above = dirname(folder);
  if (above !== folder && !(await isThere(folder))) return await readFreeBytes(above);
  const space = await statfs(folder, { bigint: true }).catch(() => undefined);
  // Some network file systems report a size of 0.
  if (space === undefined || space.blocks === 0n) return undefined;
  return Number(space.bavail * space.bsize);
}

/** @throws {JumpfillError} NO_SPACE */
export async function checkRoom(folder: string, byteLength: number): Promise<void> {
  const free = await readFreeBytes(folder);
  if (free === undefined || free >= byteLength) return;
  const found = `The output folder ${folder} has ${free} free bytes, and ${byteLength} are needed.`;
  throw new JumpfillError('NO_SPACE', found, 'Free some space or write elsewhere.');
}
