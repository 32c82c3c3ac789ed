/**
 * `jumpfill recipe`: the spec that stands for a checkpoint.
 * @module
 */
import { resolveModel } from '../domain/spec.js';
import { escapeJson } from '../printable.js';
import { describeAsSpec, formatSpec } from '../storage/recipe-spec.js';
import type { RecipeCommand } from './arguments.js';
import { readOwnRecipe } from './model-source.js';

export async function runRecipe({ checkpointPath }: RecipeCommand): Promise<void> {
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
