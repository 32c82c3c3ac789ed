/**
 * The recipe that one file records.
 * @module
 */
import { checkAt } from '../../base/errors.js';
import { parseRecipe, RECIPE_KEY, type RecordedRecipe } from '../format/recipe-metadata.js';
import type { StoredFile } from './stored-file.js';

export interface FileRecipe extends RecordedRecipe {
  readonly file: StoredFile;
  /** Tensors that it records and does not hold: a program that saved it again left them out, as happens to tied weights. */
  readonly omitted: readonly string[];
}

/**
 * Undefined if the file records nothing.
 * @throws {ValueError} BAD_CHECKPOINT: what it records is damaged
 */
export function readFileRecipe(file: StoredFile): FileRecipe | undefined {
  const text = file.metadata.get(RECIPE_KEY);
  if (text === undefined) return undefined;
  const held = new Set(file.tensors.map(({ name }) => name));
  const { recipe, omitted } = checkAt(`${file.path}: metadata: ${RECIPE_KEY}`, () => parseRecipe(text, held));
  return { ...recipe, file, omitted };
}
