/**
 * What the header of a safetensors file may be: what the official reader accepts, but for what FILES_OF_OTHERS.md lists with a reason.
 * Source: https://github.com/huggingface/safetensors, README, section "Format", and `Metadata::validate` in
 * safetensors/src/tensor.rs.
 * @module
 */
import { STORED_BITS, STORED_DTYPES, type StoredDtype } from '../../domain/tensors/stored-dtypes.js';
import { nameTensor, show } from '../../base/wording.js';
import { checkAt, ValueError } from '../../base/errors.js';
import { decodeUtf8, JsonReader } from './json-reader.js';

const REMEDY = 'The file is damaged or no safetensors file: get it or write it again.';

export const refuse = (found: string): ValueError => new ValueError('BAD_CHECKPOINT', found, REMEDY);

/** An entry of the header, its own size checked. */
export interface Entry {
  readonly name: string;
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  readonly elementCount: number;
  /** From the beginning of the data. */
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly metadata: ReadonlyMap<string, string>;
  /** In the order of their data. */
  readonly entries: readonly Entry[];
}

/** @throws {ValueError} BAD_CHECKPOINT */
export function parseHeader(json: Uint8Array): Header {
  const text = decodeUtf8(json, REMEDY);
  // The format's page has "{" first; the official reader takes spaces before it, as JSON does.
  const first = /[^ \t\n\r]/.exec(text)?.[0] ?? '';
  if (first !== '{') throw refuse(`It begins with ${show(first)}, not with "{".`);
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

/** MLX writes null for none. */
function readMetadata(reader: JsonReader, metadata: Map<string, string>): void {
  if (reader.readNull()) return;
  checkAt('__metadata__', () => {
    reader.readObject((key) => {
      if (metadata.size === MAX_METADATA) throw refuse(`it has more than ${MAX_METADATA} entries.`);
      metadata.set(key, reader.readString());
    });
  });
}

/** Further keys tell nothing that decides a byte: they may hold anything, and are passed over. */
function readEntry(reader: JsonReader, name: string): Entry {
  return checkAt(nameTensor(name), () => {
    let dtype: string | undefined;
    let shape: number[] | undefined;
    let offsets: number[] | undefined;
    reader.readObject((key) => {
      if (key === 'dtype') dtype = checkAt(key, () => reader.readString());
      else if (key === 'shape') shape = checkAt(key, () => readWholes(reader));
      else if (key === 'data_offsets') offsets = checkAt(key, () => readWholes(reader));
      else reader.skipValue();
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
  if (dtype === undefined) throw refuseDtype(stored);
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

/** Names that are near in letters are far in bytes: nothing but another spelling is suggested. */
function refuseDtype(stored: string): ValueError {
  const known = STORED_DTYPES.find((dtype) => dtype === stored.toUpperCase());
  const hint = known === undefined ? '' : ` Did you mean "${known}"?`;
  return refuse(`dtype ${show(stored)} is not known.${hint} Known: ${STORED_DTYPES.join(', ')}.`);
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

/**
 * The data lie one after another from the beginning to the end.
 * @param entries  in the order of their data
 * @throws {ValueError} BAD_CHECKPOINT
 */
export function checkLayout(entries: readonly Entry[], dataBytes: number): void {
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
