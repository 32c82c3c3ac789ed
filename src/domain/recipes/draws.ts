/**
 * Draws of recipes: what decides the values of tensors, from a generator, a seed and their recipes. With a generator of one sequence a
 * draw begins where the draw before it ended, so draws are placed together, in the order in which torch would make them.
 * @module
 */
import { at } from '../../base/at.js';
import { makeStreamDraw, type Draw } from '../kernels/draw.js';
import { GENERATORS, type GeneratorName } from '../streams/generators.js';
import type { Dtype } from '../tensors/dtypes.js';
import { TorchSequence, type Origin } from '../torch/sequence.js';
import { isSequenceKernel, type ResolvedKernel } from './resolved-kernel.js';

/** Where the words come from. */
export interface DrawSource {
  readonly generator: GeneratorName;
  readonly seed: bigint;
}

/** A tensor, as far as it decides its draw. */
export interface DrawnTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly elementCount: number;
  readonly recipe: ResolvedKernel;
  /** Where its draw begins, if not where the draw of the tensor before it ended. */
  readonly origin?: Origin | undefined;
}

/**
 * Where the draw of each tensor begins; undefined for a generator that gives tensors streams of their own.
 * @param tensors  in the order in which they are drawn
 * @throws {ValueError} TOO_LARGE: a sequence that goes beyond 2^53 - 625 words
 */
export function placeDraws(
  source: DrawSource,
  tensors: readonly DrawnTensor[],
): readonly Origin[] | undefined {
  const generator = GENERATORS[source.generator];
  if (generator.order === 'streams') return undefined;
  const sequence = new TorchSequence(generator.root(source.seed));
  return tensors.map((tensor) => {
    if (tensor.origin !== undefined) sequence.moveTo(tensor.origin);
    return placeNext(sequence, tensor);
  });
}

/** The same tensors, each with the origin of its draw, if the generator has a sequence. */
export function placeTensors<T extends DrawnTensor>(source: DrawSource, tensors: readonly T[]): readonly T[] {
  const origins = placeDraws(source, tensors);
  return origins === undefined
    ? tensors
    : tensors.map((tensor, i) => ({ ...tensor, origin: at(origins, i) }));
}

function placeNext(sequence: TorchSequence, { recipe, elementCount }: DrawnTensor): Origin {
  if (!isSequenceKernel(recipe)) return { firstWord: sequence.position };
  const { firstWord, cachedNormal } = sequence.take(recipe.kernel, recipe.dtype, elementCount);
  return { firstWord, ...(cachedNormal !== undefined && { cachedNormal }) };
}

/**
 * The origins that the order of the tensors does not imply: placeDraws gives the others without being told.
 * @param tensors  each with its origin, if the generator has a sequence
 * @returns        one for each tensor; undefined where it is implied
 * @throws {ValueError} TOO_LARGE: a sequence that goes beyond 2^53 - 625 words
 */
export function omitImplied(
  source: DrawSource,
  tensors: readonly DrawnTensor[],
): readonly (Origin | undefined)[] {
  const generator = GENERATORS[source.generator];
  if (generator.order === 'streams') return tensors.map(() => undefined);
  const sequence = new TorchSequence(generator.root(source.seed));
  return tensors.map((tensor) => {
    const { origin } = tensor;
    if (origin === undefined || origin.firstWord === sequence.position) {
      const { cachedNormal } = placeNext(sequence, tensor);
      if (origin === undefined || origin.cachedNormal === cachedNormal) return undefined;
    }
    sequence.moveTo(origin);
    placeNext(sequence, tensor);
    return origin;
  });
}

/**
 * The draw of a tensor.
 * @param origin  as placed; undefined for a generator that gives tensors streams of their own
 */
export function makeDraw(
  { generator, seed }: DrawSource,
  { name, dtype, elementCount, recipe }: DrawnTensor,
  origin: Origin | undefined,
): Draw {
  if (!isSequenceKernel(recipe)) return makeStreamDraw(dtype, recipe, seed, name);
  const facts = GENERATORS[generator];
  if (facts.order === 'streams' || origin === undefined)
    throw new TypeError(`A ${recipe.kernel.kind} of ${name} has no place in a sequence`);
  const sequence = new TorchSequence(facts.root(seed), origin);
  return sequence.take(recipe.kernel, recipe.dtype, elementCount);
}

/** The draw of a tensor that takes the next words of a sequence; a constant takes none. */
export const takeDraw = (
  sequence: TorchSequence,
  { name, dtype, elementCount, recipe }: DrawnTensor,
): Draw =>
  isSequenceKernel(recipe)
    ? sequence.take(recipe.kernel, recipe.dtype, elementCount)
    : makeStreamDraw(dtype, recipe, 0n, name);
