/**
 * Names, shapes and dtypes of a checkpoint, for a model that is to have the same.
 * @module
 */
import type { LikeTensor } from '../../domain/specs/assignments.js';
import { openCheckpointFiles } from './checkpoint-files.js';
import type { StoredTensor } from './stored-file.js';

export interface CheckpointShapes {
  /** In the order of the files, and within a file in the order of the data. */
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
  const { tensors, warnings } = await openCheckpointFiles(path);
  return { tensors: shapesOf(tensors), warnings };
}

export const shapesOf = (tensors: ReadonlyMap<string, StoredTensor>): readonly LikeTensor[] =>
  Array.from(tensors.values(), ({ name, shape, storedDtype }) => ({ name, shape, dtype: storedDtype }));
