/**
 * A file that appears whole or not at all: written as a temporary sibling, synced, then given its name.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, link, lstat, open, rename, stat, statfs, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InitError } from '../errors.js';
import { errorCode, writeError } from './io-errors.js';

export interface OutputPlace {
  readonly path: string;
  /** Whether a file of that name may be replaced. */
  readonly force: boolean;
}

/**
 * Everything that can be known before a byte is written: the folder is there and writable, the name is free or may be
 * replaced, and there is room.
 * @throws {InitError} OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE, NO_SPACE
 */
export async function checkOutput({ path, force }: OutputPlace, byteLength: number): Promise<void> {
  const folder = dirname(path);
  const notWritable = (found: string, remedy: string, cause?: unknown): InitError =>
    new InitError('OUTPUT_NOT_WRITABLE', found, remedy, { cause });
  const facts = await stat(folder).catch((cause: unknown) => {
    const what =
      errorCode(cause) === 'ENOENT'
        ? 'is not there'
        : `cannot be reached (${errorCode(cause) ?? 'unknown error'})`;
    throw notWritable(`The output folder ${folder} ${what}.`, 'Make it, or write elsewhere.', cause);
  });
  if (!facts.isDirectory()) throw notWritable(`${folder} is no folder.`, 'Write into a folder.');
  await access(folder, constants.W_OK | constants.X_OK).catch((cause: unknown) => {
    throw notWritable(
      `The output folder ${folder} is not writable.`,
      'Change its permissions, or write elsewhere.',
      cause,
    );
  });
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
  const space = await statfs(folder, { bigint: true }).catch(() => undefined);
  // Some network file systems do not tell.
  if (space === undefined || space.blocks === 0n) return;
  const free = space.bavail * space.bsize;
  if (free < BigInt(byteLength)) {
    const found = `${path}: ${byteLength} bytes are needed, ${free} are free.`;
    throw new InitError('NO_SPACE', found, 'Free some space or write elsewhere.');
  }
}

const outputExists = (path: string): InitError =>
  new InitError('OUTPUT_EXISTS', `The output ${path} already exists.`, 'Pass force (--force) to replace it.');

export class OutputFile {
  private constructor(
    readonly place: OutputPlace,
    /** Where the bytes are until publish(). */
    readonly temporaryPath: string,
    readonly handle: FileHandle,
  ) {}

  /** @throws {InitError} OUTPUT_NOT_WRITABLE */
  static async create(place: OutputPlace): Promise<OutputFile> {
    const { path } = place;
    // Not made of the name, which may be as long as names can be.
    const sibling = join(dirname(path), `.jumpfill-${randomBytes(6).toString('hex')}.tmp`);
    try {
      // 'wx+': a new file of this process's own, never one (or a link) that somebody put there.
      const handle = await open(sibling, 'wx+');
      const replaced = await lstat(path).catch(() => undefined);
      // A file that was private stays private.
      if (replaced?.isFile()) await handle.chmod(replaced.mode & 0o777);
      return new OutputFile(place, sibling, handle);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const found = `No file can be made in ${dirname(path)}: ${reason}.`;
      throw new InitError('OUTPUT_NOT_WRITABLE', found, 'Change its permissions, or write elsewhere.', {
        cause,
      });
    }
  }

  /** Sets the size at once, so that a limit on it is met before hours of work. */
  async reserve(byteLength: number): Promise<void> {
    await this.#attempt(() => this.handle.truncate(byteLength));
  }

  /** Makes the bytes durable. */
  async sync(): Promise<void> {
    await this.#attempt(() => this.handle.sync());
  }

  /** Gives the file its name. Without `force` a file that appeared meanwhile is kept, and OUTPUT_EXISTS thrown. */
  async publish(): Promise<void> {
    const { path, force } = this.place;
    await this.handle.close();
    if (force) await this.#attempt(() => rename(this.temporaryPath, path));
    else await this.#publishAsNew();
    await syncFolder(dirname(path));
  }

  /** Removes what was written; for when publish() was not reached or failed. */
  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await unlink(this.temporaryPath).catch(() => undefined);
  }

  /** A hard link fails if the name is taken, where a rename would replace it. */
  async #publishAsNew(): Promise<void> {
    const { path } = this.place;
    try {
      await link(this.temporaryPath, path);
    } catch (cause) {
      if (errorCode(cause) === 'EEXIST') throw outputExists(path);
      // Some file systems have no hard links.
      if (await lstat(path).catch(() => undefined)) throw outputExists(path);
      await this.#attempt(() => rename(this.temporaryPath, path));
      return;
    }
    await unlink(this.temporaryPath).catch(() => undefined);
  }

  async #attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (cause) {
      throw writeError(this.place.path, cause);
    }
  }
}

/** Makes the name durable, where folders can be synced. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
