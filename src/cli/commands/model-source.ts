/**
 * The spec of a command: from a file, or from what a checkpoint says of itself.
 * @module
 */
import { realpath } from 'node:fs/promises';
import { listNames, shortenPath } from '../../base/wording.js';
import { ValueError } from '../../base/errors.js';
import { readSpecFile } from '../../storage/read/spec-file.js';
import type { StoredRecipe } from '../../storage/read/stored-recipe.js';
import type { ModelSource } from '../arguments/parse-command.js';
import { usageError } from '../arguments/argv.js';
import { printWarnings } from '../output/print-report.js';
import { locateSpec } from '../arguments/shipped-models.js';

/**
 * @throws {ValueError} BAD_SPEC, BAD_CHECKPOINT, NO_RECIPE
 */
export async function readSource({ specPath, from }: ModelSource): Promise<unknown> {
  if (from !== undefined) return (await readOwnRecipe(from)).spec;
  return await readSpec(specPath ?? '');
}

/**
 * @param spec  a path, or the name of a model that ships
 * @throws {ValueError} BAD_SPEC
 */
export const readSpec = async (spec: string): Promise<unknown> => await readSpecFile(locateSpec(spec));

/**
 * What a checkpoint says of itself, for commands that take no --spec.
 * @throws {ValueError} BAD_CHECKPOINT, NO_RECIPE
 */
export async function readOwnRecipe(path: string): Promise<StoredRecipe> {
  // A spec from a file needs no reader of checkpoints.
  const { openCheckpointFiles } = await import('../../storage/read/checkpoint-files.js');
  const { readRecipe } = await import('../../storage/read/stored-recipe.js');
  const files = await openCheckpointFiles(path);
  try {
    const recipe = readRecipe(files);
    printWarnings([...files.warnings, ...warnOfMissing(path, recipe)]);
    return recipe;
  } catch (error) {
    if (!(error instanceof ValueError) || !error.remedy.includes('--spec')) throw error;
    const remedy = "Only jumpfill's own checkpoints, with their metadata as they were, can be written again.";
    throw new ValueError(error.code, error.found, remedy, { cause: error });
  }
}

function warnOfMissing(path: string, { missing }: StoredRecipe): string[] {
  if (missing.length === 0) return [];
  const what = missing.length === 1 ? 'a tensor' : `${missing.length} tensors`;
  return [`${path} was made with ${what} more, which it does not have: ${listNames(missing)}.`];
}

/** With --force the report of a slip of the keyboard would be the loss of the spec. */
export async function refuseOwnSpec({ specPath }: ModelSource, out: string): Promise<void> {
  if (specPath === undefined) return;
  const [spec, output] = await Promise.all(
    [locateSpec(specPath), out].map((path) => realpath(path).catch(() => undefined)),
  );
  if (spec === undefined || spec !== output) return;
  throw usageError(`--out is the spec itself, ${shortenPath(specPath)}.`, 'Name another file to write.');
}
