/**
 * The coarseness of rows with an initialiser of their own.
 * @module
 */
import type { TensorForm } from '../tensors/tensor-form.js';
import { findCoarseness, type Coarseness } from './coarseness.js';
import { isRecipe, type Recipe } from './recipe.js';

/** Rows `from` to `to` - 1, in whose range of values the dtype has few. */
export interface RowCoarseness extends Coarseness {
  readonly from: number;
  readonly to: number;
}

/** Those of a tensor's ranges of rows for which its dtype is not fine enough. */
export function findRowCoarseness(recipe: Recipe, form: TensorForm): readonly RowCoarseness[] {
  if (recipe.kind !== 'pieces') return [];
  const [, ...rest] = form.shape;
  const recipes = new Map(recipe.pieces.flatMap(({ of }) => (isRecipe(of) ? [[of.init, of] as const] : [])));
  return (recipe.init.rows ?? []).flatMap(({ from, to, init }) => {
    const own = recipes.get(init);
    const coarseness = own && findCoarseness(own, { ...form, shape: [to - from, ...rest] });
    return coarseness === undefined ? [] : [{ from, to, ...coarseness }];
  });
}
