/**
 * `jumpfill recipe`
 * @module
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { resolveModel } from '../../domain/specs/spec.js';
import { escapeJson } from '../../text/printable.js';
import { formatSpec } from '../../storage/read/format-spec.js';
import { describeAsSpec, type DescribedModel } from '../../storage/read/recipe-spec.js';
import type { RecipeCommand } from '../arguments/command.js';
import { findModel, locateSpec } from '../arguments/built-in-models.js';
import { ProgressBar } from '../output/progress-bar.js';
import { printWarnings } from '../output/print-report.js';
import { readOwnSpec, readSpec } from './model-source.js';

export async function runRecipe(command: RecipeCommand, signal: AbortSignal): Promise<void> {
  const { path = '', like } = command;
  if (like !== undefined) {
    printModel(await resolveLike(command, signal));
    return;
  }
  const builtIn = findModel(path);
  if (builtIn === undefined)
    printModel(resolveModel(await readOwnSpec(isAbsent(path) ? locateSpec(path) : path)));
  else process.stdout.write(await readFile(builtIn, 'utf8'));
}

/** A name, not a path: the message lists the built-in models. */
const isAbsent = (path: string): boolean => extname(path) === '' && !existsSync(path);

type ResolvedModel = Omit<DescribedModel, 'tensors'> & Pick<ReturnType<typeof resolveModel>, 'tensors'>;

function printModel(model: ResolvedModel): void {
  const tensors = model.tensors.map((tensor) => ({ ...tensor, init: tensor.recipe.init }));
  process.stdout.write(escapeJson(formatSpec(describeAsSpec({ ...model, tensors }))));
}

/** What `init` would write with the same options; without a seed where none was chosen. */
async function resolveLike(
  { path, like, init, seed, generator }: RecipeCommand,
  signal: AbortSignal,
): Promise<ResolvedModel> {
  const spec = path === undefined ? {} : await readSpec(path);
  const { resolveContents } = await import('../../storage/write/resolve-model.js');
  const bar = ProgressBar.on(process.stderr);
  const options = { like, init, seed, generator, signal, onHeaders: bar?.showHeaders.bind(bar) };
  const contents = await resolveContents(spec, options, { seed: 0n, isSeedRandom: true }).finally(() => {
    bar?.clear();
  });
  signal.throwIfAborted();
  printWarnings(contents.warnings);
  return contents.isSeedRandom ? { ...contents, seed: undefined } : contents;
}
