/**
 * Names, shapes and dtypes of a checkpoint, for a model that is to have the same.
 * @module
 */
import type { LikeTensor } from '../../domain/specs/assignments.js';
import { DEFAULT_GENERATOR, isSequential, type GeneratorName } from '../../domain/streams/generators.js';
import { findCheckpointRecipe } from './checkpoint-recipe.js';
import { openCheckpointFiles, type CheckpointFiles } from './checkpoint-files.js';

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
 * @param path  a safetensors file, an index, or a folder that holds one checkpoint
 * @param generator  whose draws take the checkpoint's order; with one sequence, the order in which the tensors were drawn, where they say it
 * @throws {ValueError} BAD_CHECKPOINT
 * @throws {JumpfillError} IO_FAILED, UNSUPPORTED_PLATFORM
 */
export async function readShapes(
  path: string,
  generator: GeneratorName = DEFAULT_GENERATOR,
): Promise<CheckpointShapes> {
  const checkpoint = await openCheckpointFiles(path);
  const { warnings } = checkpoint;
  const tensors = shapesOf(checkpoint);
  if (!isSequential(generator) || tensors.length < 2) return { tensors, warnings };
  const own = findCheckpointRecipe(checkpoint);
  const drawn = own.kind === 'recorded' ? own.recipe.drawn : [];
  if (drawn.length === 0) return { tensors, warnings: [...warnings, warnOfOrder(path, generator)] };
  const placeOf = new Map(drawn.map((name, place) => [name, place]));
  return { tensors: tensors.map((tensor) => ({ ...tensor, place: placeOf.get(tensor.name) })), warnings };
}

export function shapesOf({ tensors, listedFiles }: CheckpointFiles): readonly LikeTensor[] {
  const listed = listedFiles.flatMap((file) =>
    file.listed.filter((name) => tensors.get(name)?.path === file.path),
  );
  const placeOf = new Map(listed.map((name, place) => [name, place]));
  return Array.from(tensors.values(), ({ name, shape, storedDtype: dtype }) => ({
    name,
    shape,
    dtype,
    place: placeOf.get(name),
  }));
}
