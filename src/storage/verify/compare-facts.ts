/**
 * Compares what the metadata record of a tensor with what follows from its recipe and its draw.
 * @module
 */
import { FACT_NAMES, ORIGIN_NAMES, type Figure } from '../format/tensor-metadata.js';
import type { GeneratorName } from '../../domain/streams/generators.js';
import type { OwnRecipe } from '../read/checkpoint-recipe.js';
import type { MatchedTensor } from './match-tensors.js';

/** What the metadata record differently. */
export type MetadataDifference = FigureDifference | SampleDifference | GeneratorDifference;

/** A figure that the metadata record differently from the recipe; undefined where there is none. */
export interface FigureDifference {
  readonly name: string;
  readonly figure: Figure;
  readonly stored: number | undefined;
  readonly expected: number | undefined;
}

/** A kept tensor's first and last bytes are not those that were kept: see KeptRecord. */
export interface SampleDifference {
  readonly name: string;
  readonly figure: 'sample';
  /** The recorded hash. */
  readonly stored: string;
  /** That of the bytes in the file. */
  readonly expected: string;
}

/** The metadata name another generator than the one that the checkpoint is compared with. */
export interface GeneratorDifference {
  /** It is that of all tensors. */
  readonly name?: undefined;
  readonly figure: 'generator';
  readonly stored: GeneratorName;
  readonly expected: GeneratorName;
}

export function compareGenerators(own: OwnRecipe, expected: GeneratorName): GeneratorDifference[] {
  if (own.kind !== 'recorded' || own.recipe.generator === expected) return [];
  return [{ figure: 'generator', stored: own.recipe.generator, expected }];
}

/** Where a draw begins is compared only if it is recorded, and the expected generator has a sequence. */
export function compareFacts(
  { model: { name, recipe, origin } }: MatchedTensor,
  own: OwnRecipe,
): FigureDifference[] {
  if (own.kind !== 'recorded') return [];
  const facts = own.recipe.facts.get(name);
  const begins = own.recipe.origins.get(name);
  return [
    ...(facts === undefined ? [] : compare(name, FACT_NAMES, facts, recipe.facts)),
    ...(begins === undefined || origin === undefined ? [] : compare(name, ORIGIN_NAMES, begins, origin)),
  ];
}

function compare<Name extends Figure>(
  name: string,
  figures: readonly Name[],
  recorded: Readonly<Partial<Record<Name, number | undefined>>>,
  wanted: Readonly<Partial<Record<Name, number | undefined>>>,
): FigureDifference[] {
  return figures.flatMap((figure) => {
    const [stored, expected] = [recorded[figure], wanted[figure]];
    return stored === expected ? [] : [{ name, figure, stored, expected }];
  });
}
