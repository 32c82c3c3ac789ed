/**
 * Turns what a checkpoint's files record back into a spec that reproduces it. The record is as untrusted as anything in a file: the spec
 * passes the same checks as one that a person wrote.
 * @module
 */
import { orderForShards } from '../../domain/partition/shards.js';
import { writeOrigin } from '../../domain/specs/origin.js';
import { isSequential, namedGenerator, type GeneratorName } from '../../domain/streams/generators.js';
import { nameTensor } from '../../base/wording.js';
import { JumpfillError, ValueError } from '../../base/errors.js';
import type { CheckpointFiles } from './checkpoint-files.js';
import type { KeptRecord } from '../format/kept-record.js';
import { RECIPE_KEY } from '../format/recipe-metadata.js';
import type { Origin } from '../../domain/torch/sequence.js';
import { refuseMetadata } from '../format/metadata-errors.js';
import type { RecordedFacts, RecordedTensor } from '../format/tensor-metadata.js';
import { listBySources } from './kept-names.js';
import { readFileRecipe, type FileRecipe } from './file-recipe.js';
import { asRecorded, resolveRecorded } from './recorded-model.js';
import { orderBySequence } from './sequence-order.js';
import { checkShardSet, isShard } from './shard-set.js';
import type { StoredFile, StoredTensor } from './stored-file.js';
import type { StoredSpec } from './stored-spec.js';
import { writeTensors, type ListedTensor } from './stored-tensors.js';

/** The recipe that a checkpoint's files record together. */
export interface CheckpointRecipe {
  readonly generator: GeneratorName;
  readonly seed: bigint;
  readonly byteContract: number;
  /** The version of the package that wrote the first file. */
  readonly version: string;
  /** A spec that makes the checkpoint, as `writtenSpec`, with kept tensors under the names that they had. */
  readonly spec: () => StoredSpec;
  /** A spec that has the checkpoint's names. It lacks the origins that are implied, and takes a jump for each cached normal among them. */
  readonly writtenSpec: () => StoredSpec;
  /** The same with the origin of every draw, so that nothing need be computed to place them; the spec itself without a sequence. */
  readonly placedSpec: StoredSpec;
  /** By the tensors' names. */
  readonly facts: ReadonlyMap<string, RecordedFacts>;
  /** What the kept tensors were kept of, by their names. */
  readonly kept: ReadonlyMap<string, KeptRecord>;
  /** By the tensors' names; empty for a generator of streams. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** The tensors' names, in the order in which they were drawn; empty for a generator of streams. */
  readonly drawn: readonly string[];
  /** Tensors that the files record and the checkpoint lacks. */
  readonly missing: readonly string[];
}

/**
 * @throws {ValueError} NO_RECIPE: no file records how it was made; BAD_CHECKPOINT: some files do not, or they contradict each other
 */
export function readCheckpointRecipe(checkpoint: CheckpointFiles): CheckpointRecipe {
  const { path, indexPath, files, tensors } = checkpoint;
  const recipes = files.flatMap((file) => readFileRecipe(file) ?? []);
  const [first] = recipes;
  if (first === undefined) {
    const found = `${path} does not record how it was made: its metadata have no "${RECIPE_KEY}".`;
    throw new ValueError('NO_RECIPE', found, 'Pass the spec it was made from (`spec`).');
  }
  for (const recipe of recipes) checkSameSource(first, recipe);
  const recipeOf = new Map(recipes.map((recipe) => [recipe.file.path, recipe]));
  // A shard that is opened by itself is a checkpoint of its own.
  if (indexPath !== undefined) checkShards(path, files, recipeOf);
  const isSharded = recipes.every(isShard);
  const shardBytes = isSharded ? first.shard?.shardBytes : undefined;
  const listed = orderTensors(checkpoint, shardBytes).map((tensor) => ({
    tensor,
    recorded: findRecord(recipeOf, tensor),
  }));
  const { generator, seed, byteContract, version = 'unknown' } = first;
  const specs = specsOf(path, first, shardBytes, listed);
  const kept = new Map(
    listed.flatMap(({ tensor, recorded }) => (recorded.kept ? [[tensor.name, recorded.kept]] : [])),
  );
  return {
    generator,
    seed,
    byteContract,
    version,
    ...specs,
    spec: () => listBySources(specs.writtenSpec(), kept),
    kept,
    facts: new Map(listed.map(({ tensor, recorded }) => [tensor.name, recorded.facts])),
    origins: new Map(
      listed.flatMap(({ tensor, recorded: { origin } }) => (origin ? [[tensor.name, origin]] : [])),
    ),
    missing: [...new Set(recipes.flatMap(({ omitted }) => omitted))].filter((name) => !tensors.has(name)),
  };
}

/** A checkpoint's own recipe, if its files record one. */
export type OwnRecipe =
  | { readonly kind: 'none' }
  | { readonly kind: 'damaged'; readonly error: JumpfillError }
  | { readonly kind: 'recorded'; readonly recipe: CheckpointRecipe };

/** Reads the recipe of a checkpoint that need not have one. */
export function findCheckpointRecipe(checkpoint: CheckpointFiles): OwnRecipe {
  try {
    return { kind: 'recorded', recipe: readCheckpointRecipe(checkpoint) };
  } catch (error) {
    if (!(error instanceof JumpfillError)) throw error;
    return error.code === 'NO_RECIPE' ? { kind: 'none' } : { kind: 'damaged', error };
  }
}

function checkSameSource(first: FileRecipe, other: FileRecipe): void {
  for (const what of ['generator', 'seed'] as const) {
    if (first[what] === other[what]) continue;
    const found = `${first.file.path} was made with ${what} ${first[what]}, ${other.file.path} with ${other[what]}.`;
    throw new ValueError('BAD_CHECKPOINT', found, MIXED_REMEDY);
  }
}

const MIXED_REMEDY = 'The files belong to different checkpoints: get all files of one.';

/** Files that were written one by one, and indexed by another program, are not shards. */
function checkShards(
  path: string,
  files: readonly StoredFile[],
  recipeOf: ReadonlyMap<string, FileRecipe>,
): void {
  const shards = [...recipeOf.values()].filter(isShard);
  const [first] = shards;
  if (first === undefined) return;
  const stranger = files.find((file) => recipeOf.get(file.path)?.shard === undefined);
  if (stranger === undefined) {
    checkShardSet(path, shards);
    return;
  }
  const found = `${first.file.path} records which checkpoint it is a shard of, ${stranger.path} does not.`;
  throw new ValueError('BAD_CHECKPOINT', found, MIXED_REMEDY);
}

/** Orders the tensors as the files do; those of shards in an order from which planShards makes the same shards. */
function orderTensors(
  { files, tensors }: CheckpointFiles,
  shardBytes: number | undefined,
): readonly StoredTensor[] {
  const shards = files.map((file) =>
    file.tensors.filter(({ name, path }) => tensors.get(name)?.path === path),
  );
  return shardBytes === undefined ? shards.flat() : orderForShards(shards, shardBytes);
}

function findRecord(recipes: ReadonlyMap<string, FileRecipe>, { name, path }: StoredTensor): RecordedTensor {
  const recorded = recipes.get(path)?.tensors.get(name);
  if (recorded !== undefined) return recorded;
  throw refuseMetadata(`${path}: the metadata have no recipe for ${nameTensor(name)}.`);
}

function specsOf(
  path: string,
  { generator, seed }: FileRecipe,
  shardBytes: number | undefined,
  listed: readonly ListedTensor[],
): Pick<CheckpointRecipe, 'writtenSpec' | 'placedSpec' | 'drawn'> {
  const tensors = writeTensors(listed, generator);
  const size = shardBytes !== undefined && { shard_size: shardBytes };
  const facts = { ...namedGenerator(generator), seed: String(seed), ...size };
  if (!isSequential(generator)) {
    const spec = { ...facts, tensors };
    return { writtenSpec: () => spec, placedSpec: spec, drawn: [] };
  }
  const withOrigins = tensors.map((tensor, i) =>
    tensor.same_as === undefined ? { ...tensor, ...writeOrigin(listed[i]?.recorded.origin) } : tensor,
  );
  const stored = listed.map(({ tensor }) => tensor);
  const models = resolveRecorded(path, { ...facts, tensors: withOrigins }, stored).tensors;
  const ordered = asRecorded(path, () => orderBySequence({ generator, seed }, tensors, models, shardBytes));
  return {
    writtenSpec: () => ({ ...facts, tensors: ordered.omitImplied() }),
    placedSpec: { ...facts, tensors: ordered.placed },
    drawn: ordered.drawn,
  };
}
