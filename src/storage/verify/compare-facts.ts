/**
 * Compares the facts that the metadata record of a tensor with those that follow from its recipe.
 * @module
 */
import { FACT_NAMES, type RecordedFacts } from '../format/tensor-metadata.js';
import type { OwnRecipe } from '../read/checkpoint-recipe.js';
import type { MatchedTensor } from './match-tensors.js';

/** A fact that the metadata record differently from the recipe; undefined where there is none. */
export interface MetadataDifference {
  readonly name: string;
  readonly figure: keyof RecordedFacts;
  readonly stored: number | undefined;
  readonly expected: number | undefined;
}

export function compareFacts(
  { model: { name, recipe } }: MatchedTensor,
  own: OwnRecipe,
): MetadataDifference[] {
  const recorded = own.kind === 'recorded' ? own.recipe.facts.get(name) : undefined;
  if (recorded === undefined) return [];
  return FACT_NAMES.flatMap((figure) => {
    const [stored, expected] = [recorded[figure], recipe.facts[figure]];
    return stored === expected ? [] : [{ name, figure, stored, expected }];
  });
}
