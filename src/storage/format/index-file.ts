/**
 * The index of a checkpoint of several files, written and read: which file holds each tensor.
 *
 * Keys are sorted and indented as `transformers` writes them, whose `metadata` has `total_parameters`, a number of elements, before
 * `total_size`, a number of bytes. Writers agree on `weight_map` alone: `metadata` may be missing, its `total_size` a string, and
 * further keys may stand beside it (FILES_OF_OTHERS.md), so reading ignores everything else.
 * Source: `save_pretrained`,
 * https://github.com/huggingface/transformers/blob/main/src/transformers/modeling_utils.py
 * @module
 */
import { checkAt, ValueError } from '../../base/errors.js';
import { sumOf } from '../../base/sum.js';
import { nameTensor, shortenPath, show } from '../../base/wording.js';
import { openForReading, readBytes } from '../files/read-at.js';
import { MAX_HEADER_BYTES } from './header.js';
import { decodeUtf8, JsonReader } from './json-reader.js';

/** The key of the map from tensors to files. */
const WEIGHT_MAP = 'weight_map';

/** A tensor, and the file that holds it. */
export type IndexEntry = readonly [tensor: string, file: string];

/** The size of all tensors together. */
export interface Totals {
  readonly byteLength: number;
  /** Left out by 0.4 and huggingface_hub. */
  readonly elementCount?: number;
}

export function totalsOf(
  tensors: readonly { readonly byteLength: number; readonly elementCount: number }[],
): Required<Totals> {
  return {
    byteLength: sumOf(tensors, ({ byteLength }) => byteLength),
    elementCount: sumOf(tensors, ({ elementCount }) => elementCount),
  };
}

/** Joined by hand: an object would move names like "10" to the front, and lose "__proto__". */
export function encodeIndex(
  entries: readonly IndexEntry[],
  { byteLength, elementCount }: Totals,
): Uint8Array {
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  const members = sorted.map(([name, file]) => `    ${JSON.stringify(name)}: ${JSON.stringify(file)}`);
  const totals = [
    ...(elementCount === undefined ? [] : [`    "total_parameters": ${elementCount}`]),
    `    "total_size": ${byteLength}`,
  ];
  const text = `{\n  "metadata": {\n${totals.join(',\n')}\n  },\n  "${WEIGHT_MAP}": {\n${members.join(',\n')}\n  }\n}\n`;
  return new TextEncoder().encode(text);
}

const REMEDY = 'The index is damaged or not an index: download or write it again.';

/** As much as a header may have. */
export const MAX_INDEX_BYTES = MAX_HEADER_BYTES;

const refuse = (found: string): ValueError => new ValueError('BAD_CHECKPOINT', found, REMEDY);

/** The file of each tensor, relative to the index. */
export type WeightMap = ReadonlyMap<string, string>;

/**
 * Reads the weight map of an index; the files' paths have no `.` in them.
 * @throws {ValueError} BAD_CHECKPOINT
 * @throws {JumpfillError} IO_FAILED
 */
export async function readIndex(path: string): Promise<WeightMap> {
  const { file, byteLength } = await openForReading(path);
  try {
    if (byteLength > MAX_INDEX_BYTES) throw refuseLongIndex(path, byteLength);
    return parseIndexBytes(path, await readBytes(file, path, 0, byteLength));
  } finally {
    await file.close();
  }
}

/** The error of an index with more than MAX_INDEX_BYTES; how many is not always known. */
export const refuseLongIndex = (path: string, byteLength?: number): ValueError =>
  refuse(`${shortenPath(path)} has ${byteLength ?? 'more'} bytes; an index has at most ${MAX_INDEX_BYTES}.`);

/**
 * The weight map of an index that was read; the files' paths have no `.` in them.
 * @param path  for messages
 * @throws {ValueError} BAD_CHECKPOINT
 */
export const parseIndexBytes = (path: string, bytes: Uint8Array): WeightMap =>
  checkAt(path, () => parseIndex(decodeUtf8(bytes, REMEDY)));

function parseIndex(text: string): WeightMap {
  const reader = new JsonReader(text, REMEDY);
  let weightMap: WeightMap | undefined;
  reader.readObject((key) => {
    if (key === WEIGHT_MAP) weightMap = checkAt(key, () => readWeightMap(reader));
    else reader.skipValue();
  });
  reader.end();
  if (weightMap === undefined) throw refuse(`${WEIGHT_MAP} is missing.`);
  return weightMap;
}

function readWeightMap(reader: JsonReader): WeightMap {
  const weightMap = new Map<string, string>();
  reader.readObject((name) => {
    weightMap.set(
      name,
      checkAt(nameTensor(name), () => parseFilePath(reader.readString())),
    );
  });
  return weightMap;
}

/** A file in the index's folder or below it: an index may come from anyone, and must not reach beyond. `./` is dropped. */
function parseFilePath(file: string): string {
  const steps = file.split('/').filter((step, i, { length }) => step !== '.' || i === length - 1);
  const isWithin = steps.every((step) => !['', '.', '..'].includes(step));
  if (isWithin && !/[\\\0]/.test(file)) return steps.join('/');
  throw refuse(`${show(file)} is not a file in the index's folder.`);
}
