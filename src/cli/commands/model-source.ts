/**
 * The spec of a command: read from a file, or from a checkpoint's own metadata.
 * @module
 */
import { realpath } from 'node:fs/promises';
import { listNames, shortenPath } from '../../base/wording.js';
import { ValueError } from '../../base/errors.js';
import { DEFAULT_GENERATOR, isSequential, type GeneratorName } from '../../domain/streams/generators.js';
import { readSpecFile } from '../../storage/read/spec-file.js';
import type { CheckpointRecipe } from '../../storage/read/checkpoint-recipe.js';
import type { StoredSpec } from '../../storage/read/stored-spec.js';
import { formatCount } from '../../text/numbers.js';
import { usageError } from '../arguments/argv.js';
import { locateSpec } from '../arguments/built-in-models.js';
import type { ModelSource } from '../arguments/command.js';
import { printWarnings } from '../output/print-report.js';

/** @throws {ValueError} BAD_SPEC, BAD_CHECKPOINT, NO_RECIPE */
export async function readSource({ specPath, from, init, generator }: ModelSource): Promise<unknown> {
  if (from !== undefined) return await readSpecOf(from, generator);
  // With an initialiser for all tensors of another checkpoint there is nothing that a spec must say.
  if (specPath === undefined && init !== undefined) return {};
  return await readSpec(specPath ?? '');
}

async function readSpecOf(path: string, generator: GeneratorName | undefined): Promise<unknown> {
  const spec = await readOwnSpec(path);
  const { generator: own = DEFAULT_GENERATOR, tensors } = spec;
  refuseKept(path, tensors);
  if (generator !== undefined && isSequential(generator) && !isSequential(own) && tensors.length > 1) {
    const { warnOfOrder } = await import('../../storage/read/shapes-of.js');
    printWarnings([warnOfOrder(path, generator)]);
  }
  return spec;
}

/** Metadata say what tensors were kept of, not where that is. */
function refuseKept(path: string, tensors: StoredSpec['tensors']): void {
  const names = tensors.flatMap(({ name, init }) => (isKeep(init) ? [name] : []));
  if (names.length === 0) return;
  const found = `--from: ${shortenPath(path)} has ${formatCount(names.length, 'kept tensor')}: ${listNames(names)}. Metadata do not hold their bytes.`;
  const remedy =
    'Print its spec, jumpfill recipe CHECKPOINT > spec.json, and pass that with the checkpoint that has them: jumpfill init spec.json --like OTHER.';
  throw new ValueError('BAD_SPEC', found, remedy);
}

const isKeep = (init: unknown): boolean => (init as { readonly kind?: unknown } | undefined)?.kind === 'keep';

/**
 * @param spec  a path, or the name of a built-in model
 * @throws {ValueError} BAD_SPEC
 */
export const readSpec = async (spec: string): Promise<unknown> => await readSpecFile(locateSpec(spec));

/**
 * The spec of the recipe in a checkpoint's metadata, for commands that take no --spec.
 * @throws {ValueError} BAD_CHECKPOINT, NO_RECIPE
 */
export async function readOwnSpec(path: string): Promise<StoredSpec> {
  // Loaded here: a spec from a file needs no reader of checkpoints.
  const { openCheckpointFiles } = await import('../../storage/read/checkpoint-files.js');
  const { readCheckpointRecipe } = await import('../../storage/read/checkpoint-recipe.js');
  const files = await openCheckpointFiles(path);
  try {
    const recipe = readCheckpointRecipe(files);
    printWarnings([...files.warnings, ...warnOfMissing(path, recipe)]);
    return recipe.spec();
  } catch (error) {
    // These commands have no --spec, which the library's message asks for.
    if (!(error instanceof ValueError) || error.code !== 'NO_RECIPE') throw error;
    const remedy = 'Only a checkpoint with the metadata that jumpfill wrote can be written again.';
    throw new ValueError(error.code, error.found, remedy, { cause: error });
  }
}

function warnOfMissing(path: string, { missing }: CheckpointRecipe): string[] {
  if (missing.length === 0) return [];
  const what =
    missing.length === 1 ? 'a tensor that is' : `${formatCount(missing.length, 'tensor')} that are`;
  return [`${path} was written with ${what} missing now: ${listNames(missing)}.`];
}

/** With --force, a typo could replace the spec. */
export async function refuseOwnSpec({ specPath }: ModelSource, out: string): Promise<void> {
  if (specPath === undefined) return;
  const [spec, output] = await Promise.all(
    [locateSpec(specPath), out].map((path) => realpath(path).catch(() => undefined)),
  );
  if (spec === undefined || spec !== output) return;
  throw usageError(`--out is the spec itself, ${shortenPath(specPath)}.`, 'Name another file.');
}
