/**
 * Names, shapes and dtypes of a checkpoint, for a model that is to have the same.
 * @module
 */
import type { LikeTensor } from '../../domain/specs/assignments.js';
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

/**
 * Reads headers only: a checkpoint of hundreds of GB costs no more than its few MB of names.
 * @param path  a safetensors file, an index, or a folder that holds one checkpoint
 * @throws {ValueError} BAD_CHECKPOINT
 * @throws {JumpfillError} IO_FAILED, UNSUPPORTED_PLATFORM
 */
export async function readShapes(path: string): Promise<CheckpointShapes> {
  const checkpoint = await openCheckpointFiles(path);
  return { tensors: shapesOf(checkpoint), warnings: checkpoint.warnings };
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
