/**
 * The three functions by upstream's names, on an engine that all callers share.
 * @module
 */
import { scaleLimitOf } from '../domain/wage.js';
import { show } from '../domain/words.js';
import type { SharedTensor } from '../engine/shared-tensor.js';
import { ValueError } from '../errors.js';
import { Engine, type TruncatedNormalOptions, type UniformOptions, type WageOptions } from './engine.js';

/** Which engine fills. @defaultValue the shared one: all processors, a random seed, never keeps a process alive */
export interface EngineChoice {
  readonly engine?: Engine;
}

let shared: Engine | undefined;

/** The engine behind the functions of this module; made at the first call. */
export function defaultEngine(): Engine {
  return (shared ??= new Engine());
}

function chooseEngine<T extends EngineChoice>(options: T): [Engine, Omit<T, 'engine'>] {
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw new ValueError(
      'BAD_OPTION',
      `The options of a fill are ${show(options)}.`,
      'Pass an object, such as { low: -1, high: 1 }.',
    );
  }
  const { engine = defaultEngine(), ...rest } = options;
  if (engine instanceof Engine) return [engine, rest];
  throw new ValueError('BAD_OPTION', `The option engine is ${show(engine)}.`, 'Pass an Engine.');
}

/** {@link Engine.wageInit_} on `options.engine` or the shared engine. */
export async function wageInit_(
  tensor: SharedTensor,
  bitsW: number,
  options: WageOptions & EngineChoice = {},
): Promise<SharedTensor> {
  const [engine, rest] = chooseEngine(options);
  return await engine.wageInit_(tensor, bitsW, rest);
}

/** {@link Engine.truncatedNormal_} on `options.engine` or the shared engine. */
export async function truncatedNormal_(
  tensor: SharedTensor,
  options: TruncatedNormalOptions & EngineChoice = {},
): Promise<SharedTensor> {
  const [engine, rest] = chooseEngine(options);
  return await engine.truncatedNormal_(tensor, rest);
}

/** {@link Engine.uniform_} on `options.engine` or the shared engine. */
export async function uniform_(
  tensor: SharedTensor,
  options: UniformOptions & EngineChoice,
): Promise<SharedTensor> {
  const [engine, rest] = chooseEngine(options);
  return await engine.uniform_(tensor, rest);
}

/** Anything that can carry WAGE's weight scale. */
export interface Scaled {
  weightScale?: number | undefined;
}

/**
 * WAGE's weight scale for `limit` at `bitsW` bits: sets `param.weightScale`, a power of two from 1 on. Upstream's `scale_limit`.
 * @param limit  half the width of the distribution the layer asks for, positive and finite
 * @param bitsW  width of the weights, 1 to 1024
 * @returns      max(1.5 / 2^(bitsW - 1), limit): half the width to draw with
 * @throws {ValueError} BAD_BITS, BAD_LIMIT; weightScale is then as it was
 */
export function scaleLimit(param: Scaled, limit: number, bitsW: number): number {
  if (typeof param !== 'object' || (param as unknown) === null) {
    throw new ValueError(
      'BAD_OPTION',
      `scaleLimit: the parameter is ${show(param)}.`,
      'Pass the tensor that is to carry the scale.',
    );
  }
  const scaled = scaleLimitOf(limit, bitsW);
  param.weightScale = scaled.weightScale;
  return scaled.limit;
}
