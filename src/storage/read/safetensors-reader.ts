/**
 * Reads safetensors files, and believes nothing: header.ts says what a header may be, this file reads the bytes.
 * @module
 */
import type { FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fillableDtype } from '../../domain/tensors/stored-dtypes.js';
import { checkAt, JumpfillError } from '../../base/errors.js';
import { checkLayout, parseHeader, refuse, type Entry } from '../format/header.js';
import { openForReading, readBytes } from '../files/read-at.js';
import { recogniseOther } from '../format/other-formats.js';
import { LENGTH_BYTES, MAX_HEADER_BYTES } from '../format/safetensors.js';
import type { StoredFile, StoredTensor } from '../format/stored.js';

/** Read at once with the length: the headers of most files, so that one read is enough. */
const FIRST_READ_BYTES = 2 ** 16;

/**
 * Checks all that can be known of a file without reading a tensor.
 * @throws {ValueError} BAD_CHECKPOINT: it cannot be opened, is no ordinary file, or its header is not as the format has it
 * @throws {JumpfillError} IO_FAILED
 */
export async function readHeader(path: string): Promise<StoredFile> {
  const absolute = resolve(path);
  const { file, byteLength } = await openForReading(absolute);
  try {
    const json = await readHeaderBytes(file, absolute, byteLength);
    return checkAt(absolute, () => parseFile(absolute, byteLength, json));
  } finally {
    await file.close();
  }
}

/**
 * Opens a file whose header was read before.
 * @throws {JumpfillError} IO_FAILED: it is not as long as it was
 * @throws {ValueError} BAD_CHECKPOINT: it is gone
 */
export async function openUnchanged({ path, byteLength }: StoredFile): Promise<FileHandle> {
  const opened = await openForReading(path);
  if (opened.byteLength === byteLength) return opened.file;
  await opened.file.close();
  const found = `${path} had ${byteLength} bytes when its header was read, and has ${opened.byteLength}.`;
  throw new JumpfillError('IO_FAILED', found, 'Somebody changed it: open the checkpoint again.');
}

/** Of the JSON alone. */
async function readHeaderBytes(file: FileHandle, path: string, size: number): Promise<Uint8Array> {
  const first = await readBytes(file, path, 0, Math.min(size, FIRST_READ_BYTES));
  const length = checkAt(path, () => {
    try {
      return checkHeaderLength(first, size);
    } catch (error) {
      throw recogniseOther(first) ?? error;
    }
  });
  const end = LENGTH_BYTES + length;
  if (end <= first.length) return first.subarray(LENGTH_BYTES, end);
  return await readBytes(file, path, LENGTH_BYTES, length);
}

function checkHeaderLength(first: Uint8Array, size: number): number {
  if (size < LENGTH_BYTES) throw refuse(`It has ${size} bytes, and the header's length alone takes 8.`);
  const length = new DataView(first.buffer, first.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw refuse(
      `Its header would have ${length} bytes, more than the ${MAX_HEADER_BYTES} that are allowed.`,
    );
  }
  if (length > BigInt(size - LENGTH_BYTES)) {
    throw refuse(`Its header would have ${length} bytes, and the file has ${size}.`);
  }
  return Number(length);
}

function parseFile(path: string, byteLength: number, json: Uint8Array): StoredFile {
  const { metadata, entries } = checkAt('header', () => parseHeader(json));
  const dataOffset = LENGTH_BYTES + json.length;
  checkLayout(entries, byteLength - dataOffset);
  const tensors = entries.map((entry) => describeEntry(entry, path, dataOffset));
  return { path, byteLength, dataOffset, metadata, tensors };
}

function describeEntry(entry: Entry, path: string, dataOffset: number): StoredTensor {
  const { name, dtype, shape, elementCount, begin, end } = entry;
  return {
    name,
    storedDtype: dtype,
    dtype: fillableDtype(dtype),
    shape,
    elementCount,
    byteLength: end - begin,
    path,
    position: dataOffset + begin,
  };
}
