/**
 * The model that a checkpoint should be: by a spec, or by its own metadata.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import type { LikeTensor } from '../../domain/specs/listed-tensors.js';
import { checkCachedNormals } from '../../domain/specs/cached-normals.js';
import { listsTensors, resolveModel, type Model } from '../../domain/specs/spec.js';
import { isSequential, type GeneratorName } from '../../domain/streams/generators.js';
import { chooseSeed } from '../../domain/streams/seed.js';
import type { CheckpointFiles } from './checkpoint-files.js';
import {
  findCheckpointRecipe,
  readCheckpointRecipe,
  type CheckpointRecipe,
  type OwnRecipe,
} from './checkpoint-recipe.js';
import { resolveRecorded } from './recorded-model.js';
import { shapesOf } from './shapes-of.js';
import type { StoredSpec } from './stored-spec.js';
import { asLike } from './stored-tensors.js';

export interface ExpectedModelOptions {
  /** What the checkpoint should be. @defaultValue what its metadata record */
  readonly spec?: unknown;
  /** @defaultValue the spec's, else the one in the metadata */
  readonly seed?: number | bigint | undefined;
  /** With `spec`: where the words come from. @defaultValue the spec's, else the one in the metadata, else `'xoroshiro128+'` */
  readonly generator?: GeneratorName | undefined;
}

/** A checkpoint that tensors were kept of, as far as a spec needs it. */
interface Shaped {
  /** Names, shapes and dtypes of a spec of rules alone. @defaultValue those of the checkpoint that is compared */
  readonly shapes?: readonly LikeTensor[] | undefined;
}

export interface ExpectedModel {
  readonly model: Model;
  readonly seed: bigint;
  /** The facts in the metadata, which are compared as well. */
  readonly own: OwnRecipe;
  /** Tensors that the metadata or the index name and the checkpoint lacks. */
  readonly missing: readonly string[];
}

/**
 * Metadata name the generator of their recipe; no other could draw it.
 * @throws {ValueError} BAD_OPTION: a generator without a spec
 */
export function checkGeneratorHasSpec(spec: unknown, generator: unknown, where: string): void {
  if (generator === undefined || spec !== undefined) return;
  const found = `${where}: a generator is given without a spec, and the metadata name their own.`;
  throw new ValueError('BAD_OPTION', found, 'Pass `spec` as well, or leave out `generator`.');
}

/** @throws {ValueError} NO_RECIPE, BAD_CHECKPOINT: no spec, and no usable metadata; BAD_SPEC and all that a fill refuses; BAD_SEED */
export function resolveExpectedModel(
  checkpoint: CheckpointFiles,
  { spec, seed, generator, shapes }: ExpectedModelOptions & Shaped,
): ExpectedModel {
  const absent = [...checkpoint.absent.keys()];
  if (spec === undefined) {
    const recipe = readCheckpointRecipe(checkpoint);
    const drawn = chooseSeed(seed, undefined, recipe.seed, recipe.generator);
    const model = resolveRecorded(checkpoint.path, specForSeed(recipe, drawn), checkpoint.tensors.values());
    checkCachedNormals({ generator: recipe.generator, seed: drawn }, model.tensors, recipe.seed);
    return {
      model,
      seed: drawn,
      own: { kind: 'recorded', recipe },
      missing: [...recipe.missing, ...absent],
    };
  }
  const own = findCheckpointRecipe(checkpoint);
  const model = resolveGiven(checkpoint, spec, own, { generator, seed, shapes });
  const recordedSeed = own.kind === 'recorded' ? own.recipe.seed : undefined;
  const chosen = chooseSeed(seed, model.seed, recordedSeed, model.generator);
  if (chosen !== undefined) {
    const owner = listsTensors(spec) ? model.seed : recordedSeed;
    checkCachedNormals({ generator: model.generator, seed: chosen }, model.tensors, owner);
    return { model, seed: chosen, own, missing: absent };
  }
  const found = `${checkpoint.path}: neither the spec nor the metadata have a seed.`;
  throw new ValueError('BAD_SEED', found, 'Pass the seed that it was made with.');
}

/** Recorded cached normals are those of the recorded seed: with another one, what the order implies is computed. */
const specForSeed = (recipe: CheckpointRecipe, seed: bigint): StoredSpec =>
  seed === recipe.seed ? recipe.placedSpec : recipe.writtenSpec();

/** What the caller of a comparison chooses. */
interface GivenChoice extends Shaped {
  /** By default the spec's, else the one that made the checkpoint. */
  readonly generator?: unknown;
  /** The spec's is then not used. */
  readonly seed?: unknown;
}

/**
 * The model of a spec that a checkpoint is compared with. A spec of rules alone takes names and shapes from the checkpoint itself, or from the
 * one that it was like.
 * @throws {ValueError} BAD_OPTION: not a generator; BAD_SPEC and all that a fill refuses
 */
export function resolveGiven(
  checkpoint: CheckpointFiles,
  spec: unknown,
  own: OwnRecipe,
  { generator, seed, shapes }: GivenChoice,
): Model {
  const fallback = own.kind === 'recorded' ? own.recipe.generator : undefined;
  const written = asLike(checkpoint.tensors.values());
  const choice = { option: generator, fallback, seed, written };
  if (listsTensors(spec)) return resolveModel(spec, undefined, choice);
  if (shapes === undefined) refuseRenames(spec, checkpoint.path);
  return resolveModel(spec, shapes ?? ownShapes(checkpoint, own), choice);
}

/**
 * Rules match the names before they rename.
 * @throws {ValueError} BAD_SPEC
 */
function refuseRenames(spec: unknown, path: string): void {
  const { rules } = (spec ?? {}) as { readonly rules?: unknown };
  const rename = Array.isArray(rules)
    ? (rules as readonly ({ readonly rename?: unknown } | null)[]).findIndex(
        (rule) => rule?.rename !== undefined,
      )
    : -1;
  if (rename < 0) return;
  const found = `rules[${rename}].rename: the spec lists no tensors, and ${path} has the names that its rules gave.`;
  const remedy =
    'Leave out the spec, which the metadata have, or verify it with the checkpoint that it was like (`like`).';
  throw new ValueError('BAD_SPEC', found, remedy);
}

/** In the order in which they were drawn, as far as the metadata record it. */
function ownShapes(checkpoint: CheckpointFiles, own: OwnRecipe): readonly LikeTensor[] {
  const shapes = shapesOf(checkpoint, own);
  if (own.kind !== 'recorded' || !isSequential(own.recipe.generator)) return shapes;
  const recorded = new Map(
    own.recipe.writtenSpec().tensors.map((tensor, place) => [tensor.name, { tensor, place }]),
  );
  return shapes.map((shape) => {
    const { tensor, place } = recorded.get(shape.name) ?? {};
    return { ...shape, place, origin: tensor };
  });
}
