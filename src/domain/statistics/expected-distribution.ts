/**
 * The distribution that a recipe's values have in theory: bounds, moments, distribution function, density. A tensor drawn by the
 * recipe is compared with it, and the tensor's histogram is drawn over it.
 * @module
 */
import type { Recipe } from '../recipes/recipe.js';
import { countElements } from '../tensors/shapes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import { pointDistribution, type ExpectedDistribution } from './laws.js';
import { streamDistribution } from './stream-distribution.js';
import { torchDistribution } from './torch-distribution.js';

/** Undefined for a tensor without elements, and for one whose pieces are drawn in different ways. */
export function expectedDistributionOf(recipe: Recipe, form: TensorForm): ExpectedDistribution | undefined {
  if (form.shape.includes(0)) return undefined;
  switch (recipe.kind) {
    case 'stream':
      return streamDistribution(recipe, form);
    case 'constant':
      return pointDistribution(recipe.value);
    case 'torch':
      return torchDistribution(recipe, countElements(form.shape));
    default:
      return undefined;
  }
}
