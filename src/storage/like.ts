/**
 * Names, shapes and dtypes of a checkpoint, for a model that is to be like it.
 * @module
 */
import type { LikeTensor } from '../domain/spec-choice.js';
import { openCheckpointFiles } from './checkpoint-files.js';
import type { StoredTensor } from './stored.js';

/**
 * Reads headers only: a checkpoint of hundreds of GB costs as little as its few MB of names.
 * @param path  a safetensors file, an index, or a folder that holds one checkpoint
 * @returns     the tensors in the order of the files, and within a file of their data
 * @throws {ValueError} BAD_CHECKPOINT
 * @throws {InitError} IO_FAILED
 */
export async function readLike(path: string): Promise<readonly LikeTensor[]> {
  return describeLike((await openCheckpointFiles(path)).tensors);
}

export const describeLike = (tensors: ReadonlyMap<string, StoredTensor>): readonly LikeTensor[] =>
  Array.from(tensors.values(), ({ name, shape, storedDtype }) => ({ name, shape, dtype: storedDtype }));
