/**
 * Opens regular files and reads ranges of them whole: asynchronously on the main thread, synchronously on a worker's.
 * @module
 */
import { constants, readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { ValueError } from '../../base/errors.js';
import { shortenPath } from '../../base/wording.js';
import { endedEarly, isOutOfFiles, outOfFiles, readError, reasonOf } from './io-errors.js';

export interface OpenFile {
  readonly file: FileHandle;
  readonly byteLength: number;
}

/**
 * Opens a regular file. O_NONBLOCK: opening a pipe would wait for a writer.
 * @throws {ValueError} BAD_CHECKPOINT: it is missing, unreadable or not a regular file
 * @throws {JumpfillError} IO_FAILED: too many files are open, or its size cannot be read
 */
export async function openForReading(path: string): Promise<OpenFile> {
  const remedy = 'Pass the path of a readable file.';
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    const found = `${shortenPath(path)} cannot be read: ${reasonOf(cause)}.`;
    if (isOutOfFiles(cause)) throw outOfFiles(found, cause);
    throw new ValueError('BAD_CHECKPOINT', found, remedy, { cause });
  });
  try {
    const stats = await file.stat();
    if (!stats.isFile()) {
      throw new ValueError('BAD_CHECKPOINT', `${shortenPath(path)} is not a regular file.`, remedy);
    }
    return { file, byteLength: stats.size };
  } catch (error) {
    await file.close();
    throw error instanceof ValueError ? error : readError(path, error);
  }
}

/** @throws {JumpfillError} IO_FAILED: reading fails, or the file ends within the range */
export async function readBytes(
  file: FileHandle,
  path: string,
  position: number,
  byteLength: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(byteLength);
  await readInto(file, path, position, bytes);
  return bytes;
}

/**
 * Fills `bytes` from `position` on, in as many calls as the system needs.
 * @throws {JumpfillError} IO_FAILED: reading fails, or the file ends within the range
 */
export async function readInto(
  file: FileHandle,
  path: string,
  position: number,
  bytes: Uint8Array,
): Promise<void> {
  const range = new PendingRange(path, position, bytes.byteLength);
  while (range.left > 0) {
    const { bytesRead } = await file
      .read(bytes, range.done, range.callBytes, range.position)
      .catch((cause: unknown) => Promise.reject(range.failed(cause)));
    range.advance(bytesRead);
  }
}

/** The same on a worker thread: it has nothing else to do meanwhile, and a promise a piece would cost more than the call. */
export function readIntoSync(descriptor: number, path: string, position: number, bytes: Uint8Array): void {
  const range = new PendingRange(path, position, bytes.byteLength);
  while (range.left > 0) {
    let bytesRead: number;
    try {
      bytesRead = readSync(descriptor, bytes, range.done, range.callBytes, range.position);
    } catch (cause) {
      throw range.failed(cause);
    }
    range.advance(bytesRead);
  }
}

/** One call reads no more: Linux stops at 2^31 - 4096, and Node refuses 2^31. */
const MAX_READ_BYTES = 2 ** 30;

/** A range that is being read: what the next call asks for, and what its answer means. */
class PendingRange {
  /** Bytes read so far. */
  done = 0;
  readonly #path: string;
  readonly #start: number;
  /**
   * Kept as a number: once V8 14 (Node 26) has optimised a loop whose condition reads an array's length, it takes lengths from 2^31
   * on for negative ones.
   */
  readonly #total: number;

  constructor(path: string, start: number, total: number) {
    this.#path = path;
    this.#start = start;
    this.#total = total;
  }

  get left(): number {
    return this.#total - this.done;
  }

  /** The position in the file at which the next call reads. */
  get position(): number {
    return this.#start + this.done;
  }

  /** The most bytes that the next call reads. */
  get callBytes(): number {
    return Math.min(this.left, MAX_READ_BYTES);
  }

  /** @throws {JumpfillError} IO_FAILED: nothing was read, so the file ends here */
  advance(bytesRead: number): void {
    if (bytesRead === 0) throw endedEarly(this.#path, this.position);
    this.done += bytesRead;
  }

  failed(cause: unknown): Error {
    return readError(this.#path, cause, this.position);
  }
}
