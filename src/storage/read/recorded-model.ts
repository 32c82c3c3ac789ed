/**
 * The model that metadata record. They are as untrusted as anything in a file, so they pass the checks of a spec that a person wrote.
 * @module
 */
import { JumpfillError, ValueError } from '../../base/errors.js';
import { resolveModel, type Model } from '../../domain/specs/spec.js';
import type { StoredTensor } from './stored-file.js';
import { asLike } from './stored-tensors.js';

/**
 * @param path    the file's or the checkpoint's, for messages
 * @param stored  the tensors as they lie there: those that were kept have their dtypes
 * @throws {ValueError} BAD_CHECKPOINT
 */
export const resolveRecorded = (path: string, spec: unknown, stored: Iterable<StoredTensor>): Model =>
  asRecorded(path, () => resolveModel(spec, undefined, { written: asLike(stored) }));

/**
 * Runs a check of what metadata record.
 * @throws {ValueError} BAD_CHECKPOINT: what the check refuses
 */
export function asRecorded<T>(path: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof JumpfillError)) throw error;
    const found = `${path}: the recipe in the metadata: ${error.found}`;
    throw new ValueError('BAD_CHECKPOINT', found, error.remedy, { cause: error });
  }
}
