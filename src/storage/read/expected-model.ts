/**
 * The model that a checkpoint should be: by a spec, or by its own metadata.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import type { LikeTensor } from '../../domain/specs/assignments.js';
import { resolveModel, type Model } from '../../domain/specs/spec.js';
import { chooseSeed } from '../../domain/streams/seed.js';
import type { CheckpointFiles } from './checkpoint-files.js';
import { findCheckpointRecipe, readCheckpointRecipe, type OwnRecipe } from './checkpoint-recipe.js';
import { resolveRecorded } from './recorded-model.js';
import { shapesOf } from './shapes-of.js';

export interface ExpectedModelOptions {
  /** What the checkpoint should be. @defaultValue what its metadata record */
  readonly spec?: unknown;
  /** @defaultValue the spec's, else the one in the metadata */
  readonly seed?: number | bigint | undefined;
}

export interface ExpectedModel {
  readonly model: Model;
  readonly seed: bigint;
  /** The facts in the metadata, which are compared as well. */
  readonly own: OwnRecipe;
  /** Tensors that the metadata or the index name and the checkpoint lacks. */
  readonly missing: readonly string[];
}

/** @throws {ValueError} NO_RECIPE, BAD_CHECKPOINT: no spec, and no usable metadata; BAD_SPEC and all that a fill refuses; BAD_SEED */
export function resolveExpectedModel(
  checkpoint: CheckpointFiles,
  { spec, seed }: ExpectedModelOptions,
): ExpectedModel {
  const absent = [...checkpoint.absent.keys()];
  if (spec === undefined) {
    const recipe = readCheckpointRecipe(checkpoint);
    return {
      model: resolveRecorded(checkpoint.path, recipe.spec),
      seed: chooseSeed(seed, undefined, recipe.seed),
      own: { kind: 'recorded', recipe },
      missing: [...recipe.missing, ...absent],
    };
  }
  const model = resolveModel(spec, ownShapes(checkpoint, spec));
  const own = findCheckpointRecipe(checkpoint);
  const recordedSeed = own.kind === 'recorded' ? own.recipe.seed : undefined;
  const chosen = chooseSeed(seed, model.seed, recordedSeed);
  if (chosen !== undefined) return { model, seed: chosen, own, missing: absent };
  const found = `${checkpoint.path}: neither the spec nor the metadata have a seed.`;
  throw new ValueError('BAD_SEED', found, 'Pass the seed that it was made with.');
}

/** The shapes for a spec of rules alone: those of the checkpoint itself. Undefined for a spec that lists tensors. */
export function ownShapes({ tensors }: CheckpointFiles, spec: unknown): readonly LikeTensor[] | undefined {
  const listed = (spec as { tensors?: unknown } | null | undefined)?.tensors;
  return listed === undefined ? shapesOf(tensors) : undefined;
}
