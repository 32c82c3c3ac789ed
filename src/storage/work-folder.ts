/**
 * Where a checkpoint grows: a folder beside its output, `.jumpfill-HASH`, with the lock, the journal and the files under
 * temporary names. Nobody but its owner may look into it, so nothing can be planted there.
 * @module
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, rmdir, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Part } from '../domain/part.js';
import { InitError } from '../errors.js';
import { errorCode } from './io-errors.js';
import { FolderLock } from './lock.js';

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

export const journalPathOf = (workFolder: string): string => join(workFolder, 'journal');

const INDEX = 'index';

/** What may be in such a folder; nothing else is ever removed. */
const OWN_NAMES = /^(journal|index|shard-\d+|lock-\d+|draft-[0-9a-f]{12})$/;

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
          names.filter((name) => !/^(lock|draft)-/.test(name)),
        );
      } catch (cause) {
        if (cause instanceof InitError) throw cause;
        if (errorCode(cause) === 'ENOENT' && attempt < 3) continue;
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
    const own = names.filter((name) => OWN_NAMES.test(name) && join(this.path, name) !== this.lock.path);
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
  const owner = process.getuid?.();
  if (facts.isDirectory() && (owner === undefined || facts.uid === owner)) {
    if ((facts.mode & 0o077) !== 0) await chmod(path, 0o700);
    return;
  }
  const what = facts.isDirectory() ? "another user's" : 'no folder';
  throw new InitError(
    'OUTPUT_NOT_WRITABLE',
    `${path}, where the output would grow, is ${what}.`,
    'Remove it, or write elsewhere.',
  );
}

function notWritable(path: string, cause: unknown): InitError {
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
