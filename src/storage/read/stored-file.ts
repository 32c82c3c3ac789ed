/**
 * One safetensors file: what its header says, checked against the format and the file's size. No tensor is read.
 * @module
 */
import type { FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { checkAt, JumpfillError } from '../../base/errors.js';
import { shortenPath } from '../../base/wording.js';
import type { Dtype } from '../../domain/tensors/dtypes.js';
import { dtypeOf, type StoredDtype } from '../../domain/tensors/stored-dtypes.js';
import { openForReading, readBytes } from '../files/read-at.js';
import type { Entry } from '../format/header-entry.js';
import { checkDataOffsets, LENGTH_BYTES, parseHeader, readHeaderLength } from '../format/header.js';
import { recogniseOther } from '../format/other-formats.js';

export interface StoredTensor {
  readonly name: string;
  /** As in the header: `BF16`. */
  readonly storedDtype: StoredDtype;
  /** This library's name for it. */
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly elementCount: number;
  readonly byteLength: number;
  /** The file's path, absolute. */
  readonly path: string;
  /** The position of its first byte in the file. */
  readonly position: number;
}

export interface StoredFile {
  /** Absolute. */
  readonly path: string;
  readonly byteLength: number;
  readonly metadata: ReadonlyMap<string, string>;
  /** In file order. */
  readonly tensors: readonly StoredTensor[];
  /** The tensors' names in the order of the header, which may be another. */
  readonly listed: readonly string[];
}

/** The first read takes the length and, in most files, the whole header. */
export const FIRST_READ_BYTES = 2 ** 16;

/** Reads a range of a file that is open, on a disk or elsewhere. */
export type ReadRange = (position: number, byteLength: number) => Promise<Uint8Array>;

/**
 * Reads and checks the header.
 * @throws {ValueError} BAD_CHECKPOINT: the file cannot be opened, is not a regular file, or its header breaks the format
 * @throws {JumpfillError} IO_FAILED
 */
export async function readHeader(path: string): Promise<StoredFile> {
  const absolute = resolve(path);
  const { file, byteLength } = await openForReading(absolute);
  try {
    const read: ReadRange = (position, length) => readBytes(file, absolute, position, length);
    const first = await read(0, Math.min(byteLength, FIRST_READ_BYTES));
    return await parseStoredFile(absolute, byteLength, first, read);
  } finally {
    await file.close();
  }
}

/**
 * Checks the header of a file of which the first bytes were read, and reads the rest of the header if they are not all of it.
 * @param path   for messages, and of the result
 * @param first  FIRST_READ_BYTES, or the whole of a shorter file
 * @throws {ValueError} BAD_CHECKPOINT, and what `read` throws
 */
export async function parseStoredFile(
  path: string,
  byteLength: number,
  first: Uint8Array,
  read: ReadRange,
): Promise<StoredFile> {
  const end = LENGTH_BYTES + checkAt(path, () => readLength(first, byteLength));
  const bytes = end <= first.length ? first : await readRest(first, end, read);
  return checkAt(path, () => parseFile(path, byteLength, bytes.subarray(LENGTH_BYTES, end)));
}

/**
 * Opens a file whose header was read before.
 * @throws {JumpfillError} IO_FAILED: its length has changed
 * @throws {ValueError} BAD_CHECKPOINT: it is gone
 */
export async function openUnchanged({ path, byteLength }: StoredFile): Promise<FileHandle> {
  const opened = await openForReading(path);
  if (opened.byteLength === byteLength) return opened.file;
  await opened.file.close();
  const found = `${shortenPath(path)} had ${byteLength} bytes when its header was read, and now has ${opened.byteLength}.`;
  throw new JumpfillError('IO_FAILED', found, 'Another program changed it: open the checkpoint again.');
}

function readLength(first: Uint8Array, fileSize: number): number {
  try {
    return readHeaderLength(first, fileSize);
  } catch (error) {
    throw recogniseOther(first) ?? error;
  }
}

async function readRest(first: Uint8Array, end: number, read: ReadRange): Promise<Uint8Array> {
  const bytes = new Uint8Array(end);
  bytes.set(first);
  bytes.set(await read(first.length, end - first.length), first.length);
  return bytes;
}

function parseFile(path: string, byteLength: number, json: Uint8Array): StoredFile {
  const { metadata, entries, names: listed } = checkAt('header', () => parseHeader(json));
  const dataOffset = LENGTH_BYTES + json.length;
  checkDataOffsets(entries, byteLength - dataOffset);
  const tensors = entries.map((entry) => locateTensor(entry, path, dataOffset));
  return { path, byteLength, metadata, tensors, listed };
}

function locateTensor(entry: Entry, path: string, dataOffset: number): StoredTensor {
  const { name, dtype, shape, elementCount, begin, end } = entry;
  return {
    name,
    storedDtype: dtype,
    dtype: dtypeOf(dtype),
    shape,
    elementCount,
    byteLength: end - begin,
    path,
    position: dataOffset + begin,
  };
}
