/**
 * Shards: which tensors of a checkpoint share a file, and how the files are named. Both follow Hugging Face, so a model gets the
 * shards that `save_pretrained` would give it.
 * Source: huggingface_hub, `split_state_dict_into_shards_factory`,
 * https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/serialization/_base.py
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { sumOf } from '../../base/sum.js';
import { DTYPES, type Dtype } from '../tensors/dtypes.js';
import { show } from '../../base/wording.js';

/**
 * In order, each tensor goes into the current shard if it fits, else into a new one. No tensor is moved or split. A tensor larger
 * than a whole shard gets its own, before the current shard, which stays open for the next tensors.
 * @param byteLengths  of each tensor
 * @param shardBytes   the most bytes that a shard's tensors may have together; undefined for one shard
 * @returns            the indices of each shard's tensors; one empty shard if there are no tensors
 */
export function planShards(
  byteLengths: readonly number[],
  shardBytes: number | undefined,
): readonly (readonly number[])[] {
  const limit = shardBytes ?? Infinity;
  const shards: number[][] = [];
  let current: number[] = [];
  let used = 0;
  byteLengths.forEach((byteLength, tensor) => {
    if (byteLength > limit) {
      shards.push([tensor]);
      return;
    }
    if (used + byteLength > limit) {
      shards.push(current);
      current = [];
      used = 0;
    }
    current.push(tensor);
    used += byteLength;
  });
  if (current.length > 0 || shards.length === 0) shards.push(current);
  return shards;
}

/** A tensor of a file, as far as it decides its shard. */
interface InFile {
  readonly byteLength: number;
  readonly dtype: Dtype | undefined;
}

/**
 * The inverse of planShards: an order of a checkpoint's tensors from which planShards makes the same shards. No file records the
 * spec's own order, and none is needed: every order that keeps those of the files, and begins each shard with a tensor that did not
 * fit into the one before, makes the same shards.
 * @param shards  the tensors of each, in the order of their file: widest elements first, otherwise in their original order
 */
export function orderForShards<T extends InFile>(
  shards: readonly (readonly T[])[],
  shardBytes: number,
): readonly T[] {
  const ordered: T[] = [];
  let room = Infinity;
  let oversized: readonly T[] = [];
  for (const shard of shards) {
    const used = sumOf(shard, ({ byteLength }) => byteLength);
    if (used > shardBytes) {
      oversized = [...oversized, ...shard];
      continue;
    }
    const [first, ...rest] = beginWith(findBeginning(shard, room), shard);
    // A tensor larger than a shard came after the first tensor of the next shard.
    ordered.push(...(first === undefined ? [] : [first]), ...oversized, ...rest);
    room = shardBytes - used;
    oversized = [];
  }
  return [...ordered, ...oversized];
}

/**
 * A tensor that may have begun the shard: too large for the room that the shard before had left, and first of its width, since
 * within a width the file keeps the order. Undefined for the first shard.
 */
const findBeginning = <T extends InFile>(shard: readonly T[], room: number): T | undefined =>
  shard.find((tensor) => tensor.byteLength > room && isFirstOfWidth(tensor, shard));

const beginWith = <T>(first: T | undefined, shard: readonly T[]): readonly T[] =>
  first === undefined ? shard : [first, ...shard.filter((tensor) => tensor !== first)];

const widthOf = ({ dtype }: InFile): number | undefined => dtype && DTYPES[dtype].byteWidth;

/** By width, not by dtype: float16 and bfloat16 are not sorted apart. */
const isFirstOfWidth = <T extends InFile>(tensor: T, shard: readonly T[]): boolean =>
  shard.find((other) => widthOf(other) === widthOf(tensor)) === tensor;

export interface ShardNames {
  /** One for each shard. */
  readonly files: readonly string[];
  /** The file that says which tensor is in which shard; a single shard needs none. */
  readonly index: string | undefined;
}

/** The ending of a checkpoint file's name. */
export const FILE_ENDING = '.safetensors';

/** Follows the file's name in the index's. */
export const INDEX_SUFFIX = '.index.json';

export const INDEX_ENDING = `${FILE_ENDING}${INDEX_SUFFIX}`;

/** Shard numbers have five digits. */
const MAX_SHARDS = 99_999;

/**
 * `model-00001-of-00003.safetensors` and so on with `model.safetensors.index.json`; one shard is `model.safetensors` itself.
 * @param fileName  without folders; a single file may have any name
 * @throws {ValueError} BAD_OPTION: several shards of a name without .safetensors; TOO_LARGE: more than 99,999 shards
 */
export function nameShards(fileName: string, count: number): ShardNames {
  if (count === 1) return { files: [fileName], index: undefined };
  if (count > MAX_SHARDS) {
    const found = `There would be ${count} shards, more than five digits can number.`;
    throw new ValueError('TOO_LARGE', found, `Choose a larger shard size: ${MAX_SHARDS} shards at most.`);
  }
  const stem = fileName.slice(0, -FILE_ENDING.length);
  if (stem === '' || !fileName.endsWith(FILE_ENDING)) {
    const found = `The output ${show(fileName)} would have ${count} shards.`;
    const remedy = `Name it MODEL${FILE_ENDING}: the shards are MODEL-00001-of-${digits(count)}${FILE_ENDING} and so on.`;
    throw new ValueError('BAD_OPTION', found, remedy);
  }
  const files = Array.from(
    { length: count },
    (_, i) => `${stem}-${digits(i + 1)}-of-${digits(count)}${FILE_ENDING}`,
  );
  return { files, index: `${fileName}${INDEX_SUFFIX}` };
}

const digits = (shard: number): string => String(shard).padStart(5, '0');

const SHARD = /-(\d{5})-of-(\d{5})\.safetensors$/;

/** Checks for a name of one of several shards, of any file. */
export const isShardName = (name: string): boolean => Number(SHARD.exec(name)?.[2] ?? 1) > 1;

/** `model.safetensors` for `model-00001-of-00003.safetensors`; another name is its own. */
export const wholeNameOf = (name: string): string => name.replace(SHARD, FILE_ENDING);

/** 3 for `model-00001-of-00003.safetensors`, if that is a shard of the file. */
export function shardCountOf(name: string, fileName: string): number | undefined {
  const [, shard = '', shards = ''] = SHARD.exec(name) ?? [];
  const count = Number(shards);
  if (shard === '' || count < 2 || !fileName.endsWith(FILE_ENDING)) return undefined;
  return nameShards(fileName, count).files[Number(shard) - 1] === name ? count : undefined;
}
