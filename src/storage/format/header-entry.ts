/**
 * One tensor's entry in the header of a safetensors file: how it is written, and which entries are read. Reading accepts what the
 * official reader accepts, apart from the exceptions listed in FILES_OF_OTHERS.md.
 * Source: https://github.com/huggingface/safetensors, README, section "Format", and `Metadata::validate` in
 * safetensors/src/tensor.rs.
 * @module
 */
import { checkAt, ValueError } from '../../base/errors.js';
import { nameTensor, show } from '../../base/wording.js';
import { DTYPES, type Dtype } from '../../domain/tensors/dtypes.js';
import { STORED_BITS, STORED_DTYPES, type StoredDtype } from '../../domain/tensors/stored-dtypes.js';
import type { JsonReader } from './json-reader.js';

/** The remedy for a broken header. */
export const HEADER_REMEDY = 'The file is damaged or not a safetensors file: download or write it again.';

export const refuseHeader = (found: string): ValueError =>
  new ValueError('BAD_CHECKPOINT', found, HEADER_REMEDY);

/** The keys of an entry. */
const DTYPE = 'dtype';
const SHAPE = 'shape';
const OFFSETS = 'data_offsets';

/** A tensor that a header is written for. */
export interface TensorToStore {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly byteLength: number;
}

/** @param begin  of its bytes, from the beginning of the data */
export const writeEntry = ({ dtype, shape, byteLength }: TensorToStore, begin: number): object => ({
  [DTYPE]: DTYPES[dtype].safetensors,
  [SHAPE]: shape,
  [OFFSETS]: [begin, begin + byteLength],
});

/** An entry as it was read: its shape, dtype and size agree. */
export interface Entry {
  readonly name: string;
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  readonly elementCount: number;
  /** From the beginning of the data. */
  readonly begin: number;
  readonly end: number;
}

/**
 * Further keys may hold anything: they decide no byte, and are skipped.
 * @throws {ValueError} BAD_CHECKPOINT
 */
export function readEntry(reader: JsonReader, name: string): Entry {
  return checkAt(nameTensor(name), () => {
    let dtype: string | undefined;
    let shape: number[] | undefined;
    let offsets: number[] | undefined;
    reader.readObject((key) => {
      if (key === DTYPE) dtype = checkAt(key, () => reader.readString());
      else if (key === SHAPE) shape = checkAt(key, () => readWholes(reader));
      else if (key === OFFSETS) offsets = checkAt(key, () => readWholes(reader));
      else reader.skipValue();
    });
    if (dtype === undefined) throw refuseHeader(`${DTYPE} is missing.`);
    if (shape === undefined) throw refuseHeader(`${SHAPE} is missing.`);
    if (offsets === undefined) throw refuseHeader(`${OFFSETS} is missing.`);
    return checkEntry(name, dtype, shape, offsets);
  });
}

/** No tensor has so many dimensions, and a header full of ones would take gigabytes of memory. */
const MAX_NUMBERS = 2 ** 16;

function readWholes(reader: JsonReader): number[] {
  const numbers: number[] = [];
  reader.readArray(() => {
    if (numbers.push(reader.readWhole()) > MAX_NUMBERS)
      throw refuseHeader(`it has more than ${MAX_NUMBERS} numbers.`);
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
    throw refuseHeader(`${OFFSETS} has ${offsets.length} numbers, not 2.`);
  }
  if (end < begin) throw refuseHeader(`${OFFSETS} end at ${end}, before they begin at ${begin}.`);
  const elementCount = countStored(shape);
  const bits = BigInt(elementCount) * BigInt(STORED_BITS[dtype]);
  const form = (): string => `${dtype} of shape ${show(shape)}`;
  if (bits % 8n !== 0n) throw refuseHeader(`${form()} does not fill whole bytes.`);
  if (bits / 8n !== BigInt(end - begin)) {
    throw refuseHeader(`${form()} takes ${bits / 8n} bytes, but ${OFFSETS} span ${end - begin}.`);
  }
  return { name, dtype, shape, elementCount, begin, end };
}

/** Dtypes whose names look alike have different sizes, so only another capitalisation is suggested. */
function refuseDtype(stored: string): ValueError {
  const known = STORED_DTYPES.find((dtype) => dtype === stored.toUpperCase());
  const hint = known === undefined ? '' : ` Did you mean "${known}"?`;
  return refuseHeader(`${DTYPE} ${show(stored)} is not known.${hint} Known: ${STORED_DTYPES.join(', ')}.`);
}

/** Counts as the official reader does: multiplying in order in 64 bits, so that a later 0 does not hide an overflow. */
function countStored(shape: readonly number[]): number {
  let count = 1n;
  for (const size of shape) {
    count *= BigInt(size);
    if (count >= 1n << 64n)
      throw refuseHeader(`${SHAPE} ${show(shape)} has more elements than 64 bits can count.`);
  }
  if (count > BigInt(Number.MAX_SAFE_INTEGER))
    throw refuseHeader(`${SHAPE} ${show(shape)} has ${count} elements.`);
  return Number(count);
}
