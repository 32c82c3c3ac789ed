/**
 * Files that the bench writes: in a folder of their own, which is removed afterwards.
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reserveFile } from '#built/storage/files/reserve.js';
import { BYTES_PER_ELEMENT } from './answer.js';

/** The folder for temporary files. */
const parent = process.env['JUMPFILL_BENCH_FOLDER'] ?? tmpdir();

/** Linux's number for a file system in memory, from linux/magic.h. */
const TMPFS_MAGIC = 0x01021994;

export const describeFolder = (): string =>
  statfsSync(parent).type === TMPFS_MAGIC
    ? 'Files lie in a memory file system.'
    : 'Files lie on a disk: what is timed is writing to its page cache, where the system may begin to make writers wait. JUMPFILL_BENCH_FOLDER names another folder.';

export class TemporaryFolder {
  readonly path = mkdtempSync(join(parent, 'jumpfill-bench-'));

  fileAt(name: string): string {
    return join(this.path, name);
  }

  /** Replaces a folder in it by an empty one. */
  renewFolder(name: string): string {
    const path = this.fileAt(name);
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A file that is created for each run, with its space reserved as writeCheckpoint does it: none of its pages is cached then. */
export class FreshFile {
  #handle: FileHandle | undefined;

  constructor(
    readonly path: string,
    readonly elementCount: number,
    readonly byteLength = elementCount * BYTES_PER_ELEMENT,
  ) {}

  /** Open since the last renew(). */
  get handle(): FileHandle {
    if (this.#handle === undefined) throw new Error(`${this.path} is not open`);
    return this.#handle;
  }

  async renew(): Promise<void> {
    await this.close();
    this.#handle = await open(this.path, 'wx+');
    await reserveFile(this.#handle, this.path, this.path, this.byteLength);
  }

  async close(): Promise<void> {
    if (this.#handle === undefined) return;
    await this.#handle.close();
    this.#handle = undefined;
    rmSync(this.path, { force: true });
  }
}
