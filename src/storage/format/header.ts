/**
 * The header of a safetensors file, written and read: 8 bytes of its length, then JSON, then the tensors without gaps. Reading accepts
 * what the official reader accepts, apart from the exceptions listed in FILES_OF_OTHERS.md.
 * Source: https://github.com/huggingface/safetensors, README, section "Format", and `Metadata::validate` in
 * safetensors/src/tensor.rs.
 * @module
 */
import { checkAt, ValueError } from '../../base/errors.js';
import { nameTensor, show } from '../../base/wording.js';
import {
  HEADER_REMEDY,
  readEntry,
  refuseHeader,
  writeEntry,
  type Entry,
  type TensorToStore,
} from './header-entry.js';
import { decodeUtf8, JsonReader } from './json-reader.js';

/** The key of the metadata, among the tensors' names. */
const METADATA = '__metadata__';

/** The official reader refuses longer headers. */
export const MAX_HEADER_BYTES = 100_000_000;

/** The length before the JSON is a little-endian u64. */
export const LENGTH_BYTES = 8;

/** Data begins at a multiple of this: the official writer's alignment, enough for every dtype. */
const DATA_ALIGNMENT = 8;

/**
 * @param tensors   in file order
 * @param metadata  strings only: the format allows nothing else
 * @returns         all bytes before the data; the tensors' data follow in order, without gaps
 * @throws {ValueError} TOO_LARGE: more than 100 MB of names and metadata
 */
export function encodeHeader(
  tensors: readonly TensorToStore[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  let begin = 0;
  const entries = tensors.map((tensor) => {
    const entry = writeEntry(tensor, begin);
    begin += tensor.byteLength;
    return [tensor.name, entry] as const;
  });
  // Joined by hand: an object would move names like "10" to the front.
  const members = [[METADATA, metadata] as const, ...entries].map(
    ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
  );
  return frameHeader(new TextEncoder().encode(`{${members.join(',')}}`));
}

function frameHeader(json: Uint8Array): Uint8Array {
  const length = Math.ceil((LENGTH_BYTES + json.length) / DATA_ALIGNMENT) * DATA_ALIGNMENT - LENGTH_BYTES;
  if (length > MAX_HEADER_BYTES) {
    const found = `The header of the safetensors file would have ${length} bytes.`;
    throw new ValueError('TOO_LARGE', found, `Readers accept ${MAX_HEADER_BYTES}: split the model.`);
  }
  const header = new Uint8Array(LENGTH_BYTES + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, LENGTH_BYTES);
  return header;
}

export interface Header {
  readonly metadata: ReadonlyMap<string, string>;
  /** In the order of their data. */
  readonly entries: readonly Entry[];
  /** The tensors' names, in the order of the JSON. */
  readonly names: readonly string[];
}

/**
 * The length of the JSON, in bytes.
 * @param first     the first bytes of the file: 8, or all it has
 * @param fileSize  in bytes
 * @throws {ValueError} BAD_CHECKPOINT
 */
export function readHeaderLength(first: Uint8Array, fileSize: number): number {
  if (fileSize < LENGTH_BYTES) {
    throw refuseHeader(`It has ${fileSize} bytes, but the header's length alone takes ${LENGTH_BYTES}.`);
  }
  const length = new DataView(first.buffer, first.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw refuseHeader(
      `It does not begin like a safetensors file: its header would have ${length} bytes, but at most ${MAX_HEADER_BYTES} are allowed.`,
    );
  }
  if (length > BigInt(fileSize - LENGTH_BYTES)) {
    throw refuseHeader(`Its header would have ${length} bytes, but the file has only ${fileSize}.`);
  }
  return Number(length);
}

/** @throws {ValueError} BAD_CHECKPOINT */
export function parseHeader(json: Uint8Array): Header {
  const text = decodeUtf8(json, HEADER_REMEDY);
  // The format's page has "{" first; the official reader takes spaces before it, as JSON does.
  const first = /[^ \t\n\r]/.exec(text)?.[0] ?? '';
  if (first !== '{') throw refuseHeader(`It begins with ${show(first)}, not with "{".`);
  const reader = new JsonReader(text, HEADER_REMEDY);
  const metadata = new Map<string, string>();
  const entries: Entry[] = [];
  reader.readObject((name) => {
    if (name === METADATA) readMetadata(reader, metadata);
    else entries.push(readEntry(reader, name));
  });
  reader.end();
  const names = entries.map(({ name }) => name);
  return { metadata, names, entries: entries.sort((a, b) => a.begin - b.begin || a.end - b.end) };
}

/** No writer comes near, and a header full of entries would take gigabytes of memory. */
const MAX_METADATA = 2 ** 16;

/** MLX writes null where there is no metadata. */
function readMetadata(reader: JsonReader, metadata: Map<string, string>): void {
  if (reader.readNull()) return;
  checkAt(METADATA, () => {
    reader.readObject((key) => {
      if (metadata.size === MAX_METADATA) throw refuseHeader(`it has more than ${MAX_METADATA} entries.`);
      metadata.set(key, reader.readString());
    });
  });
}

/**
 * Checks that the data follow each other from the first byte to the last.
 * @param entries  in the order of their data
 * @throws {ValueError} BAD_CHECKPOINT
 */
export function checkDataOffsets(entries: readonly Entry[], dataBytes: number): void {
  let next = 0;
  for (const { name, begin, end } of entries) {
    const where = `${nameTensor(name)}: data_offsets begin at ${begin}`;
    if (begin > next) throw refuseHeader(`${where}, but the data before it end at ${next}: there is a gap.`);
    if (begin < next) throw refuseHeader(`${where}, but the data before it end at ${next}: they overlap.`);
    next = end;
  }
  if (next === dataBytes) return;
  const what = next > dataBytes ? 'It was cut short' : 'There are bytes behind the last tensor';
  throw refuseHeader(`${what}: its header describes ${next} bytes of data, but there are ${dataBytes}.`);
}
