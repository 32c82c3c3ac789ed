/**
 * The layout of a checkpoint: shards, their headers, every tensor's position, the index. Computed before a byte is written.
 *
 * Shards and index are laid out as Hugging Face's libraries read them: `model-00001-of-00003.safetensors`, and
 * `model.safetensors.index.json` (index-file.ts); see domain/partition/shards.ts.
 * @module
 */
import { at } from '../../base/at.js';
import { ValueError } from '../../base/errors.js';
import { sumOf } from '../../base/sum.js';
import { nameShards, planShards } from '../../domain/partition/shards.js';
import { placeTensors } from '../../domain/recipes/draws.js';
import type { ModelTensor } from '../../domain/specs/spec.js';
import type { GeneratorName } from '../../domain/streams/generators.js';
import { DTYPES } from '../../domain/tensors/dtypes.js';
import { digestCheckpoint } from './digest.js';
import { encodeHeader } from './header.js';
import { encodeIndex, totalsOf } from './index-file.js';
import { recordKept, type KeptTensors } from './kept-record.js';
import { formatRecipe, RECIPE_KEY, type ShardRecord } from './recipe-metadata.js';

/** Everything that decides the bytes of a checkpoint. */
export interface Contents {
  readonly tensors: readonly ModelTensor[];
  readonly generator: GeneratorName;
  readonly seed: bigint;
  /** The most tensor bytes of a file, without its header; undefined for one file. */
  readonly shardBytes: number | undefined;
  /** Of the tensors that are kept, and of those that are tied to one. */
  readonly kept: KeptTensors;
}

/** One file of a checkpoint. */
export interface ShardFile {
  readonly name: string;
  readonly header: Uint8Array;
  /** Header and tensors. */
  readonly byteLength: number;
  /** Indices of its tensors, in file order. */
  readonly tensors: readonly number[];
}

/** The position of a tensor's first byte. */
export interface TensorPosition {
  /** Index into the layout's files. */
  readonly file: number;
  readonly position: number;
}

/** Every tensor has the origin of its draw, if the generator has a sequence. */
export interface Layout extends Contents {
  readonly files: readonly ShardFile[];
  /** The position of each tensor, in the order of `tensors`. */
  readonly positions: readonly TensorPosition[];
  /** Undefined for one file. */
  readonly index: { readonly name: string; readonly bytes: Uint8Array } | undefined;
  /** The digest of the whole checkpoint: digest.ts. */
  readonly digest: string;
  /** The size of all files together, without the index. */
  readonly byteLength: number;
}

/**
 * @param fileName  of the one file; with several, their names are made from it
 * @throws {ValueError} TOO_LARGE; BAD_OPTION: a name that shards cannot have
 */
export function layOut(contents: Contents, fileName: string): Layout {
  const { shardBytes } = contents;
  const tensors = placeTensors(contents, contents.tensors);
  const shards = cutShards(tensors, shardBytes);
  const names = nameShards(fileName, shards.length);
  const tensorsOf = shards.map((shard) => pick(shard, tensors));
  const digested = tensorsOf.map((inFile) =>
    inFile.map((tensor) => ({ ...tensor, kept: recordKept(tensor.name, contents.kept) })),
  );
  const digest = digestCheckpoint(contents, digested);
  const files = shards.map((shard, i): ShardFile => {
    const inFile = at(tensorsOf, i);
    const record =
      shards.length > 1 ? { shard: i + 1, shards: shards.length, shardBytes, digest } : undefined;
    const header = encodeShardHeader(inFile, contents, record);
    return {
      name: at(names.files, i),
      header,
      byteLength: header.length + sumOf(inFile, countBytes),
      tensors: shard,
    };
  });
  return {
    ...contents,
    tensors,
    files,
    positions: locateTensors(files, tensors),
    index: names.index === undefined ? undefined : { name: names.index, bytes: indexOf(files, tensors) },
    digest,
    byteLength: checkTotal(sumOf(files, (file) => file.byteLength)),
  };
}

function checkTotal(byteLength: number): number {
  if (Number.isSafeInteger(byteLength)) return byteLength;
  throw new ValueError('TOO_LARGE', 'The files would have more than 2^53 - 1 bytes.', 'Split the model.');
}

export const countBytes = ({ elementCount, dtype }: Pick<ModelTensor, 'elementCount' | 'dtype'>): number =>
  elementCount * DTYPES[dtype].byteWidth;

/** The files of tensors: the indices of each one's tensors, in file order. */
export const cutShards = (
  tensors: readonly ModelTensor[],
  shardBytes: number | undefined,
): readonly (readonly number[])[] =>
  planShards(tensors.map(countBytes), shardBytes).map((shard) => orderInFile(shard, tensors));

const pick = (indices: readonly number[], tensors: readonly ModelTensor[]): ModelTensor[] =>
  indices.map((i) => at(tensors, i));

/** Widest elements first, else in the spec's order: so each tensor's data is aligned, without gaps. */
function orderInFile(shard: readonly number[], tensors: readonly ModelTensor[]): readonly number[] {
  const width = (i: number): number => DTYPES[at(tensors, i).dtype].byteWidth;
  return [...shard].sort((a, b) => width(b) - width(a));
}

function encodeShardHeader(
  tensors: readonly ModelTensor[],
  contents: Contents,
  shard: ShardRecord | undefined,
): Uint8Array {
  const toStore = tensors.map((tensor) => ({ ...tensor, byteLength: countBytes(tensor) }));
  return encodeHeader(toStore, { format: 'pt', [RECIPE_KEY]: formatRecipe(tensors, contents, shard) });
}

function locateTensors(
  files: readonly ShardFile[],
  tensors: readonly ModelTensor[],
): readonly TensorPosition[] {
  const positions: TensorPosition[] = [];
  for (const [file, { header, tensors: inFile }] of files.entries()) {
    let position = header.length;
    for (const i of inFile) {
      positions[i] = { file, position };
      position += countBytes(at(tensors, i));
    }
  }
  return positions;
}

function indexOf(files: readonly ShardFile[], tensors: readonly ModelTensor[]): Uint8Array {
  const entries = files.flatMap(({ name, tensors: inFile }) =>
    pick(inFile, tensors).map((tensor) => [tensor.name, name] as const),
  );
  const sized = tensors.map((tensor) => ({ ...tensor, byteLength: countBytes(tensor) }));
  return encodeIndex(entries, totalsOf(sized));
}
