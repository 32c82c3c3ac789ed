/**
 * Reads the header of a safetensors file, and believes nothing: whatever is accepted here, the official reader accepts too.
 * Source: https://github.com/huggingface/safetensors, README, section "Format", and `Metadata::validate` in
 * safetensors/src/tensor.rs.
 * @module
 */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fillableDtype, STORED_BITS, STORED_DTYPES, type StoredDtype } from '../domain/stored-dtypes.js';
import { nameTensor } from '../domain/tensor.js';
import { shortenPath, show, suggest } from '../domain/words.js';
import { checkAt, InitError, ValueError } from '../errors.js';
import { endedEarly, isOutOfFiles, outOfFiles, readError, reasonOf } from './io-errors.js';
import { decodeUtf8, JsonReader } from './json-reader.js';
import { recogniseOther } from './other-formats.js';
import { LENGTH_BYTES, MAX_HEADER_BYTES } from './safetensors.js';
import type { StoredFile, StoredTensor } from './stored.js';

/** Read at once with the length: the headers of most files, so that one read is enough. */
const FIRST_READ_BYTES = 2 ** 16;

const REMEDY = 'The file is damaged or no safetensors file: get it or write it again.';

const refuse = (found: string): ValueError => new ValueError('BAD_CHECKPOINT', found, REMEDY);

/**
 * Checks all that can be known of a file without reading a tensor.
 * @throws {ValueError} BAD_CHECKPOINT: it cannot be opened, is no ordinary file, or its header is not as the format has it
 * @throws {InitError} IO_FAILED
 */
export async function readHeader(path: string): Promise<StoredFile> {
  const absolute = resolve(path);
  const { file, byteLength } = await openOrdinary(absolute);
  try {
    const json = await readHeaderBytes(file, absolute, byteLength);
    return checkAt(absolute, () => parseFile(absolute, byteLength, json));
  } finally {
    await file.close();
  }
}

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
 * Opens a file whose header was read before.
 * @throws {InitError} IO_FAILED: it is not as long as it was
 * @throws {ValueError} BAD_CHECKPOINT: it is gone
 */
export async function openUnchanged({ path, byteLength }: StoredFile): Promise<FileHandle> {
  const opened = await openOrdinary(path);
  if (opened.byteLength === byteLength) return opened.file;
  await opened.file.close();
  const found = `${path} had ${byteLength} bytes when its header was read, and has ${opened.byteLength}.`;
  throw new InitError('IO_FAILED', found, 'Somebody changed it: open the checkpoint again.');
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

/**
 * Reads all of a range, however many calls the system makes of it.
 * @throws {InitError} IO_FAILED: also when the file ends before
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
  for (let done = 0; done < bytes.length;) {
    const length = Math.min(bytes.length - done, MAX_READ_BYTES);
    const { bytesRead } = await file
      .read(bytes, done, length, position + done)
      .catch((cause: unknown) => Promise.reject(readError(path, cause)));
    if (bytesRead === 0) throw endedEarly(path, position + done);
    done += bytesRead;
  }
}

function parseFile(path: string, byteLength: number, json: Uint8Array): StoredFile {
  const { metadata, entries } = checkAt('header', () => parseHeader(json));
  const dataOffset = LENGTH_BYTES + json.length;
  checkLayout(entries, byteLength - dataOffset);
  const tensors = entries.map((entry) => describeEntry(entry, path, dataOffset));
  return { path, byteLength, dataOffset, metadata, tensors };
}

/** An entry of the header, its own size checked. */
interface Entry {
  readonly name: string;
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  readonly elementCount: number;
  /** From the beginning of the data. */
  readonly begin: number;
  readonly end: number;
}

interface Header {
  readonly metadata: ReadonlyMap<string, string>;
  /** In the order of their data. */
  readonly entries: readonly Entry[];
}

function parseHeader(json: Uint8Array): Header {
  const text = decodeUtf8(json, REMEDY);
  if (!text.startsWith('{')) throw refuse(`It begins with ${show(text.slice(0, 1))}, not with "{".`);
  const reader = new JsonReader(text, REMEDY);
  const metadata = new Map<string, string>();
  const entries: Entry[] = [];
  reader.readObject((name) => {
    if (name === '__metadata__') readMetadata(reader, metadata);
    else entries.push(readEntry(reader, name));
  });
  reader.end();
  return { metadata, entries: entries.sort((a, b) => a.begin - b.begin || a.end - b.end) };
}

/** More than anybody has to say: a header of nothing else would take gigabytes. */
const MAX_METADATA = 2 ** 16;

function readMetadata(reader: JsonReader, metadata: Map<string, string>): void {
  checkAt('__metadata__', () => {
    reader.readObject((key) => {
      if (metadata.size === MAX_METADATA) throw refuse(`it has more than ${MAX_METADATA} entries.`);
      metadata.set(key, reader.readString());
    });
  });
}

const ENTRY_KEYS = ['dtype', 'shape', 'data_offsets'] as const;

function readEntry(reader: JsonReader, name: string): Entry {
  return checkAt(nameTensor(name), () => {
    let dtype: string | undefined;
    let shape: number[] | undefined;
    let offsets: number[] | undefined;
    reader.readObject((key) => {
      if (key === 'dtype') dtype = checkAt(key, () => reader.readString());
      else if (key === 'shape') shape = checkAt(key, () => readWholes(reader));
      else if (key === 'data_offsets') offsets = checkAt(key, () => readWholes(reader));
      else throw refuse(`${show(key)} is no known key. Known: ${ENTRY_KEYS.join(', ')}.`);
    });
    if (dtype === undefined) throw refuse('dtype is missing.');
    if (shape === undefined) throw refuse('shape is missing.');
    if (offsets === undefined) throw refuse('data_offsets is missing.');
    return checkEntry(name, dtype, shape, offsets);
  });
}

/** More numbers than any tensor has dimensions: a header of nothing but ones would take gigabytes. */
const MAX_NUMBERS = 2 ** 16;

function readWholes(reader: JsonReader): number[] {
  const numbers: number[] = [];
  reader.readArray(() => {
    if (numbers.push(reader.readWhole()) > MAX_NUMBERS)
      throw refuse(`it has more than ${MAX_NUMBERS} numbers.`);
  });
  return numbers;
}

function checkEntry(
  name: string,
  stored: string,
  shape: readonly number[],
  offsets: readonly number[],
): Entry {
  const dtype = STORED_DTYPES.find((known) => known === stored);
  if (dtype === undefined)
    throw refuse(`dtype ${show(stored)} is not known. ${suggest(stored, STORED_DTYPES)}`);
  const [begin, end] = offsets;
  if (begin === undefined || end === undefined || offsets.length !== 2) {
    throw refuse(`data_offsets has ${offsets.length} numbers, not 2.`);
  }
  if (end < begin) throw refuse(`data_offsets end at ${end}, before they begin at ${begin}.`);
  const elementCount = countStored(shape);
  const bits = BigInt(elementCount) * BigInt(STORED_BITS[dtype]);
  const form = (): string => `${dtype} of shape ${show(shape)}`;
  if (bits % 8n !== 0n) throw refuse(`${form()} does not fill whole bytes.`);
  if (bits / 8n !== BigInt(end - begin)) {
    throw refuse(`${form()} has ${bits / 8n} bytes, and data_offsets give it ${end - begin}.`);
  }
  return { name, dtype, shape, elementCount, begin, end };
}

/** As the official reader counts: multiplied in order in 64 bits, so that a 0 does not mend an overflow before it. */
function countStored(shape: readonly number[]): number {
  let count = 1n;
  for (const size of shape) {
    count *= BigInt(size);
    if (count >= 1n << 64n) throw refuse(`shape ${show(shape)} has more elements than 64 bits can count.`);
  }
  if (count > BigInt(Number.MAX_SAFE_INTEGER)) throw refuse(`shape ${show(shape)} has ${count} elements.`);
  return Number(count);
}

/** The data lie one after another from the beginning to the end. */
function checkLayout(entries: readonly Entry[], dataBytes: number): void {
  let next = 0;
  for (const { name, begin, end } of entries) {
    const where = `${nameTensor(name)}: data_offsets begin at ${begin}`;
    if (begin > next) throw refuse(`${where}, and the data before it end at ${next}: there is a gap.`);
    if (begin < next) throw refuse(`${where}, and the data before it end at ${next}: they overlap.`);
    next = end;
  }
  if (next === dataBytes) return;
  const what = next > dataBytes ? 'It was cut short' : 'There is something behind the last tensor';
  throw refuse(`${what}: its header tells of ${next} bytes of data, and there are ${dataBytes}.`);
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
