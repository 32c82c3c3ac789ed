/**
 * The engine as its users see it.
 * @module
 */
import { checkWageMode } from '../domain/recipes/wage.js';
import type { InitInput } from '../domain/recipes/init.js';
import type { KernelSet } from '../engine/choice/open-filler.js';
import { requireLittleEndian } from '../engine/host/platform.js';
import type { RunOptions } from '../engine/jobs/coordinator.js';
import type { AnyTensor, SharedTensor } from '../engine/memory/shared-tensor.js';
import type { InspectReport } from '../storage/inspect/inspect-report.js';
import type { InspectCheckpointOptions } from '../storage/inspect/inspect.js';
import type { VerifyCheckpointOptions } from '../storage/verify/verify.js';
import type { VerifyReport } from '../storage/verify/verify-report.js';
import type { MergeCheckpointOptions, MergeReport } from '../storage/write/merge.js';
import type { WriteReport } from '../storage/write/write-checkpoint.js';
import type { WriteCheckpointOptions } from '../storage/write/write-options.js';
import type { CheckpointPlan, PlanCheckpointOptions } from '../storage/write/plan-checkpoint.js';
import type { StreamCheckpointOptions } from '../storage/write/stream-checkpoint.js';
import type { Checkpoint } from './checkpoint.js';
import { Checkpoints } from './checkpoints.js';
import { EngineJobs } from './engine-jobs.js';
import { readSettings, type EngineOptions } from './engine-options.js';
import { Fills, nameOf } from './fills.js';
import { mergeCheckpoint } from './merge-checkpoint.js';
import { openCheckpoint } from './open-checkpoint.js';
import { Operators } from './operators.js';
import type {
  DrawSliceOptions,
  FillOptions,
  QuantizeOptions,
  ShiftOptions,
  TruncatedNormalOptions,
  UniformOptions,
  WageOptions,
} from './fill-options.js';
import { poolOf } from './pool-seam.js';
import { scaleLimit, type Scaled } from './scale-limit.js';
import { StreamChooser } from './fill-streams.js';

/**
 * Fills tensors and checkpoints on all cores. Several fills may run at once. The threads start with the first fill of more
 * than a chunk (262,144 elements) and never keep the process alive.
 */
export class Engine {
  readonly threads: number;
  readonly seed: bigint;
  /** True if the caller chose no seed. */
  readonly isSeedRandom: boolean;
  readonly #jobs: EngineJobs;
  readonly #fills: Fills;
  readonly #operators: Operators;
  readonly #checkpoints: Checkpoints;

  /**
   * @throws {ValueError} BAD_OPTION, BAD_SEED
   * @throws {JumpfillError} UNSUPPORTED_PLATFORM
   */
  constructor(options: EngineOptions = {}) {
    requireLittleEndian();
    const settings = readSettings(options);
    this.threads = settings.threads;
    this.seed = settings.seed;
    this.isSeedRandom = settings.isSeedRandom;
    const streams = new StreamChooser(settings.seed);
    this.#jobs = new EngineJobs({ ...poolOf(options), threads: settings.threads }, settings.kernels);
    this.#fills = new Fills(this.#jobs, streams);
    this.#operators = new Operators(this.#jobs, streams);
    this.#checkpoints = new Checkpoints(settings, this.#jobs, this.#fills);
  }

  /** True once the threads have been started. */
  get isStarted(): boolean {
    return this.#jobs.areThreadsStarted;
  }

  /**
   * The kernels in use. The first read or fill compares them with the specification, which takes about 10 ms. A thread without
   * room for their memory falls back to the specification.
   */
  get kernels(): KernelSet {
    return this.#jobs.kernels;
  }

  /**
   * Fills a tensor with an initialiser: `await engine.fill(tensor, heNormal())`.
   * @param init  `heNormal()`, or the `{ kind: 'he_normal' }` of a spec
   * @returns     the tensor; a WAGE initialiser also sets its weightScale, and its step if it writes codes
   * @throws {NotImplementedError} a mode of `wage` other than fan_in; what `options.generator` does not draw
   * @throws {ValueError} BAD_SPEC: not an initialiser; BAD_BITS, BAD_FACTOR, BAD_RANGE, BAD_LIMIT: a parameter that is wrong for this
   *   tensor; BAD_SHAPE: fewer dimensions than the kind needs; BAD_DTYPE; BAD_BUFFER: not a SharedTensor; BAD_SEED, BAD_NAME,
   *   BAD_OFFSET, BAD_OPTION
   * @throws {JumpfillError} ENGINE_CLOSED, WORKER_FAILED, MISSING_FILES
   */
  async fill<T extends AnyTensor>(tensor: T, init: InitInput, options: FillOptions = {}): Promise<T> {
    return await this.#fills.fill(tensor, init, options);
  }

  /**
   * Upstream's `wage_init_`: uniform on [-limit, limit], limit and weightScale from fan-in and bit width. The same as
   * `fill(tensor, wage({ bits: bitsW }))`.
   * @param tensor  shape [out, in, ...]
   * @param bitsW   width of the weights, 1 to 1024
   * @returns       the tensor, with its weightScale
   * @throws {NotImplementedError} a mode other than fan_in, checked first; codes, with a generator
   * @throws {ValueError} BAD_SHAPE: fewer than 2 dimensions or fan-in 0; BAD_BITS, BAD_FACTOR, BAD_LIMIT, BAD_DTYPE, BAD_BUFFER,
   *   BAD_SEED, BAD_NAME, BAD_OFFSET, BAD_OPTION
   * @throws {JumpfillError} ENGINE_CLOSED, WORKER_FAILED, MISSING_FILES
   */
  async wageInit_<T extends AnyTensor>(tensor: T, bitsW: number, options: WageOptions = {}): Promise<T> {
    // Before anything else, as upstream does.
    const given = options as WageOptions | null;
    if (given?.mode !== undefined) checkWageMode(given.mode, nameOf(tensor));
    return await this.#fills.fillAs(tensor, 'wage', options, 'wageInit_', { bits: bitsW });
  }

  /**
   * Upstream's `uniform_`: uniform on [low, high]. The same as `fill(tensor, uniform({ low, high }))`.
   * @throws {ValueError} BAD_RANGE: low or high missing, not finite or out of order; and as fill
   * @throws {JumpfillError} ENGINE_CLOSED, WORKER_FAILED, MISSING_FILES
   */
  async uniform_<T extends AnyTensor>(tensor: T, options: UniformOptions): Promise<T> {
    return await this.#fills.fillAs(tensor, 'uniform', options, 'uniform_');
  }

  /**
   * Upstream's `truncated_normal_`: truncated to mean + low std .. mean + high std, by default mean ± 2 std. `a` and `b` instead
   * are bounds as values, as torch's `trunc_normal_` has them. The same as `fill(tensor, truncatedNormal({ mean, std, low, high }))`.
   * @throws {NotImplementedError} bounds other than ±2, or a map, with a generator
   * @throws {ValueError} BAD_RANGE: mean or std not finite, std negative, low not below high, a not below b, or more than the dtype holds;
   *   BAD_OPTION: a or b beside low or high; and as fill
   * @throws {JumpfillError} ENGINE_CLOSED, WORKER_FAILED, MISSING_FILES
   */
  async truncatedNormal_<T extends AnyTensor>(tensor: T, options: TruncatedNormalOptions = {}): Promise<T> {
    return await this.#fills.fillAs(tensor, 'truncated_normal', options, 'truncatedNormal_');
  }

  /** {@link scaleLimit}: upstream's `scale_limit`, which needs no engine. */
  scaleLimit(param: Scaled, limit: number, bitsW: number): number {
    return scaleLimit(param, limit, bitsW);
  }

  /**
   * WAGE's C, in place: to within ±(1 - 2^(1 - bits)); to ±1 for 1 bit and for more than 15.
   * @param tensor  float32
   * @param bits    1 to 1024
   * @throws {ValueError} BAD_BUFFER, BAD_DTYPE, BAD_BITS, BAD_OPTION
   * @throws {JumpfillError} ENGINE_CLOSED, WORKER_FAILED, MISSING_FILES
   */
  async clip_(tensor: SharedTensor, bits: number, options: RunOptions = {}): Promise<SharedTensor> {
    return await this.#operators.clip(tensor, bits, options);
  }

  /**
   * WAGE's Q, in place: clipped as by clip_, then rounded to a multiple of 2^(1 - bits), then divided by the scale if that is
   * above 1.8 (QW). 1 bit gives the sign; more than 15 bits are not rounded.
   *
   * A tensor that is rounded stochastically a second time needs another `call` (or seed, or name). Otherwise it gets the same
   * random words again, which causes one warning per process (`JUMPFILL_SAME_WORDS`).
   * @param tensor  float32
   * @param bits    1 to 1024
   * @throws {ValueError} BAD_LIMIT: a scale that is not positive and finite; BAD_SEED, BAD_NAME, BAD_OFFSET; and as clip_
   * @throws {JumpfillError} ENGINE_CLOSED, WORKER_FAILED, MISSING_FILES
   */
  async quantize_(tensor: SharedTensor, bits: number, options: QuantizeOptions = {}): Promise<SharedTensor> {
    return await this.#operators.quantize(tensor, bits, options);
  }

  /**
   * WAGE's Shift, in place: divides by the power of two nearest to the largest magnitude, in the logarithm (TensorFlow's), or by
   * the smallest that is not below it (`ceiling`, xbtorch's). Zeros stay zeros.
   * @param tensor  float32, finite
   * @throws {ValueError} BAD_RANGE: an element is infinite or NaN, and the tensor stays as it was; BAD_BUFFER, BAD_DTYPE, BAD_OPTION
   * @throws {JumpfillError} ENGINE_CLOSED, WORKER_FAILED, MISSING_FILES
   */
  async shift_(tensor: SharedTensor, options: ShiftOptions = {}): Promise<SharedTensor> {
    return await this.#operators.shift(tensor, options);
  }

  /**
   * Writes a model's weights to a safetensors file, or to shards with their index. A run that was killed can be resumed. One that
   * fails or is aborted keeps what it has recorded as done and leaves nothing else.
   * @param spec  the tensors and their initialisers
   * @throws {ValueError} BAD_SPEC and every code of fill; nothing is written then
   * @throws {JumpfillError} OUTPUT_EXISTS, OUTPUT_UNFINISHED, OUTPUT_LOCKED, LOCK_LOST, OUTPUT_NOT_WRITABLE, RESUME_REFUSED, NO_SPACE,
   *   IO_FAILED, ENGINE_CLOSED, WORKER_FAILED, MISSING_FILES, UNSUPPORTED_PLATFORM
   */
  async writeCheckpoint(spec: unknown, options: WriteCheckpointOptions): Promise<WriteReport> {
    return await this.#checkpoints.write(spec, options);
  }

  /** @deprecated The old name of {@link Engine.writeCheckpoint}. */
  async initModel(spec: unknown, options: WriteCheckpointOptions): Promise<WriteReport> {
    return await this.writeCheckpoint(spec, options);
  }

  /**
   * Returns what writeCheckpoint would write: the files, their sizes and tensors, and the free space.
   * @throws {ValueError} BAD_SPEC and every code of fill
   * @throws {JumpfillError} IO_FAILED, UNSUPPORTED_PLATFORM
   */
  async planCheckpoint(spec: unknown, options: PlanCheckpointOptions = {}): Promise<CheckpointPlan> {
    return await this.#checkpoints.plan(spec, options);
  }

  /**
   * Streams the bytes of the safetensors file that writeCheckpoint would write, in order. The threads draw no faster than the
   * stream is read, so memory does not grow; reading may stop at any time.
   * @throws {ValueError} BAD_SPEC and every code of fill, before the first byte
   * @throws {JumpfillError} ENGINE_CLOSED, WORKER_FAILED, MISSING_FILES
   */
  streamCheckpoint(
    spec: unknown,
    options: StreamCheckpointOptions = {},
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    return this.#checkpoints.stream(spec, options);
  }

  /**
   * Redraws a checkpoint and compares it with its files: all of it, some tensors, or a sample.
   * @param path  a safetensors file, an index, or a folder that holds one checkpoint
   * @throws {ValueError} BAD_CHECKPOINT: not a checkpoint, or not of the spec's tensors; NO_RECIPE: its metadata have no recipe, and no
   *   spec is given; BAD_SPEC and every code of fill; BAD_SEED, BAD_NAME, BAD_OPTION
   * @throws {JumpfillError} IO_FAILED, ENGINE_CLOSED, WORKER_FAILED, MISSING_FILES, UNSUPPORTED_PLATFORM
   */
  async verifyCheckpoint(path: string, options: VerifyCheckpointOptions = {}): Promise<VerifyReport> {
    return await this.#checkpoints.verify(path, options);
  }

  /**
   * Reads every tensor of any checkpoint and returns figures and a histogram of each. A tensor with a recipe is compared with the
   * distribution that the recipe draws from.
   * @param path  a safetensors file, an index, or a folder that holds one checkpoint
   * @throws {ValueError} BAD_CHECKPOINT; BAD_OPTION; BAD_SPEC and every code of fill, for `options.spec`
   * @throws {JumpfillError} IO_FAILED, ENGINE_CLOSED, WORKER_FAILED, MISSING_FILES, UNSUPPORTED_PLATFORM
   */
  async inspectCheckpoint(path: string, options: InspectCheckpointOptions = {}): Promise<InspectReport> {
    return await this.#checkpoints.inspect(path, options);
  }

  /** {@link mergeCheckpoint}, which needs no engine. */
  async mergeCheckpoint(options: MergeCheckpointOptions): Promise<MergeReport> {
    return await mergeCheckpoint(options);
  }

  /** {@link openCheckpoint}, which needs no engine. */
  async openCheckpoint(path: string): Promise<Checkpoint> {
    return await openCheckpoint(path);
  }

  /**
   * Draws elements start to end - 1 of one tensor of a checkpoint, as a tensor of one dimension: the bytes that writeCheckpoint
   * would write, without a file.
   * @param spec  a spec, or the result of `checkpoint.spec()`
   * @throws {ValueError} BAD_NAME: the spec has no such tensor; BAD_OFFSET: a range outside of it; TOO_LARGE; BAD_OPTION; BAD_SPEC and
   *   every code of fill
   * @throws {JumpfillError} ENGINE_CLOSED, WORKER_FAILED, MISSING_FILES
   */
  async drawSlice(spec: unknown, options: DrawSliceOptions): Promise<AnyTensor> {
    return await this.#checkpoints.drawSlice(spec, options);
  }

  /** Waits for all running jobs, then ends the threads. Later calls are refused. */
  async close(): Promise<void> {
    await this.#jobs.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
