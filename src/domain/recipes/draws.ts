/**
 * Draws of recipes: what decides the values of tensors, from a generator, a seed and their recipes. With a generator of one sequence a
 * draw begins where the draw before it ended, so draws are placed together, in the order in which torch would make them.
 * @module
 */
import type { Draw } from '../draws/draw.js';
import { makeKeysDraw } from '../draws/sparse-draw.js';
import { makeStreamDraw, type StreamDraw } from '../draws/stream-draw.js';
import { CODE_DTYPE } from '../kernels/codes.js';
import { PACKED_DTYPE } from '../kernels/packed-codes.js';
import { normalParameters } from '../kernels/normal.js';
import type { StreamState } from '../streams/generator.js';
import {
  GENERATORS,
  isSequential,
  type GeneratorName,
  type SequenceGeneratorName,
} from '../streams/generators.js';
import { DEFAULT_DTYPE, type Dtype } from '../tensors/dtypes.js';
import { TorchSequence, type Origin } from '../torch/sequence.js';
import type { TorchDraw } from '../torch/torch-draw.js';
import { sequenceKernelOf, type ResolvedDraw, type StreamKernel } from './resolved-draw.js';

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
  readonly recipe: ResolvedDraw;
  /** Where its draw begins, if not where the draw of the tensor before it ended. */
  readonly origin?: Origin | undefined;
  /** The name whose streams it draws from. @defaultValue its own, or that of the tensor that it is the same as */
  readonly stream?: string | undefined;
  /** The tensor whose draw it has: it takes no words of a sequence itself. */
  readonly sameAs?: string | undefined;
}

/**
 * The same tensors, each with the origin of its draw, if the generator has a sequence. A cached normal that no origin gives takes a jump.
 * A tensor that is the same as another has its origin.
 * @param tensors  in the order in which they are drawn
 * @throws {ValueError} TOO_LARGE: a sequence that goes beyond 2^53 - 625 words
 */
export function placeTensors<T extends DrawnTensor>(source: DrawSource, tensors: readonly T[]): readonly T[] {
  const sequence = openSequence(source);
  if (sequence === undefined) return tensors;
  const origins = new Map<string, Origin>();
  for (const tensor of tensors) {
    if (tensor.sameAs !== undefined) continue;
    if (tensor.origin !== undefined) sequence.moveTo(tensor.origin);
    origins.set(tensor.name, placeNext(sequence, tensor));
  }
  return tensors.map((tensor) => ({ ...tensor, origin: origins.get(tensor.sameAs ?? tensor.name) }));
}

/**
 * The last of the tensors as `placeTensors` places it; of the others nothing is computed.
 * @throws {ValueError} TOO_LARGE: a sequence that goes beyond 2^53 - 625 words
 */
export function placeLast<T extends DrawnTensor>(source: DrawSource, before: readonly T[], last: T): T {
  const sequence = openSequence(source);
  if (sequence === undefined) return last;
  skipAll(sequence, before);
  if (last.origin !== undefined) sequence.moveTo(last.origin);
  return { ...last, origin: placeNext(sequence, last) };
}

/**
 * Checks that a sequence holds the tensors' draws; computes nothing.
 * @throws {ValueError} TOO_LARGE: a sequence that goes beyond 2^53 - 625 words
 */
export function checkPlaces(source: DrawSource, tensors: readonly DrawnTensor[]): void {
  const sequence = openSequence(source);
  if (sequence !== undefined) skipAll(sequence, tensors);
}

/** The sequence of each generator that has one. */
const SEQUENCES: Readonly<
  Record<SequenceGeneratorName, new (root: StreamState, origin?: Origin) => TorchSequence>
> = { torch: TorchSequence };

/** Undefined for a generator that gives tensors streams of their own. */
function openSequence({ generator, seed }: DrawSource, origin?: Origin): TorchSequence | undefined {
  if (!isSequential(generator)) return undefined;
  return new SEQUENCES[generator](GENERATORS[generator].root(seed), origin);
}

function placeNext(sequence: TorchSequence, { recipe, elementCount }: DrawnTensor): Origin {
  const taken = sequenceKernelOf(recipe);
  if (taken === undefined) return { firstWord: sequence.position };
  const { firstWord, cachedNormal } = sequence.take(taken.kernel, taken.dtype, elementCount);
  return { firstWord, ...(cachedNormal !== undefined && { cachedNormal }) };
}

function skipNext(sequence: TorchSequence, { recipe, elementCount }: DrawnTensor): void {
  const taken = sequenceKernelOf(recipe);
  if (taken !== undefined) sequence.skip(taken.kernel, taken.dtype, elementCount);
}

function skipAll(sequence: TorchSequence, tensors: readonly DrawnTensor[]): void {
  for (const tensor of tensors) {
    if (tensor.sameAs !== undefined) continue;
    if (tensor.origin !== undefined) sequence.moveTo(tensor.origin);
    skipNext(sequence, tensor);
  }
}

/**
 * The origins that the order of the tensors does not imply: placeTensors finds the others itself. A cached normal is
 * computed, for the price of a jump, where one is given and the order implies that there is one.
 * @param tensors  each with its origin, if the generator has a sequence
 * @returns        one for each tensor; undefined where it is implied
 * @throws {ValueError} TOO_LARGE: a sequence that goes beyond 2^53 - 625 words
 */
export function omitImplied(
  source: DrawSource,
  tensors: readonly DrawnTensor[],
): readonly (Origin | undefined)[] {
  const sequence = openSequence(source);
  if (sequence === undefined) return tensors.map(() => undefined);
  return tensors.map((tensor) => {
    if (tensor.sameAs !== undefined) return undefined;
    const origin = isImplied(sequence, tensor) ? undefined : tensor.origin;
    if (origin !== undefined) sequence.moveTo(origin);
    skipNext(sequence, tensor);
    return origin;
  });
}

function isImplied(sequence: TorchSequence, { recipe, elementCount, origin }: DrawnTensor): boolean {
  if (origin === undefined) return true;
  if (origin.firstWord !== sequence.position) return false;
  const taken = sequenceKernelOf(recipe);
  const isUsed = taken !== undefined && sequence.usesCached(taken.kernel, elementCount);
  if (!isUsed || origin.cachedNormal === undefined) return !isUsed && origin.cachedNormal === undefined;
  return origin.cachedNormal === sequence.cachedNormal;
}

/**
 * The draw of a tensor.
 * @param origin  as placed; undefined for a generator that gives tensors streams of their own
 */
export function makeDraw(
  source: DrawSource,
  { name, stream, sameAs, dtype, elementCount, recipe }: DrawnTensor,
  origin: Origin | undefined,
): Draw {
  const drawnAs = stream ?? sameAs ?? name;
  const sequence = origin && openSequence(source, origin);
  let normals: StreamDraw | undefined;
  const streams: Streams = {
    draw: (kernel, as) => makeStreamDraw(as, kernel, source.seed, drawnAs),
    drawNormals: () => (normals ??= makeStreamDraw(DEFAULT_DTYPE, NORMALS, source.seed, drawnAs)),
    drawKeys: (first) => makeKeysDraw(source.seed, drawnAs, first),
  };
  return build(recipe, dtype, streams, takeFrom(sequence, recipe, elementCount));
}

/** The draw of a tensor that takes the next words of a sequence; a constant takes none. */
export function takeDraw(
  sequence: TorchSequence,
  { dtype, elementCount, recipe }: Omit<DrawnTensor, 'name' | 'origin'>,
): Draw {
  return build(recipe, dtype, NO_STREAMS, takeFrom(sequence, recipe, elementCount));
}

/** The normals of orthogonal matrices. */
const NORMALS = { kind: 'stream', kernel: normalParameters(0, 1) } as const;

/** The streams of a tensor. */
interface Streams {
  readonly draw: (kernel: StreamKernel, dtype: Dtype) => StreamDraw;
  /** Made once, whatever the number of matrices. */
  readonly drawNormals: () => StreamDraw;
  /** The words that choose the zeros of a sparse matrix. */
  readonly drawKeys: (first: number) => StreamDraw;
}

function refuseStreams(): never {
  throw new TypeError('A draw that follows a sequence takes no words of streams');
}

const NO_STREAMS: Streams = {
  draw: refuseStreams,
  drawNormals: refuseStreams,
  drawKeys: refuseStreams,
};

/** The words of the whole tensor, whichever of its pieces are drawn with them. */
function takeFrom(
  sequence: TorchSequence | undefined,
  recipe: ResolvedDraw,
  elementCount: number,
): TorchDraw | undefined {
  const taken = sequenceKernelOf(recipe);
  return taken && sequence?.take(taken.kernel, taken.dtype, elementCount);
}

function build(
  resolved: ResolvedDraw,
  dtype: Dtype,
  streams: Streams,
  fromSequence: TorchDraw | undefined,
): Draw {
  switch (resolved.kind) {
    case 'stream':
      return streams.draw(resolved, dtype);
    case 'constant':
      return { kind: 'constant', dtype, bytes: resolved.bytes };
    case 'pattern':
      return { kind: 'pattern', dtype, pattern: resolved.pattern, first: resolved.first };
    case 'sparse': {
      const { first, values, choice } = resolved;
      const keys = streams.drawKeys(first);
      return { kind: 'sparse', dtype, values: streams.draw(values, dtype), keys, choice, first };
    }
    case 'torch':
      if (fromSequence !== undefined) return fromSequence;
      throw new TypeError(`A ${resolved.kernel.kind} has no place in a sequence`);
    case 'kept':
      throw new TypeError('A kept tensor is copied, not drawn');
    case 'orthogonal':
      return { ...resolved, dtype, root: streams.drawNormals().root };
    case 'packed':
      return { ...resolved, dtype: PACKED_DTYPE, codes: streams.draw(resolved.codes, CODE_DTYPE) };
    case 'pieces':
      return {
        kind: 'pieces',
        dtype,
        pieces: resolved.pieces.map(({ end, of }) => ({
          end,
          of: build(of, dtype, streams, fromSequence),
        })),
      };
  }
}
