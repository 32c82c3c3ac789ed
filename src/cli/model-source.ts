/**
 * The spec of a command: from a file, or from what a checkpoint says of itself.
 * @module
 */
import { realpath } from 'node:fs/promises';
import { ValueError } from '../errors.js';
import { readSpecFile } from '../storage/spec-file.js';
import type { ModelSource } from './arguments.js';

/**
 * @throws {ValueError} BAD_SPEC, BAD_CHECKPOINT, NO_RECIPE
 */
export async function readSource({ specPath, from }: ModelSource): Promise<unknown> {
  return from === undefined ? await readSpecFile(specPath ?? '') : await readStoredSpec(from);
}

/** A spec from a file needs no reader of checkpoints. */
async function readStoredSpec(path: string): Promise<unknown> {
  const { openCheckpointFiles } = await import('../storage/checkpoint-files.js');
  const { readRecipe } = await import('../storage/stored-recipe.js');
  return readRecipe(await openCheckpointFiles(path)).spec;
}

/** With --force the report of a slip of the keyboard would be the loss of the spec. */
export async function refuseOwnSpec({ specPath }: ModelSource, out: string): Promise<void> {
  if (specPath === undefined) return;
  const [spec, output] = await Promise.all(
    [specPath, out].map((path) => realpath(path).catch(() => undefined)),
  );
  if (spec === undefined || spec !== output) return;
  throw new ValueError('BAD_OPTION', `--out is the spec itself, ${specPath}.`, 'Name another file to write.');
}
