/**
 * The options of a fill, checked.
 * @module
 */
import { translateKind } from '../base/foreign-names.js';
import { badParameter, checkPositive, checkOneOf } from '../base/parameter-checks.js';
import type { Rounding, ShiftRounding } from '../domain/operators/wage-operators.js';
import { DEFAULT_GENERATOR, type GeneratorName } from '../domain/streams/generators.js';
import { checkSeed, IN_OPTIONS, type SeedAdvice } from '../domain/streams/seed.js';
import { DEFAULT_DTYPE } from '../domain/tensors/dtypes.js';
import { nameTensor, show, suggest } from '../base/wording.js';
import { isPlainObject } from '../base/objects.js';
import type { RunOptions } from '../engine/jobs/coordinator.js';
import type { OnProgress } from '../engine/jobs/progress.js';
import type { AnyTensor } from '../engine/memory/shared-tensor.js';
import { ValueError } from '../base/errors.js';
import { checkTensor } from './check-tensor.js';
import type { TorchGenerator } from './torch-generator.js';
import { INIT_KINDS, type InitInput, type InitOptions } from '../domain/recipes/init.js';
import type { Recipe } from '../domain/recipes/recipe.js';

/** The options of a call that draws from streams. */
export interface StreamOptions {
  /** Whole number from 0 to 2^64 - 1. @defaultValue the engine's */
  readonly seed?: number | bigint | undefined;
  /** Chooses the streams, with the seed. @defaultValue the tensor's, else the engine's next number: `#0`, `#1`, ... */
  readonly name?: string | undefined;
  /** The flat element at which this tensor begins in a larger row-major one. @defaultValue 0 */
  readonly offset?: number | undefined;
  /** Aborts the call: it rejects with the signal's reason after at most one more chunk per thread. Elements written by then stay. */
  readonly signal?: AbortSignal | undefined;
  /** Called about ten times a second with a count that never falls, and once more with the total at the end. */
  readonly onProgress?: OnProgress | undefined;
}

export interface FillOptions extends StreamOptions {
  /**
   * Draws as torch does, with the next words of this generator, instead of streams by seed and name: the fill takes its words when it is
   * called. Not beside seed, name or offset; the tensor's own name does not matter. @defaultValue streams of (seed, name)
   */
  readonly generator?: TorchGenerator | undefined;
}

/** The options of uniform_: low and high, a map, and those of a fill. */
export type UniformOptions = FillOptions & InitOptions<'uniform'>;
/** The options of truncatedNormal_: mean, std, low and high or a and b, a map, and those of a fill. */
export type TruncatedNormalOptions = FillOptions & InitOptions<'truncated_normal'>;
/** The options of wageInit_: factor, mode and codes, and those of a fill. */
export type WageOptions = FillOptions & Omit<InitOptions<'wage'>, 'bits'>;

export interface DrawSliceOptions extends RunOptions {
  /** The tensor's name in the spec. */
  readonly name: string;
  /** The first element, in the row-major tensor. @defaultValue 0 */
  readonly start?: number | undefined;
  /** The element after the last. @defaultValue the number of elements */
  readonly end?: number | undefined;
  /** @defaultValue the spec's, else the engine's */
  readonly seed?: number | bigint | undefined;
  /** Where the words come from. @defaultValue the spec's, else `'xoroshiro128+'` */
  readonly generator?: GeneratorName | undefined;
}

export interface QuantizeOptions extends StreamOptions {
  /**
   * Rounds ties to the even multiple (TensorFlow, WAGE's own code), ties up (QPyTorch, xbtorch), or stochastically: up with the
   * probability of the fraction. seed, name and offset choose the words of stochastic rounding. @defaultValue 'half_even'
   */
  readonly rounding?: Rounding | undefined;
  /**
   * The number of this stochastic rounding of the tensor, from 0: each number has its own words. A tensor that is rounded again with
   * the same number, seed, name and offset gets the same words again, so pass the step of a training loop. @defaultValue 0
   */
  readonly call?: number | undefined;
  /** The name of `call` before 0.8, accepted in its place. */
  readonly iteration?: number | undefined;
  /** The layer's weight scale: weights are divided by it if it is above 1.8, as in WAGE's QW. @defaultValue 1 */
  readonly scale?: number | undefined;
}

export interface ShiftOptions extends RunOptions {
  /** How the logarithm of the largest magnitude is rounded. @defaultValue 'nearest' */
  readonly rounding?: ShiftRounding | undefined;
}

export const RUN_KEYS = ['signal', 'onProgress'] as const;
/** What chooses the streams; a generator takes the place of all three. */
export const STREAM_KEYS = ['seed', 'name', 'offset'] as const;
export const FILL_KEYS = [...STREAM_KEYS, 'generator', ...RUN_KEYS] as const;

const ROUNDINGS = ['half_even', 'half_up', 'stochastic'] as const satisfies readonly Rounding[];
export const SHIFT_ROUNDINGS = ['nearest', 'ceiling'] as const satisfies readonly ShiftRounding[];

const IN_ENGINE: SeedAdvice = {
  ...IN_OPTIONS,
  other: (seed, generator) =>
    `${generator} takes this one: pass new TorchGenerator(${show(seed)}) to a fill, or seed and generator: '${generator}' to a checkpoint`,
};

/**
 * A seed of streams: the engine's own, or a call's that has no choice of generators by name.
 * @throws {ValueError} BAD_SEED
 */
export const checkStreamSeed = (seed: unknown): bigint => checkSeed(seed, DEFAULT_GENERATOR, IN_ENGINE);

const OF_WHOLE_SHAPES: readonly string[] = ['pattern', 'sparse', 'orthogonal', 'pieces'];

/**
 * An offset says where a tensor begins in a larger one, but not what shape that has.
 * @throws {ValueError} BAD_OFFSET: a recipe whose values depend on the whole shape
 */
export function checkCut({ kind, init }: Recipe, offset: unknown, where: string): void {
  if (offset === undefined || offset === 0 || !OF_WHOLE_SHAPES.includes(kind)) return;
  const found = `${where}: the offset is ${show(offset)}, and values of ${init.kind} depend on the whole shape.`;
  throw new ValueError('BAD_OFFSET', found, 'Draw the range with drawSlice, from a spec with that shape.');
}

/** @throws {ValueError} BAD_OFFSET */
export function checkOffset(offset: unknown, length: number, where: string): number {
  const found = `${where}: the offset is ${show(offset)}.`;
  if (typeof offset !== 'number' || !Number.isSafeInteger(offset) || offset < 0) {
    throw new ValueError('BAD_OFFSET', found, 'An offset counts elements: a whole number from 0.');
  }
  if (!Number.isSafeInteger(offset + length)) {
    throw new ValueError('BAD_OFFSET', found, `With ${length} elements it ends beyond 2^53 - 1.`);
  }
  return offset;
}

/** @throws {ValueError} BAD_SPEC: not an object with a known kind */
export function checkInit(init: unknown): InitInput {
  const kind: unknown = (init as { kind?: unknown } | null | undefined)?.kind;
  const known = INIT_KINDS.find((candidate) => candidate === kind);
  if (known !== undefined && isPlainObject(init)) return init as unknown as InitInput;
  if (isPlainObject(init) && kind !== undefined) {
    const remedy = suggest(kind, INIT_KINDS, translateKind(kind, INIT_KINDS));
    throw new ValueError('BAD_SPEC', `fill: the kind is ${show(kind)}.`, remedy);
  }
  const remedy = "Pass an initialiser, such as heNormal() or { kind: 'he_normal' }.";
  throw new ValueError('BAD_SPEC', `fill: the initialiser is ${show(init)}.`, remedy);
}

/** @throws {ValueError} BAD_BUFFER, BAD_DTYPE: not a float32 tensor */
export function checkOperand(tensor: AnyTensor): void {
  checkTensor(tensor);
  if (tensor.dtype === DEFAULT_DTYPE) return;
  const found = `${nameTensor(tensor.name)}: dtype is ${show(tensor.dtype)}.`;
  throw new ValueError('BAD_DTYPE', found, 'Operators take float32.');
}

/** @throws {ValueError} BAD_OPTION: an unknown rounding, or an invalid call; BAD_LIMIT: a scale that is not positive and finite */
export function checkQuantization(
  { rounding = 'half_even', scale = 1, ...numbered }: QuantizeOptions,
  { name }: AnyTensor,
): { rounding: Rounding; scale: number; call: number } {
  return {
    call: checkCall(numbered, name),
    rounding: checkOneOf(rounding, ROUNDINGS, 'rounding', name),
    scale: checkPositive(
      Math.fround(checkPositive(scale, 'scale', name, 'BAD_LIMIT')),
      'scale',
      name,
      'BAD_LIMIT',
    ),
  };
}

function checkCall(options: QuantizeOptions, name: string | undefined): number {
  const { iteration = 0, call = iteration } = options;
  if (options.call !== undefined && options.iteration !== undefined) {
    const found = `${nameTensor(name)}: call and iteration are both given.`;
    throw new ValueError('BAD_OPTION', found, 'Leave out iteration, the old name of call.');
  }
  if (Number.isSafeInteger(call) && call >= 0) return call;
  const parameter = options.iteration === undefined ? 'call' : 'iteration';
  throw badParameter('BAD_OPTION', parameter, call, name, `${parameter} must be a whole number from 0.`);
}
