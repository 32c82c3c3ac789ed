/**
 * The order of the tensors in the spec of a checkpoint whose draws follow one sequence: the order in which they were drawn, if that makes
 * the same files. No file records the spec's own order; the first words do, except among tensors that take none.
 * @module
 */
import { at } from '../../base/at.js';
import { omitImplied, type DrawSource } from '../../domain/recipes/draws.js';
import { isSequenceKernel } from '../../domain/recipes/resolved-kernel.js';
import { writeOrigin } from '../../domain/specs/origin.js';
import type { ModelTensor } from '../../domain/specs/spec.js';
import { countWords } from '../../domain/torch/words.js';
import { cutShards } from '../format/layout.js';
import type { StoredSpecTensor } from './stored-spec.js';

/**
 * @param tensors     in an order that makes the checkpoint's files
 * @param models      the same, resolved, each with the origin that the files record
 * @param shardBytes  undefined for one file
 * @returns           the tensors in an order that makes the same files, with an origin where that order does not imply the recorded one
 * @throws {ValueError} TOO_LARGE: a draw that goes beyond 2^53 - 625 words
 */
export function orderBySequence(
  source: DrawSource,
  tensors: readonly StoredSpecTensor[],
  models: readonly ModelTensor[],
  shardBytes: number | undefined,
): readonly StoredSpecTensor[] {
  const asStored = [...tensors.keys()];
  const asDrawn = asStored.toSorted((a, b) => compare(at(models, a), at(models, b)));
  const filesOf = (order: readonly number[]): string =>
    JSON.stringify(
      cutShards(
        order.map((i) => at(models, i)),
        shardBytes,
      ).map((shard) => shard.map((place) => at(order, place))),
    );
  const order = filesOf(asDrawn) === filesOf(asStored) ? asDrawn : asStored;
  const origins = omitImplied(
    source,
    order.map((i) => at(models, i)),
  );
  return order.map((i, place) => ({ ...at(tensors, i), ...writeOrigin(origins[place]) }));
}

/** A tensor that takes no words was drawn before the one that begins at the same word. */
const compare = (a: ModelTensor, b: ModelTensor): number =>
  firstWordOf(a) - firstWordOf(b) || wordsOf(a) - wordsOf(b);

const firstWordOf = ({ origin }: ModelTensor): number => origin?.firstWord ?? 0;

const wordsOf = ({ recipe, elementCount, origin }: ModelTensor): number =>
  isSequenceKernel(recipe)
    ? countWords(recipe.kernel, recipe.dtype, elementCount, origin?.cachedNormal !== undefined)
    : 0;
