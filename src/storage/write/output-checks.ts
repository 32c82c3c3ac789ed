/**
 * The place of an output: what can be known of it before a byte is written, and whether its names can be given.
 * @module
 */
import { constants, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { access, lstat, open, stat, statfs } from 'node:fs/promises';
import { shortenPath, show } from '../../base/wording.js';
import { JumpfillError, ValueError, messageOf } from '../../base/errors.js';
import { errorCode, isGone } from '../files/io-errors.js';
import { OPTIONAL_FLAGS } from '../files/open-file.js';

const notWritable = (found: string, remedy: string, cause?: unknown): JumpfillError =>
  new JumpfillError('OUTPUT_NOT_WRITABLE', found, remedy, { cause });

/** @throws {ValueError} BAD_OPTION */
export function checkOut(out: unknown, where: string): string {
  if (typeof out === 'string' && out.endsWith('/')) {
    const remedy = `Name a file in it: ${shortenPath(out)}model.safetensors`;
    throw new ValueError('BAD_OPTION', `${where}: out is ${show(out)}, a folder.`, remedy);
  }
  if (typeof out === 'string' && out !== '') return out;
  throw new ValueError('BAD_OPTION', `${where}: out is ${show(out)}.`, 'Pass the path of the file to write.');
}

/** @throws {JumpfillError} OUTPUT_NOT_WRITABLE: it is not there, no folder, or may not be written to */
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

/**
 * All that can be known of a name before there is a file to give it to.
 * @throws {JumpfillError} OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE: it cannot be a name there, is not free, or cannot be replaced by a file
 */
export async function checkName(path: string, force: boolean, platform = process.platform): Promise<void> {
  if (platform === 'win32') refuseWindowsName(path);
  const existing = await lookAt(path);
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
  if (existing) await checkReplaceable(path, existing);
}

/** Undefined: nothing is there, and something could be. */
async function lookAt(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (cause) {
    if (isGone(cause)) return undefined;
    if (errorCode(cause) === 'ENAMETOOLONG') {
      const bytes = Buffer.byteLength(basename(path));
      const found = `The name ${show(basename(path))}, of ${bytes} bytes, is too long for its file system, or its path is.`;
      throw notWritable(found, 'Choose a shorter one: most allow 255 bytes.', cause);
    }
    const reason = messageOf(cause);
    throw notWritable(`The output ${path} cannot be looked at: ${reason}.`, 'Write elsewhere.', cause);
  }
}

/** S_ISVTX, which Node does not name. */
const STICKY = 0o1000;

const RESERVED_CHARACTERS = /[<>:"|?*\u0000-\u001f]/;
const RESERVED_NAMES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Names that Windows takes for something else: `a:b` is a stream of the file `a`. */
function refuseWindowsName(path: string): void {
  const name = basename(path);
  if (!RESERVED_CHARACTERS.test(name) && !RESERVED_NAMES.test(name) && !/[. ]$/.test(name)) return;
  const found = `${show(name)} cannot be the name of a file on Windows.`;
  throw notWritable(found, 'Leave out < > : " | ? *, a dot or space at the end, and names of devices.');
}

/** A rename over it would be refused, after all was drawn. */
async function checkReplaceable(path: string, { uid }: Stats): Promise<void> {
  const folder = await stat(dirname(path));
  const self = process.getuid?.();
  const isSticky = (folder.mode & STICKY) !== 0;
  if (isSticky && self !== undefined && self !== 0 && self !== uid && self !== folder.uid) {
    const found = `The output ${path} is another user's, in a folder where only its owner may replace it (mode +t).`;
    throw notWritable(found, 'Let its owner remove it, or write elsewhere.');
  }
  const handle = await open(path, constants.O_WRONLY | (OPTIONAL_FLAGS.O_NONBLOCK ?? 0)).catch(
    (cause: unknown) => {
      // Not EACCES: a file that may not be written to can be replaced.
      if (errorCode(cause) !== 'EPERM') return undefined;
      const found = `The output ${path} may not be changed, nor replaced (chattr +i or +a?).`;
      throw notWritable(found, 'Take that back, or write elsewhere.', cause);
    },
  );
  await handle?.close();
}

/**
 * @param resume  then they are not this run's, which was looked at before
 * @throws {JumpfillError} OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE
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
      throw new JumpfillError('OUTPUT_EXISTS', found, 'Pass force (--force) to replace it.');
    }
    await checkName(path, force);
  }
}

export const outputExists = (path: string): JumpfillError =>
  new JumpfillError(
    'OUTPUT_EXISTS',
    `The output ${path} already exists.`,
    'Pass force (--force) to replace it.',
  );

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

/** @throws {JumpfillError} NO_SPACE */
export async function checkRoom(folder: string, byteLength: number): Promise<void> {
  const free = await readFreeBytes(folder);
  if (free === undefined || free >= byteLength) return;
  const found = `${folder}: ${byteLength} bytes are needed, ${free} are free.`;
  throw new JumpfillError('NO_SPACE', found, 'Free some space or write elsewhere.');
}
