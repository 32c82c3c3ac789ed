/**
 * The engine's methods as functions, upstream's three among them, on an engine that all callers share.
 * @module
 */
import { scaleLimitOf } from '../domain/recipes/wage.js';
import { checkPlain, show } from '../base/wording.js';
import type { RunOptions } from '../engine/jobs/coordinator.js';
import type { AnyTensor, SharedTensor } from '../engine/memory/shared-tensor.js';
import { ValueError } from '../base/errors.js';
import type { InitInput } from '../domain/recipes/init.js';
import type { VerifyOptions, VerifyReport } from '../storage/verify/verify.js';
import type { InspectOptions } from '../storage/inspect/inspect.js';
import type { InspectReport } from '../storage/inspect/inspect-report.js';
import { Engine, type MaterializeOptions } from './engine.js';
import type {
  FillOptions,
  KaimingOptions,
  NamedScalingOptions,
  NormalOptions,
  QuantizeOptions,
  ShiftOptions,
  TruncatedNormalOptions,
  UniformOptions,
  VarianceScalingOptions,
  WageOptions,
  WageVarianceScalingOptions,
  XavierOptions,
} from './options.js';

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
  checkPlain(options, 'jumpfill');
  const { engine = defaultEngine(), ...rest } = options;
  if (engine instanceof Engine) return [engine, rest];
  throw new ValueError('BAD_OPTION', `The option engine is ${show(engine)}.`, 'Pass an Engine.');
}

type Fill<Options> = <T extends AnyTensor>(tensor: T, options?: Options & EngineChoice) => Promise<T>;

/** A method of Engine as a function: on `options.engine` or the shared engine. */
function onEngine<Options extends object>(
  fill: <T extends AnyTensor>(engine: Engine, tensor: T, options: Options) => Promise<T>,
): Fill<Options> {
  return async (tensor, options = {} as Options & EngineChoice) => {
    const [engine, rest] = chooseEngine(options);
    return await fill(engine, tensor, rest as unknown as Options);
  };
}

/** {@link Engine.wageInit_} on `options.engine` or the shared engine. */
export async function wageInit_<T extends AnyTensor>(
  tensor: T,
  bitsW: number,
  options: WageOptions & EngineChoice = {},
): Promise<T> {
  const [engine, rest] = chooseEngine(options);
  return await engine.wageInit_(tensor, bitsW, rest);
}

/** {@link Engine.wageVarianceScaling_} on `options.engine` or the shared engine. */
export async function wageVarianceScaling_<T extends AnyTensor>(
  tensor: T,
  bitsW: number,
  options: WageVarianceScalingOptions & EngineChoice = {},
): Promise<T> {
  const [engine, rest] = chooseEngine(options);
  return await engine.wageVarianceScaling_(tensor, bitsW, rest);
}

/** {@link Engine.init_} on `options.engine` or the shared engine. */
export async function init_<T extends AnyTensor>(
  tensor: T,
  init: InitInput,
  options: FillOptions & EngineChoice = {},
): Promise<T> {
  const [engine, rest] = chooseEngine(options);
  return await engine.init_(tensor, init, rest);
}

/** {@link Engine.constant_} on `options.engine` or the shared engine. */
export async function constant_<T extends AnyTensor>(
  tensor: T,
  value: number,
  options: FillOptions & EngineChoice = {},
): Promise<T> {
  const [engine, rest] = chooseEngine(options);
  return await engine.constant_(tensor, value, rest);
}

/** {@link Engine.uniform_} on `options.engine` or the shared engine. */
export async function uniform_<T extends AnyTensor>(
  tensor: T,
  options: UniformOptions & EngineChoice,
): Promise<T> {
  const [engine, rest] = chooseEngine(options);
  return await engine.uniform_(tensor, rest);
}

/** {@link Engine.normal_} on `options.engine` or the shared engine. */
export const normal_: Fill<NormalOptions> = onEngine((engine, tensor, options) =>
  engine.normal_(tensor, options),
);

/** {@link Engine.truncatedNormal_} on `options.engine` or the shared engine. */
export const truncatedNormal_: Fill<TruncatedNormalOptions> = onEngine((engine, tensor, options) =>
  engine.truncatedNormal_(tensor, options),
);

/** {@link Engine.zeros_} on `options.engine` or the shared engine. */
export const zeros_: Fill<FillOptions> = onEngine((engine, tensor, options) =>
  engine.zeros_(tensor, options),
);

/** {@link Engine.ones_} on `options.engine` or the shared engine. */
export const ones_: Fill<FillOptions> = onEngine((engine, tensor, options) => engine.ones_(tensor, options));

/** {@link Engine.varianceScaling_} on `options.engine` or the shared engine. */
export const varianceScaling_: Fill<VarianceScalingOptions> = onEngine((engine, tensor, options) =>
  engine.varianceScaling_(tensor, options),
);

/** {@link Engine.kaimingUniform_} on `options.engine` or the shared engine. */
export const kaimingUniform_: Fill<KaimingOptions> = onEngine((engine, tensor, options) =>
  engine.kaimingUniform_(tensor, options),
);

/** {@link Engine.kaimingNormal_} on `options.engine` or the shared engine. */
export const kaimingNormal_: Fill<KaimingOptions> = onEngine((engine, tensor, options) =>
  engine.kaimingNormal_(tensor, options),
);

/** {@link Engine.xavierUniform_} on `options.engine` or the shared engine. */
export const xavierUniform_: Fill<XavierOptions> = onEngine((engine, tensor, options) =>
  engine.xavierUniform_(tensor, options),
);

/** {@link Engine.xavierNormal_} on `options.engine` or the shared engine. */
export const xavierNormal_: Fill<XavierOptions> = onEngine((engine, tensor, options) =>
  engine.xavierNormal_(tensor, options),
);

/** {@link Engine.heUniform_} on `options.engine` or the shared engine. */
export const heUniform_: Fill<NamedScalingOptions> = onEngine((engine, tensor, options) =>
  engine.heUniform_(tensor, options),
);

/** {@link Engine.heNormal_} on `options.engine` or the shared engine. */
export const heNormal_: Fill<NamedScalingOptions> = onEngine((engine, tensor, options) =>
  engine.heNormal_(tensor, options),
);

/** {@link Engine.glorotUniform_} on `options.engine` or the shared engine. */
export const glorotUniform_: Fill<NamedScalingOptions> = onEngine((engine, tensor, options) =>
  engine.glorotUniform_(tensor, options),
);

/** {@link Engine.glorotNormal_} on `options.engine` or the shared engine. */
export const glorotNormal_: Fill<NamedScalingOptions> = onEngine((engine, tensor, options) =>
  engine.glorotNormal_(tensor, options),
);

/** {@link Engine.lecunUniform_} on `options.engine` or the shared engine. */
export const lecunUniform_: Fill<NamedScalingOptions> = onEngine((engine, tensor, options) =>
  engine.lecunUniform_(tensor, options),
);

/** {@link Engine.lecunNormal_} on `options.engine` or the shared engine. */
export const lecunNormal_: Fill<NamedScalingOptions> = onEngine((engine, tensor, options) =>
  engine.lecunNormal_(tensor, options),
);

/** {@link Engine.clip_} on `options.engine` or the shared engine. */
export async function clip_(
  tensor: SharedTensor,
  bits: number,
  options: RunOptions & EngineChoice = {},
): Promise<SharedTensor> {
  const [engine, rest] = chooseEngine(options);
  return await engine.clip_(tensor, bits, rest);
}

/** {@link Engine.quantize_} on `options.engine` or the shared engine. */
export async function quantize_(
  tensor: SharedTensor,
  bits: number,
  options: QuantizeOptions & EngineChoice = {},
): Promise<SharedTensor> {
  const [engine, rest] = chooseEngine(options);
  return await engine.quantize_(tensor, bits, rest);
}

/** {@link Engine.shift_} on `options.engine` or the shared engine. */
export async function shift_(
  tensor: SharedTensor,
  options: ShiftOptions & EngineChoice = {},
): Promise<SharedTensor> {
  const [engine, rest] = chooseEngine(options);
  return await engine.shift_(tensor, rest);
}

/** {@link Engine.materialize} on `options.engine` or the shared engine. */
export async function materialize(
  recipe: unknown,
  name: string,
  start: number,
  end: number,
  options: MaterializeOptions & EngineChoice = {},
): Promise<AnyTensor> {
  const [engine, rest] = chooseEngine(options);
  return await engine.materialize(recipe, name, start, end, rest);
}

/** {@link Engine.verify} on `options.engine` or the shared engine. */
export async function verify(
  path: string,
  options: VerifyOptions & EngineChoice = {},
): Promise<VerifyReport> {
  const [engine, rest] = chooseEngine(options);
  return await engine.verify(path, rest);
}

/** {@link Engine.inspect} on `options.engine` or the shared engine. */
export async function inspect(
  path: string,
  options: InspectOptions & EngineChoice = {},
): Promise<InspectReport> {
  const [engine, rest] = chooseEngine(options);
  return await engine.inspect(path, rest);
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
 * @throws {ValueError} BAD_BITS, BAD_LIMIT; BAD_OPTION: what cannot carry a scale. weightScale is then as it was
 */
export function scaleLimit(param: Scaled, limit: number, bitsW: number): number {
  const scaled = scaleLimitOf(limit, bitsW);
  const { weightScale } = scaled;
  // A frozen object does not take it, and assigning would throw.
  if (isCarrier(param) && Reflect.set(param, 'weightScale', weightScale)) return scaled.limit;
  const remedy = 'Pass the tensor that is to carry the scale.';
  throw new ValueError('BAD_OPTION', `scaleLimit: the parameter is ${show(param)}.`, remedy);
}

/** Arrays and buffers would take a property too, and nobody would look for it there. */
const isCarrier = (param: unknown): param is object =>
  Object.prototype.toString.call(param) === '[object Object]';
