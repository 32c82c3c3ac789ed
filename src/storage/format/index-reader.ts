/**
 * Reads the index of a checkpoint of several files: which file holds each tensor. Writers agree on `weight_map` alone: `metadata` may
 * be missing, its `total_size` a text, and further keys may stand beside it (FILES_OF_OTHERS.md), so nothing else is looked at.
 * @module
 */
import { nameTensor, show } from '../../base/wording.js';
import { checkAt, ValueError } from '../../base/errors.js';
import { decodeUtf8, JsonReader } from './json-reader.js';
import { MAX_HEADER_BYTES } from './safetensors.js';
import { openForReading, readBytes } from '../files/read-at.js';

const REMEDY = 'The index is damaged or of something else: get it or write it again.';

/** As much as a header may have. */
const MAX_INDEX_BYTES = MAX_HEADER_BYTES;

const refuse = (found: string): ValueError => new ValueError('BAD_CHECKPOINT', found, REMEDY);

/**
 * @returns the file of each tensor, relative to the index, without `.` in its path
 * @throws {ValueError} BAD_CHECKPOINT
 * @throws {JumpfillError} IO_FAILED
 */
export async function readIndex(path: string): Promise<ReadonlyMap<string, string>> {
  const { file, byteLength } = await openForReading(path);
  try {
    if (byteLength > MAX_INDEX_BYTES) {
      throw refuse(`${path}: an index of ${byteLength} bytes, more than ${MAX_INDEX_BYTES}.`);
    }
    const bytes = await readBytes(file, path, 0, byteLength);
    return checkAt(path, () => parseIndex(decodeUtf8(bytes, REMEDY)));
  } finally {
    await file.close();
  }
}

function parseIndex(text: string): ReadonlyMap<string, string> {
  const reader = new JsonReader(text, REMEDY);
  let places: Map<string, string> | undefined;
  reader.readObject((key) => {
    if (key === 'weight_map') places = checkAt(key, () => readPlaces(reader));
    else reader.skipValue();
  });
  reader.end();
  if (places === undefined) throw refuse('weight_map is missing.');
  return places;
}

function readPlaces(reader: JsonReader): Map<string, string> {
  const places = new Map<string, string>();
  reader.readObject((name) => {
    const file = checkAt(nameTensor(name), () => checkPlace(reader.readString()));
    places.set(name, file);
  });
  return places;
}

/**
 * A file in the index's folder or below it: an index may come from anywhere, and must not reach beyond. `./` on the way says nothing.
 */
function checkPlace(file: string): string {
  const steps = file.split('/').filter((step, i, { length }) => step !== '.' || i === length - 1);
  const isWithin = steps.every((step) => !['', '.', '..'].includes(step));
  if (isWithin && !/[\\\0]/.test(file)) return steps.join('/');
  throw refuse(`${show(file)} is no file in the folder of the index.`);
}
