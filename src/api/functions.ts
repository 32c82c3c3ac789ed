/**
 * The engine's methods as functions. They run on the option `engine`, or on one engine that all callers share.
 * @module
 */
import { isPlainObject } from '../base/objects.js';
import { show } from '../base/wording.js';
import { ValueError } from '../base/errors.js';
import type { InitInput } from '../domain/recipes/init.js';
import type { RunOptions } from '../engine/jobs/coordinator.js';
import type { AnyTensor, SharedTensor } from '../engine/memory/shared-tensor.js';
import type { InspectReport } from '../storage/inspect/inspect-report.js';
import type { InspectCheckpointOptions } from '../storage/inspect/inspect.js';
import type { VerifyCheckpointOptions } from '../storage/verify/verify.js';
import type { VerifyReport } from '../storage/verify/verify-report.js';
import type { WriteReport } from '../storage/write/write-checkpoint.js';
import type { WriteCheckpointOptions } from '../storage/write/write-options.js';
import type { CheckpointPlan, PlanCheckpointOptions } from '../storage/write/plan-checkpoint.js';
import type { StreamCheckpointOptions } from '../storage/ranges/stream-checkpoint.js';
import type { StreamCheckpointFilesOptions } from '../storage/ranges/stream-files.js';
import type { StreamedFile } from '../storage/ranges/streamed-files.js';
import { Engine } from './engine.js';
import type {
  DrawSliceOptions,
  FillOptions,
  QuantizeOptions,
  ShiftOptions,
  TruncatedNormalOptions,
  UniformOptions,
  WageOptions,
} from './fill-options.js';

export interface EngineChoice {
  /** @defaultValue the shared engine: all processors, a random seed, never keeps a process alive */
  readonly engine?: Engine | undefined;
}

let shared: Engine | undefined;

/**
 * Returns the engine behind the functions of this module, made at the first call.
 * @throws {JumpfillError} UNSUPPORTED_PLATFORM
 */
export function defaultEngine(): Engine {
  return (shared ??= new Engine());
}

/** @throws {ValueError} BAD_OPTION */
function chooseEngine<T extends EngineChoice>(options: T): [Engine, Omit<T, 'engine'>] {
  // What is no object, the engine's method refuses, which knows its options.
  if (!isPlainObject(options)) return [defaultEngine(), options];
  const { engine = defaultEngine(), ...rest } = options;
  if (engine instanceof Engine) return [engine, rest];
  throw new ValueError('BAD_OPTION', `The option engine is ${show(engine)}.`, 'Pass an Engine.');
}

/** {@link Engine.fill} on `options.engine` or the shared engine. */
export async function fill<T extends AnyTensor>(
  tensor: T,
  init: InitInput,
  options: FillOptions & EngineChoice = {},
): Promise<T> {
  const [engine, rest] = chooseEngine(options);
  return await engine.fill(tensor, init, rest);
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

/** {@link Engine.uniform_} on `options.engine` or the shared engine. */
export async function uniform_<T extends AnyTensor>(
  tensor: T,
  options: UniformOptions & EngineChoice,
): Promise<T> {
  const [engine, rest] = chooseEngine(options);
  return await engine.uniform_(tensor, rest);
}

/** {@link Engine.truncatedNormal_} on `options.engine` or the shared engine. */
export async function truncatedNormal_<T extends AnyTensor>(
  tensor: T,
  options: TruncatedNormalOptions & EngineChoice = {},
): Promise<T> {
  const [engine, rest] = chooseEngine(options);
  return await engine.truncatedNormal_(tensor, rest);
}

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

/** {@link Engine.writeCheckpoint} on `options.engine` or the shared engine. */
export async function writeCheckpoint(
  spec: unknown,
  options: WriteCheckpointOptions & EngineChoice,
): Promise<WriteReport> {
  const [engine, rest] = chooseEngine(options);
  return await engine.writeCheckpoint(spec, rest);
}

/** @deprecated The old name of {@link writeCheckpoint}. */
export const initModel = writeCheckpoint;

/** {@link Engine.planCheckpoint} with the settings of `options.engine` or the shared engine. */
export async function planCheckpoint(
  spec: unknown,
  options: PlanCheckpointOptions & EngineChoice = {},
): Promise<CheckpointPlan> {
  const [engine, rest] = chooseEngine(options);
  return await engine.planCheckpoint(spec, rest);
}

/** {@link Engine.streamCheckpoint} on `options.engine` or the shared engine. */
export async function* streamCheckpoint(
  spec: unknown,
  options: StreamCheckpointOptions & EngineChoice = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const [engine, rest] = chooseEngine(options);
  yield* engine.streamCheckpoint(spec, rest);
}

/** {@link Engine.streamCheckpointFiles} on `options.engine` or the shared engine. */
export async function* streamCheckpointFiles(
  spec: unknown,
  options: StreamCheckpointFilesOptions & EngineChoice = {},
): AsyncGenerator<StreamedFile, void, undefined> {
  const [engine, rest] = chooseEngine(options);
  yield* engine.streamCheckpointFiles(spec, rest);
}

/** {@link Engine.verifyCheckpoint} on `options.engine` or the shared engine. */
export async function verifyCheckpoint(
  path: string,
  options: VerifyCheckpointOptions & EngineChoice = {},
): Promise<VerifyReport> {
  const [engine, rest] = chooseEngine(options);
  return await engine.verifyCheckpoint(path, rest);
}

/** {@link Engine.inspectCheckpoint} on `options.engine` or the shared engine. */
export async function inspectCheckpoint(
  path: string,
  options: InspectCheckpointOptions & EngineChoice = {},
): Promise<InspectReport> {
  const [engine, rest] = chooseEngine(options);
  return await engine.inspectCheckpoint(path, rest);
}

/** {@link Engine.drawSlice} on `options.engine` or the shared engine. */
export async function drawSlice(spec: unknown, options: DrawSliceOptions & EngineChoice): Promise<AnyTensor> {
  const [engine, rest] = chooseEngine(options);
  return await engine.drawSlice(spec, rest);
}
