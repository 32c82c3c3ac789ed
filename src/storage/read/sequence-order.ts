/**
 * The order of the tensors in the spec of a checkpoint whose draws follow one sequence: the order in which they were drawn, if that makes
 * the same files. No file records the spec's own order; the first words do, except among tensors that take none.
 * @module
 */
import { at } from '../../base/at.js';
import { checkPlaces, omitImplied, type DrawSource } from '../../domain/recipes/draws.js';
import { sequenceKernelOf } from '../../domain/recipes/resolved-draw.js';
import { writeOrigin } from '../../domain/specs/origin.js';
import type { ModelTensor } from '../../domain/specs/spec.js';
import { countWords } from '../../domain/torch/words.js';
import { cutShards } from '../format/layout.js';
import type { Origin } from '../../domain/torch/sequence.js';
import type { StoredSpecTensor } from './stored-spec.js';

/** Tensors in an order of draws. */
interface SequencedTensors {
  /** Each with the origin that the files record. */
  readonly placed: readonly StoredSpecTensor[];
  /** With an origin where the order does not imply the recorded one. That takes a jump for each cached normal that it implies. */
  readonly omitImplied: () => readonly StoredSpecTensor[];
  /** Their names in the order in which they were drawn, which may make other files. */
  readonly drawn: readonly string[];
}

/**
 * @param tensors     in an order that makes the checkpoint's files
 * @param models      the same, resolved, each with the origin that the files record
 * @param shardBytes  undefined for one file
 * @returns           the tensors in an order that makes the same files
 * @throws {ValueError} TOO_LARGE: a draw that goes beyond 2^53 - 625 words
 */
export function orderBySequence(
  source: DrawSource,
  tensors: readonly StoredSpecTensor[],
  models: readonly ModelTensor[],
  shardBytes: number | undefined,
): SequencedTensors {
  checkPlaces(source, models);
  const asStored = [...tensors.keys()];
  const drawn = withOriginsOfTied(models);
  const asDrawn = asStored.toSorted((a, b) => compare(at(drawn, a), at(drawn, b)));
  const filesOf = (order: readonly number[]): string =>
    JSON.stringify(
      cutShards(
        order.map((i) => at(models, i)),
        shardBytes,
      ).map((shard) => shard.map((place) => at(order, place))),
    );
  const order = filesOf(asDrawn) === filesOf(asStored) ? asDrawn : asStored;
  const ordered = order.map((i) => at(models, i));
  const withOrigins = (origins: readonly (Origin | undefined)[]): readonly StoredSpecTensor[] =>
    order.map((i, place) => ({ ...at(tensors, i), ...writeOrigin(origins[place]) }));
  return {
    placed: withOrigins(ordered.map(({ origin }) => origin)),
    omitImplied: () => withOrigins(omitImplied(source, ordered)),
    drawn: asDrawn.map((i) => at(tensors, i).name),
  };
}

/** A tensor that is the same as another comes with it. */
function withOriginsOfTied(models: readonly ModelTensor[]): readonly ModelTensor[] {
  const origins = new Map(models.map(({ name, origin }) => [name, origin]));
  return models.map((tensor) =>
    tensor.sameAs === undefined ? tensor : { ...tensor, origin: origins.get(tensor.sameAs) },
  );
}

/** A tensor that takes no words was drawn before the one that begins at the same word. */
const compare = (a: ModelTensor, b: ModelTensor): number =>
  firstWordOf(a) - firstWordOf(b) || wordsOf(a) - wordsOf(b);

const firstWordOf = ({ origin }: ModelTensor): number => origin?.firstWord ?? 0;

function wordsOf({ recipe, elementCount, origin }: ModelTensor): number {
  const taken = sequenceKernelOf(recipe);
  if (taken === undefined) return 0;
  return countWords(taken.kernel, taken.dtype, elementCount, origin?.cachedNormal !== undefined);
}
