/**
 * Names, shapes and dtypes of a checkpoint, for a model that is to have the same.
 * @module
 */
import type { LikeTensor } from '../../domain/specs/listed-tensors.js';
import { DEFAULT_GENERATOR, isSequential, type GeneratorName } from '../../domain/streams/generators.js';
import { findCheckpointRecipe, type OwnRecipe } from './checkpoint-recipe.js';
import { isSameShape } from '../../domain/tensors/shapes.js';
import type { StoredTensor } from './stored-file.js';
import type { CheckpointFiles } from './checkpoint-files.js';
import type { CheckpointSource } from './checkpoint-source.js';

export interface CheckpointShapes {
  /**
   * In the order of the files, and within a file in the order of the data. Their places follow the index, which may name the files
   * in another order, and within a file the header.
   */
  readonly tensors: readonly LikeTensor[];
  /** Warnings about the checkpoint, for people to read. */
  readonly warnings: readonly string[];
}

/** Of a checkpoint that a generator of one sequence is to draw again, and that was not drawn by one. */
export const warnOfOrder = (path: string, generator: GeneratorName): string =>
  `${path} does not say in which order its tensors were drawn: ${generator} draws them in the order of the files, which need not be PyTorch's. A spec that lists the tensors in the order of the modules decides it.`;

/**
 * Reads headers only: a checkpoint of hundreds of GB costs no more than its few MB of names.
 * @param source  whose label warnings name
 * @param generator  whose draws take the checkpoint's order; with one sequence, the order in which the tensors were drawn, where they say it
 * @throws {ValueError} BAD_CHECKPOINT
 * @throws {JumpfillError} IO_FAILED, UNSUPPORTED_PLATFORM
 */
export async function readShapes(
  source: CheckpointSource,
  generator: GeneratorName = DEFAULT_GENERATOR,
): Promise<CheckpointShapes> {
  const checkpoint = await source.openFiles();
  const { warnings } = checkpoint;
  const own = findCheckpointRecipe(checkpoint);
  const tensors = shapesOf(checkpoint, own);
  if (!isSequential(generator) || tensors.length < 2) return { tensors, warnings };
  const drawn = own.kind === 'recorded' ? own.recipe.drawn : [];
  if (drawn.length === 0) return { tensors, warnings: [...warnings, warnOfOrder(source.label, generator)] };
  const placeOf = new Map(drawn.map((name, place) => [name, place]));
  return { tensors: tensors.map((tensor) => ({ ...tensor, place: placeOf.get(tensor.name) })), warnings };
}

/** @param own  whose tied tensors stay tied */
export function shapesOf({ tensors, listedFiles }: CheckpointFiles, own: OwnRecipe): readonly LikeTensor[] {
  const listed = listedFiles.flatMap((file) =>
    file.listed.filter((name) => tensors.get(name)?.path === file.path),
  );
  const placeOf = new Map(listed.map((name, place) => [name, place]));
  const targetOf = findTies(own);
  const shapes = Array.from(tensors.values(), ({ name, shape, storedDtype: dtype }) => ({
    name,
    shape,
    dtype,
    place: placeOf.get(name),
  }));
  return shapes.map((tensor) => {
    const target = tensors.get(targetOf.get(tensor.name) ?? '');
    const canTie = target && !targetOf.has(target.name) && isSameForm(tensor, target);
    return canTie ? { ...tensor, sameAs: target.name } : tensor;
  });
}

/** The tensors that a checkpoint's metadata call the same as another of it. Nobody has checked what they say. */
const findTies = (own: OwnRecipe): ReadonlyMap<string, string> =>
  new Map(
    (own.kind === 'recorded' ? own.recipe.placedSpec.tensors : []).flatMap(({ name, same_as: target }) =>
      target === undefined ? [] : [[name, target]],
    ),
  );

const isSameForm = (a: LikeTensor, b: StoredTensor): boolean =>
  a.dtype === b.storedDtype && isSameShape(a.shape, b.shape);
