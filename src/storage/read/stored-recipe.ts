/**
 * From what a checkpoint says of itself back to a spec. That is as untrusted as anything in a file: the spec goes through the same
 * checks as one that a person wrote.
 * @module
 */
import { orderForShards } from '../../domain/partition/shards.js';
import type { Dtype } from '../../domain/tensors/dtypes.js';
import { nameTensor } from '../../base/wording.js';
import { JumpfillError, ValueError } from '../../base/errors.js';
import type { CheckpointFiles } from './checkpoint-files.js';
import {
  readFileRecipe,
  RECIPE_KEY,
  refuse,
  type FileRecipe,
  type StoredFacts,
  type Told,
} from '../format/file-recipe.js';
import { checkOneWhole, isShard } from './shard-set.js';
import type { StoredFile, StoredTensor } from '../format/stored.js';

/** A spec of what a checkpoint holds, as JSON would have it; its initialisers are not checked yet. */
export interface StoredSpec {
  /** In digits. */
  readonly seed: string;
  /** Of a checkpoint of shards. */
  readonly shard_size?: number;
  readonly tensors: readonly SpecTensor[];
}

interface SpecTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly init: unknown;
}

export interface StoredRecipe {
  readonly seed: bigint;
  readonly byteContract: number;
  /** Of the package that wrote the first file. */
  readonly version: string;
  readonly spec: StoredSpec;
  /** By the tensors' names. */
  readonly facts: ReadonlyMap<string, StoredFacts>;
  /** Tensors that the files tell of, and that the checkpoint does not have. */
  readonly missing: readonly string[];
}

/**
 * @throws {ValueError} NO_RECIPE: no file says how it was made; BAD_CHECKPOINT: not all say it, or not alike
 */
export function readRecipe({ path, indexPath, files, tensors }: CheckpointFiles): StoredRecipe {
  const parts = files.flatMap((file) => readFileRecipe(file) ?? []);
  const [first] = parts;
  if (first === undefined) {
    const found = `${path} does not say how it was made: its metadata have no "${RECIPE_KEY}".`;
    throw new ValueError('NO_RECIPE', found, 'Pass the spec it was made from (--spec).');
  }
  for (const part of parts) checkAlike(first, part);
  const partOf = new Map(parts.map((part) => [part.file.path, part]));
  // A shard that is opened by itself stands for itself.
  if (indexPath !== undefined) checkShards(path, files, partOf);
  const { seed, byteContract, version } = first;
  const shardBytes = parts.every(({ shard }) => shard !== undefined) ? first.shard?.shardBytes : undefined;
  const shards = files.map((file) =>
    file.tensors.filter(({ name, path }) => tensors.get(name)?.path === path),
  );
  const inOrder = shardBytes === undefined ? shards.flat() : orderForShards(shards, shardBytes);
  const listed = inOrder.map((tensor) => ({ tensor, told: findTold(partOf, tensor) }));
  return {
    seed,
    byteContract,
    version,
    spec: {
      seed: String(seed),
      ...(shardBytes !== undefined && { shard_size: shardBytes }),
      tensors: listed.map(({ tensor, told }) => writeSpec(tensor, told)),
    },
    facts: new Map(listed.map(({ tensor, told }) => [tensor.name, told.facts])),
    missing: [...new Set(parts.flatMap(({ lost }) => lost))].filter((name) => !tensors.has(name)),
  };
}

/** The same; undefined if there is none. */
export function readRecipeIfAny(checkpoint: CheckpointFiles): StoredRecipe | undefined {
  try {
    return readRecipe(checkpoint);
  } catch (error) {
    if (error instanceof JumpfillError && error.code === 'NO_RECIPE') return undefined;
    throw error;
  }
}

function checkAlike(first: FileRecipe, part: FileRecipe): void {
  if (first.seed === part.seed) return;
  const found = `${first.file.path} was made with seed ${first.seed}, and ${part.file.path} with ${part.seed}.`;
  throw new ValueError('BAD_CHECKPOINT', found, 'The files are of two checkpoints: get those of one.');
}

/** Files that were written one by one, and whose index somebody else has made, are no shards. */
function checkShards(
  path: string,
  files: readonly StoredFile[],
  partOf: ReadonlyMap<string, FileRecipe>,
): void {
  const shards = [...partOf.values()].filter(isShard);
  const [first] = shards;
  if (first === undefined) return;
  const stranger = files.find((file) => partOf.get(file.path)?.shard === undefined);
  if (stranger === undefined) {
    checkOneWhole(path, shards);
    return;
  }
  const found = `${first.file.path} says which checkpoint it is a shard of, and ${stranger.path} does not.`;
  throw new ValueError('BAD_CHECKPOINT', found, 'The files are of two checkpoints: get those of one.');
}

function findTold(parts: ReadonlyMap<string, FileRecipe>, { name, path }: StoredTensor): Told {
  const told = parts.get(path)?.tensors.get(name);
  if (told === undefined) throw refuse(`${path}: the metadata have no recipe of ${nameTensor(name)}.`);
  return told;
}

function writeSpec({ name, shape, dtype, storedDtype, path }: StoredTensor, { init }: Told): SpecTensor {
  if (dtype !== undefined) return { name, shape, dtype, init };
  throw refuse(`${path}: ${nameTensor(name)} has a recipe, and jumpfill writes no ${storedDtype}.`);
}
