/**
 * Where a checkpoint grows: a folder beside its output, `.jumpfill-HASH`, with the lock, the journal and the files under
 * temporary names. Nobody but its owner may look into it, so nothing can be planted there.
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, rmdir, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Part } from '../domain/part.js';
import { InitError } from '../errors.js';
import { errorCode, isFull, writeError } from './io-errors.js';
import { FolderLock, isLockFile } from './lock.js';

/**
 * One for each output, and each part of it: parts may be written at once, from several machines.
 * @param output  path of the file, or what the shards' names are made of
 */
export function workFolderOf(output: string, part: Part | undefined): string {
  // Not made of the name, which may be as long as names can be.
  const hash = createHash('sha256').update(basename(output)).digest('hex').slice(0, 12);
  const suffix = part === undefined ? '' : `-${part.part}-of-${part.parts}`;
  return join(dirname(output), `.jumpfill-${hash}${suffix}`);
}

/** Whether it is the work folder of a part of an output. */
export function isPartFolder(name: string, output: string): boolean {
  const whole = basename(workFolderOf(output, undefined));
  return name.startsWith(whole) && /^-\d+-of-\d+$/.test(name.slice(whole.length));
}

/**
 * Folders of the same output as another whole, or cut into another number of parts: what they write would be in each other's way.
 * @throws {InitError} OUTPUT_UNFINISHED
 */
export async function refuseOtherDivisions(output: string, part: Part | undefined): Promise<void> {
  const [whole, own] = [workFolderOf(output, undefined), workFolderOf(output, part)].map((path) =>
    basename(path),
  );
  const isAlike = (name: string): boolean =>
    name === own || (part !== undefined && name.endsWith(`-of-${part.parts}`));
  const names = await readdir(dirname(output));
  const other = names.find((name) => (name === whole || isPartFolder(name, output)) && !isAlike(name));
  if (other === undefined) return;
  const found = `${join(dirname(output), other)} holds a run of this output, unfinished or still at work, that divides it otherwise.`;
  throw new InitError('OUTPUT_UNFINISHED', found, 'Finish it, or remove that folder.');
}

export const journalPathOf = (workFolder: string): string => join(workFolder, 'journal');

const INDEX = 'index';

const OWN_NAMES = /^(journal|index|shard-\d+)$/;

/** What may be in such a folder; nothing else is ever removed. */
const isOwn = (name: string): boolean => OWN_NAMES.test(name) || isLockFile(name);

export class WorkFolder {
  private constructor(
    readonly path: string,
    readonly lock: FolderLock,
    /** Names that an earlier run left here. */
    readonly leftovers: readonly string[],
  ) {}

  /**
   * Makes the folder if there is none, and takes its lock.
   * @throws {InitError} OUTPUT_LOCKED, OUTPUT_NOT_WRITABLE
   */
  static async open(path: string): Promise<WorkFolder> {
    // Again if the process that used the folder has just removed it.
    for (let attempt = 0; ; attempt++) {
      try {
        await makeFolder(path);
        const lock = await FolderLock.take(path);
        const names = await readdir(path);
        return new WorkFolder(
          path,
          lock,
          names.filter((name) => !isLockFile(name)),
        );
      } catch (cause) {
        if (cause instanceof InitError) throw cause;
        if (errorCode(cause) === 'ENOENT' && attempt < 3) continue;
        // If it is empty, it was made for nothing.
        await rmdir(path).catch(() => undefined);
        throw notWritable(path, cause);
      }
    }
  }

  get journalPath(): string {
    return journalPathOf(this.path);
  }

  get indexPath(): string {
    return join(this.path, INDEX);
  }

  /** Of a file of the layout. */
  shardPath(file: number): string {
    return join(this.path, `shard-${file + 1}`);
  }

  /** Removes what is this project's in it, and the folder if that was all. */
  async remove(): Promise<void> {
    const names = await readdir(this.path).catch(() => []);
    // The lock last: nobody may begin here before.
    const own = names.filter((name) => isOwn(name) && join(this.path, name) !== this.lock.path);
    for (const name of own) await unlink(join(this.path, name)).catch(() => undefined);
    await this.lock.release();
    await rmdir(this.path).catch(() => undefined);
  }

  /** Leaves everything for a run that resumes; an empty folder is removed. */
  async leave(): Promise<void> {
    await this.lock.release();
    await rmdir(this.path).catch(() => undefined);
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, 0o700);
    return;
  } catch (cause) {
    if (errorCode(cause) !== 'EEXIST') throw cause;
  }
  const facts = await lstat(path);
  if (facts.isDirectory() && (await isOurs(path, facts.uid))) {
    // Some file systems have no permissions.
    if ((facts.mode & 0o077) !== 0) await chmod(path, 0o700).catch(() => undefined);
    return;
  }
  const what = facts.isDirectory() ? "another user's" : 'no folder';
  throw new InitError(
    'OUTPUT_NOT_WRITABLE',
    `${path}, where the output would grow, is ${what}.`,
    'Remove it, or write elsewhere.',
  );
}

/** File systems may give what we make another owner than us: so a new file beside it tells. */
async function isOurs(path: string, uid: number): Promise<boolean> {
  if (process.getuid === undefined || uid === process.getuid()) return true;
  const probe = `${path}-${randomBytes(6).toString('hex')}.tmp`;
  const handle = await open(probe, 'wx');
  try {
    return (await handle.stat()).uid === uid;
  } finally {
    await handle.close();
    await unlink(probe);
  }
}

function notWritable(path: string, cause: unknown): InitError {
  if (isFull(cause)) return writeError(path, cause);
  const reason = cause instanceof Error ? cause.message : String(cause);
  const found = `No folder can be made in ${dirname(path)}: ${reason}.`;
  return new InitError('OUTPUT_NOT_WRITABLE', found, 'Change its permissions, or write elsewhere.', {
    cause,
  });
}

/** A new file, never one, or a link, that somebody put there. */
export const createFile = (path: string): Promise<FileHandle> => open(path, 'wx+');

/**
 * A file that is there already.
 * @throws the system's error: none, or a link (ELOOP)
 */
export async function reopenFile(path: string): Promise<FileHandle> {
  return await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
}
