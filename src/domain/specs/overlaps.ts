/**
 * Warns of tensors that share words of a sequence: explicit first words can make two draws of the same numbers, which torch never does.
 * @module
 */
import { nameTensor } from '../../base/wording.js';
import { placeTensors, type DrawnTensor, type DrawSource } from '../recipes/draws.js';
import { sequenceKernelOf } from '../recipes/resolved-draw.js';
import { countWords } from '../torch/words.js';

/** The words of a draw. */
interface Span {
  readonly name: string;
  readonly first: number;
  readonly end: number;
}

/**
 * @param tensors  each with its origin only where the spec says it
 * @returns        one warning, of the first two, or none
 */
export function warnOfOverlaps(source: DrawSource, tensors: readonly DrawnTensor[]): string[] {
  if (tensors.every(({ origin }) => origin === undefined)) return [];
  const spans = placeTensors(source, tensors).flatMap(spanOf);
  const pairs = findOverlaps(spans.sort((a, b) => a.first - b.first));
  const [pair] = pairs;
  if (pair === undefined) return [];
  const [{ name, first, end }, other] = pair;
  const more = pairs.length === 1 ? '' : ` ${pairs.length - 1} more begin within others.`;
  const found = `${nameTensor(other.name)} begins at word ${other.first}, within the words of ${nameTensor(name)}, ${first} to ${end - 1}`;
  return [`${found}: both draw from the same words.${more}`];
}

function spanOf({ name, recipe, elementCount, origin, sameAs }: DrawnTensor): Span[] {
  if (sameAs !== undefined) return [];
  const taken = sequenceKernelOf(recipe);
  if (origin === undefined || taken === undefined) return [];
  const { firstWord: first, cachedNormal } = origin;
  const words = countWords(taken.kernel, taken.dtype, elementCount, cachedNormal !== undefined);
  return words > 0 ? [{ name, first, end: first + words }] : [];
}

/** @param spans  by their first words */
function findOverlaps(spans: readonly Span[]): (readonly [Span, Span])[] {
  const pairs: (readonly [Span, Span])[] = [];
  let furthest: Span | undefined;
  for (const span of spans) {
    if (furthest !== undefined && span.first < furthest.end) pairs.push([furthest, span]);
    if (furthest === undefined || span.end > furthest.end) furthest = span;
  }
  return pairs;
}
