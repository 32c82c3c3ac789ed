/**
 * Opening files that others wrote, and reading ranges of them whole.
 * @module
 */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { ValueError } from '../../base/errors.js';
import { shortenPath } from '../../base/wording.js';
import { endedEarly, isOutOfFiles, outOfFiles, readError, reasonOf } from './io-errors.js';

export interface OpenFile {
  readonly file: FileHandle;
  readonly byteLength: number;
}

/**
 * Opens a file for reading, if it is one. O_NONBLOCK: the open of a pipe would wait for somebody to write.
 * @throws {ValueError} BAD_CHECKPOINT
 */
export async function openOrdinary(path: string): Promise<OpenFile> {
  const remedy = 'Pass the path of a file that is there and can be read.';
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    const found = `${shortenPath(path)} cannot be read: ${reasonOf(cause)}.`;
    if (isOutOfFiles(cause)) throw outOfFiles(found, cause);
    throw new ValueError('BAD_CHECKPOINT', found, remedy, { cause });
  });
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw new ValueError('BAD_CHECKPOINT', `${path} is no ordinary file.`, remedy);
    return { file, byteLength: facts.size };
  } catch (error) {
    await file.close();
    throw error instanceof ValueError ? error : readError(path, error);
  }
}

/**
 * Reads all of a range, however many calls the system makes of it.
 * @throws {JumpfillError} IO_FAILED: also when the file ends before
 */
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

/** One call reads no more: Linux stops at 2^31 - 4096, and Node refuses 2^31. */
const MAX_READ_BYTES = 2 ** 30;

export async function readInto(
  file: FileHandle,
  path: string,
  position: number,
  bytes: Uint8Array,
): Promise<void> {
  // Read once: V8 14 (Node 26), once it has optimised the loop, takes a length from 2^31 on for a negative one in its condition.
  const total = bytes.byteLength;
  for (let done = 0; done < total;) {
    const length = Math.min(total - done, MAX_READ_BYTES);
    const { bytesRead } = await file
      .read(bytes, done, length, position + done)
      .catch((cause: unknown) => Promise.reject(readError(path, cause)));
    if (bytesRead === 0) throw endedEarly(path, position + done);
    done += bytesRead;
  }
}
