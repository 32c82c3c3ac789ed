/**
 * `jumpfill recipe`
 * @module
 */
import { readFile } from 'node:fs/promises';
import { resolveModel } from '../../domain/specs/spec.js';
import { escapeJson } from '../../text/printable.js';
import { describeAsSpec, formatSpec } from '../../storage/read/recipe-spec.js';
import type { RecipeCommand } from '../arguments/command.js';
import { readOwnSpec } from './model-source.js';
import { findModel } from '../arguments/built-in-models.js';

export async function runRecipe({ checkpointPath }: RecipeCommand): Promise<void> {
  const builtIn = findModel(checkpointPath);
  if (builtIn !== undefined) {
    process.stdout.write(await readFile(builtIn, 'utf8'));
    return;
  }
  const spec = await readOwnSpec(checkpointPath);
  const model = resolveModel(spec);
  const tensors = model.tensors.map((tensor) => ({ ...tensor, init: tensor.recipe.init }));
  process.stdout.write(escapeJson(formatSpec(describeAsSpec({ ...model, tensors }))));
}
