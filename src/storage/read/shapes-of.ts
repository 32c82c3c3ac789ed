/**
 * Names, shapes and dtypes of a checkpoint, for a model that is to be like it.
 * @module
 */
import type { LikeTensor } from '../../domain/specs/assignments.js';
import { openCheckpointFiles } from './checkpoint-files.js';
import type { StoredTensor } from '../format/stored.js';

/** What a model can be like. */
export interface Like {
  /** In the order of the files, and within a file of their data. */
  readonly tensors: readonly LikeTensor[];
  /** What a person should know of the checkpoint. */
  readonly warnings: readonly string[];
}

/**
 * Reads headers only: a checkpoint of hundreds of GB costs as little as its few MB of names.
 * @param path  a safetensors file, an index, or a folder that holds one checkpoint
 * @throws {ValueError} BAD_CHECKPOINT
 * @throws {JumpfillError} IO_FAILED
 */
export async function readLike(path: string): Promise<Like> {
  const { tensors, warnings } = await openCheckpointFiles(path);
  return { tensors: describeLike(tensors), warnings };
}

export const describeLike = (tensors: ReadonlyMap<string, StoredTensor>): readonly LikeTensor[] =>
  Array.from(tensors.values(), ({ name, shape, storedDtype }) => ({ name, shape, dtype: storedDtype }));
