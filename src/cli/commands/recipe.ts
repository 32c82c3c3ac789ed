/**
 * `jumpfill recipe`
 * @module
 */
import { readFile } from 'node:fs/promises';
import { resolveModel } from '../../domain/specs/spec.js';
import { escapeJson } from '../../text/printable.js';
import { describeAsSpec, formatSpec } from '../../storage/read/recipe-spec.js';
import type { RecipeCommand } from '../arguments/command.js';
import { readOwnRecipe } from './model-source.js';
import { findModel } from '../arguments/built-in-models.js';

export async function runRecipe({ checkpointPath }: RecipeCommand): Promise<void> {
  const model = findModel(checkpointPath);
  if (model !== undefined) {
    process.stdout.write(await readFile(model, 'utf8'));
    return;
  }
  const { spec } = await readOwnRecipe(checkpointPath);
  const { seed, shardBytes, tensors } = resolveModel(spec);
  const described = tensors.map(({ name, shape, dtype, recipe }) => ({
    name,
    shape,
    dtype,
    init: recipe.init,
  }));
  process.stdout.write(escapeJson(formatSpec(describeAsSpec({ seed, shardBytes, tensors: described }))));
}
