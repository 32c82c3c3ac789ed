/**
 * Compares what the metadata record of a tensor with what follows from its recipe and its draw.
 * @module
 */
import { FACT_NAMES, ORIGIN_NAMES, type Figure } from '../format/tensor-metadata.js';
import type { OwnRecipe } from '../read/checkpoint-recipe.js';
import type { MatchedTensor } from './match-tensors.js';

/** A figure that the metadata record differently from the recipe; undefined where there is none. */
export interface MetadataDifference {
  readonly name: string;
  readonly figure: Figure;
  readonly stored: number | undefined;
  readonly expected: number | undefined;
}

/** Where a draw begins is compared only if it is recorded. */
export function compareFacts(
  { model: { name, recipe, origin } }: MatchedTensor,
  own: OwnRecipe,
): MetadataDifference[] {
  if (own.kind !== 'recorded') return [];
  const facts = own.recipe.facts.get(name);
  const begins = own.recipe.origins.get(name);
  return [
    ...(facts === undefined ? [] : compare(name, FACT_NAMES, facts, recipe.facts)),
    ...(begins === undefined ? [] : compare(name, ORIGIN_NAMES, begins, origin ?? {})),
  ];
}

function compare<Name extends Figure>(
  name: string,
  figures: readonly Name[],
  recorded: Readonly<Partial<Record<Name, number | undefined>>>,
  wanted: Readonly<Partial<Record<Name, number | undefined>>>,
): MetadataDifference[] {
  return figures.flatMap((figure) => {
    const [stored, expected] = [recorded[figure], wanted[figure]];
    return stored === expected ? [] : [{ name, figure, stored, expected }];
  });
}
