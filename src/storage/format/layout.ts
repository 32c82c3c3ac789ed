/**
 * Which bytes of a model lie where: shards, their headers, every tensor's position, the index. Computed before a byte is written.
 *
 * Shards and index are laid out as Hugging Face's libraries read them: `model-00001-of-00003.safetensors`, and
 * `model.safetensors.index.json` (index-text.ts); see domain/partition/shards.ts.
 * @module
 */
import { createHash } from 'node:crypto';
import { BYTE_CONTRACT } from '../../domain/streams/byte-contract.js';
import { nameShards, planShards } from '../../domain/partition/shards.js';
import type { ModelTensor } from '../../domain/specs/spec.js';
import { DTYPES } from '../../domain/tensors/dtypes.js';
import { ValueError } from '../../base/errors.js';
import { formatIndex, totalsOf } from './index-text.js';
import { describeRecipe, writeInit, type ShardFacts } from './recipe-metadata.js';
import { encodeHeader, type Placement } from './safetensors.js';

/** What decides the bytes of a checkpoint. */
export interface Contents {
  readonly tensors: readonly ModelTensor[];
  readonly seed: bigint;
  /** Of tensor bytes, header not counted; one file if undefined. */
  readonly shardBytes: number | undefined;
}

/** One file of a checkpoint. */
export interface ShardFile {
  readonly name: string;
  readonly header: Uint8Array;
  /** Of the whole file. */
  readonly byteLength: number;
  /** Indices of its tensors, in file order. */
  readonly tensors: readonly number[];
}

/** Where a tensor's first byte lies. */
export interface Place {
  /** Index of the file. */
  readonly file: number;
  readonly position: number;
}

export interface Layout extends Contents {
  readonly files: readonly ShardFile[];
  /** Of each tensor. */
  readonly places: readonly Place[];
  /** Of a checkpoint of several shards. */
  readonly index: { readonly name: string; readonly bytes: Uint8Array } | undefined;
  /** SHA-256 of all that decides the tensors' bytes and which file they are in, in hex. */
  readonly digest: string;
  /** Of all files, without the index. */
  readonly byteLength: number;
}

/**
 * @param fileName  of the file, or what the shards' names are made of
 * @throws {ValueError} TOO_LARGE, BAD_OPTION: a name that shards cannot have
 */
export function layOut(contents: Contents, fileName: string): Layout {
  const { tensors, seed, shardBytes } = contents;
  const shards = planShards(tensors.map(countBytes), shardBytes).map((shard) => orderInFile(shard, tensors));
  const names = nameShards(fileName, shards.length);
  const digest = digestOf(
    seed,
    shards.map((shard) => pick(shard, tensors)),
  );
  const files = shards.map((shard, i): ShardFile => {
    const facts =
      shards.length === 1 ? undefined : { shard: i + 1, shards: shards.length, shardBytes, digest };
    const header = encodeShardHeader(pick(shard, tensors), seed, facts);
    const byteLength = pick(shard, tensors).reduce((sum, tensor) => sum + countBytes(tensor), header.length);
    return { name: names.files[i] ?? fileName, header, byteLength, tensors: shard };
  });
  const byteLength = files.reduce((sum, file) => sum + file.byteLength, 0);
  if (!Number.isSafeInteger(byteLength)) {
    throw new ValueError('TOO_LARGE', 'The files would have more than 2^53 - 1 bytes.', 'Split the model.');
  }
  const index =
    names.index === undefined ? undefined : { name: names.index, bytes: encodeIndex(files, tensors) };
  return { ...contents, files, places: placeTensors(files, tensors), index, digest, byteLength };
}

export const countBytes = ({ elementCount, dtype }: Pick<ModelTensor, 'elementCount' | 'dtype'>): number =>
  elementCount * DTYPES[dtype].byteWidth;

function pick(indices: readonly number[], tensors: readonly ModelTensor[]): ModelTensor[] {
  return indices.flatMap((i) => tensors[i] ?? []);
}

/** Widest elements first, else the spec's order: so each tensor's data is aligned, without holes. */
function orderInFile(shard: readonly number[], tensors: readonly ModelTensor[]): readonly number[] {
  const width = (i: number): number => DTYPES[tensors[i]?.dtype ?? 'int8'].byteWidth;
  return [...shard].sort((a, b) => width(b) - width(a));
}

function encodeShardHeader(
  tensors: readonly ModelTensor[],
  seed: bigint,
  facts: ShardFacts | undefined,
): Uint8Array {
  const placements = tensors.map((tensor): Placement => {
    const { name, dtype, shape } = tensor;
    return { name, dtype, shape, byteLength: countBytes(tensor) };
  });
  return encodeHeader(placements, { format: 'pt', jumpfill: describeRecipe(tensors, seed, facts) });
}

function placeTensors(files: readonly ShardFile[], tensors: readonly ModelTensor[]): readonly Place[] {
  const places: Place[] = [];
  for (const [file, { header, tensors: inFile }] of files.entries()) {
    let position = header.length;
    for (const i of inFile) {
      places[i] = { file, position };
      const tensor = tensors[i];
      if (tensor) position += countBytes(tensor);
    }
  }
  return places;
}

/** What the digest of a whole checkpoint is made of: a tensor as it is written in a file. */
export type DigestedTensor = Pick<ModelTensor, 'name' | 'dtype' | 'shape'> & {
  readonly recipe: Pick<ModelTensor['recipe'], 'init'>;
};

/** @param shards  the tensors of each file, in file order */
export function digestOf(seed: bigint, shards: readonly (readonly DigestedTensor[])[]): string {
  const hash = createHash('sha256').update(JSON.stringify([BYTE_CONTRACT, String(seed)]));
  for (const shard of shards) hash.update(JSON.stringify(shard.map(describeTensor)));
  return hash.digest('hex');
}

export const describeTensor = ({ name, dtype, shape, recipe }: DigestedTensor): unknown => [
  name,
  dtype,
  shape,
  writeInit(recipe.init),
];

function encodeIndex(files: readonly ShardFile[], tensors: readonly ModelTensor[]): Uint8Array {
  const entries = files.flatMap(({ name, tensors: inFile }) =>
    pick(inFile, tensors).map((tensor) => [tensor.name, name] as const),
  );
  return formatIndex(
    entries,
    totalsOf(tensors.map((tensor) => ({ ...tensor, byteLength: countBytes(tensor) }))),
  );
}
