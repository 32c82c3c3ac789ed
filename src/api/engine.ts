/**
 * The engine as its users see it.
 * @module
 */
import type { InitInput } from '../domain/recipes/init.js';
import type { KernelSet } from '../engine/choice/open-filler.js';
import { OnDemand } from '../engine/host/on-demand.js';
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
import type { StreamCheckpointOptions } from '../storage/ranges/stream-checkpoint.js';
import type { StreamCheckpointFilesOptions } from '../storage/ranges/stream-files.js';
import type { StreamedFile } from '../storage/ranges/streamed-files.js';
import type { Checkpoint } from './checkpoint.js';
import type { EngineOptions } from './engine-options.js';
import type * as engineParts from './engine-parts.js';
import { mergeCheckpoint } from './merge-checkpoint.js';
import { openCheckpoint } from './open-checkpoint.js';
import type {
  DrawSliceOptions,
  FillOptions,
  QuantizeOptions,
  ShiftOptions,
  TruncatedNormalOptions,
  UniformOptions,
  WageOptions,
} from './fill-options.js';
import { scaleLimit, type Scaled } from './scale-limit.js';

const parts = new OnDemand<typeof engineParts>('src/api/engine-parts.js');

/**
 * Fills tensors and checkpoints on all cores. Several fills may run at once. Threads start when fills need them, no more than a fill
 * has chunks of 262,144 elements, and never keep the process alive. Without the option `threads`, the calling thread does the first
 * fills of up to 2^21 elements, 2^24 in all: it has done them before a thread has started.
 */
export class Engine {
  readonly threads: number;
  /** True if the caller chose no seed. */
  readonly isSeedRandom: boolean;
  readonly #parts: engineParts.EngineParts;

  /**
   * @throws {ValueError} BAD_OPTION, BAD_SEED
   * @throws {JumpfillError} UNSUPPORTED_PLATFORM
   */
  constructor(options: EngineOptions = {}) {
    this.#parts = parts.load().openParts(options);
    const { threads, isSeedRandom } = this.#parts.settings;
    this.threads = threads;
    this.isSeedRandom = isSeedRandom;
  }

  /** Drawn when it is first needed, if the caller chose none. */
  get seed(): bigint {
    return this.#parts.settings.seed;
  }

  /** True while it has threads: from the first fill that needs some until close(). */
  get isStarted(): boolean {
    return this.#parts.jobs.areThreadsStarted;
  }

  /**
   * The kernels in use. The first read or fill compares them with the specification, which takes about 10 ms. A thread without
   * room for their memory falls back to the specification.
   */
  get kernels(): KernelSet {
    return this.#parts.jobs.kernels;
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
    return await this.#parts.fills.fill(tensor, init, options);
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
    if (given?.mode !== undefined) parts.load().checkWageMode(given.mode, parts.load().nameOf(tensor));
    return await this.#parts.fills.fillAs(tensor, 'wage', options, 'wageInit_', { bits: bitsW });
  }

  /**
   * Upstream's `uniform_`: uniform on [low, high]. The same as `fill(tensor, uniform({ low, high }))`.
   * @throws {ValueError} BAD_RANGE: low or high missing, not finite or out of order; and as fill
   * @throws {JumpfillError} ENGINE_CLOSED, WORKER_FAILED, MISSING_FILES
   */
  async uniform_<T extends AnyTensor>(tensor: T, options: UniformOptions): Promise<T> {
    return await this.#parts.fills.fillAs(tensor, 'uniform', options, 'uniform_');
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
    return await this.#parts.fills.fillAs(tensor, 'truncated_normal', options, 'truncatedNormal_');
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
    return await this.#parts.operators.clip(tensor, bits, options);
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
    return await this.#parts.operators.quantize(tensor, bits, options);
  }

  /**
   * WAGE's Shift, in place: divides by the power of two nearest to the largest magnitude, in the logarithm (TensorFlow's), or by
   * the smallest that is not below it (`ceiling`, xbtorch's). Zeros stay zeros.
   * @param tensor  float32, finite
   * @throws {ValueError} BAD_RANGE: an element is infinite or NaN, and the tensor stays as it was; BAD_BUFFER, BAD_DTYPE, BAD_OPTION
   * @throws {JumpfillError} ENGINE_CLOSED, WORKER_FAILED, MISSING_FILES
   */
  async shift_(tensor: SharedTensor, options: ShiftOptions = {}): Promise<SharedTensor> {
    return await this.#parts.operators.shift(tensor, options);
  }

  /**
   * Writes a model's weights to a safetensors file, or to shards with their index. A run that was killed can be resumed. One that
   * fails or is aborted keeps what it has recorded as done and leaves nothing else.
   * @param spec  the tensors and their initialisers
   * @throws {ValueError} BAD_SPEC and every code of fill; with `like`, BAD_CHECKPOINT and TOO_LARGE. Nothing is written then
   * @throws {JumpfillError} OUTPUT_EXISTS, OUTPUT_UNFINISHED, OUTPUT_LOCKED, LOCK_LOST, OUTPUT_NOT_WRITABLE, RESUME_REFUSED, NO_SPACE,
   *   IO_FAILED, ENGINE_CLOSED, WORKER_FAILED, MISSING_FILES, UNSUPPORTED_PLATFORM
   */
  async writeCheckpoint(spec: unknown, options: WriteCheckpointOptions): Promise<WriteReport> {
    return await this.#parts.checkpoints.write(spec, options);
  }

  /** @deprecated The old name of {@link Engine.writeCheckpoint}. */
  async initModel(spec: unknown, options: WriteCheckpointOptions): Promise<WriteReport> {
    return await this.writeCheckpoint(spec, options);
  }

  /**
   * Returns what writeCheckpoint would write: the files, their sizes and tensors, and the free space.
   * @throws {ValueError} BAD_SPEC and every code of fill; with `like`, BAD_CHECKPOINT and TOO_LARGE
   * @throws {JumpfillError} IO_FAILED, UNSUPPORTED_PLATFORM
   */
  async planCheckpoint(spec: unknown, options: PlanCheckpointOptions = {}): Promise<CheckpointPlan> {
    return await this.#parts.checkpoints.plan(spec, options);
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
    return this.#parts.checkpoints.stream(spec, options);
  }

  /**
   * Streams the files that writeCheckpoint would write, without a disk: the shards in order, then their index. Each file gives any range
   * of its bytes, so a failed upload goes on where it ended, and the parts of one upload are sent at once. Files may be read after
   * the iteration, several at once, and again; their bytes are the same, and those of another process with the same seed.
   * @throws {ValueError} BAD_SPEC and every code of fill, before the first file; BAD_OPTION: a name that is a path, a part without a
   *   seed or with `index: true`; BAD_OFFSET: bytes that a file does not have
   * @throws {JumpfillError} ENGINE_CLOSED, WORKER_FAILED, MISSING_FILES
   */
  streamCheckpointFiles(
    spec: unknown,
    options: StreamCheckpointFilesOptions = {},
  ): AsyncGenerator<StreamedFile, void, undefined> {
    return this.#parts.checkpoints.streamFiles(spec, options);
  }

  /**
   * Redraws a checkpoint and compares it with its files: all of it, some tensors, or a sample.
   * @param path  a safetensors file, an index, or a folder that holds one checkpoint
   * @throws {ValueError} BAD_CHECKPOINT: not a checkpoint, or not of the spec's tensors; NO_RECIPE: its metadata have no recipe, and no
   *   spec is given; BAD_SPEC and every code of fill; BAD_SEED, BAD_NAME, BAD_OPTION
   * @throws {JumpfillError} IO_FAILED, ENGINE_CLOSED, WORKER_FAILED, MISSING_FILES, UNSUPPORTED_PLATFORM
   */
  async verifyCheckpoint(path: string, options: VerifyCheckpointOptions = {}): Promise<VerifyReport> {
    return await this.#parts.checkpoints.verify(path, options);
  }

  /**
   * Reads every tensor of any checkpoint and returns figures and a histogram of each. A tensor with a recipe is compared with the
   * distribution that the recipe draws from.
   * @param path  a safetensors file, an index, or a folder that holds one checkpoint
   * @throws {ValueError} BAD_CHECKPOINT; BAD_OPTION; BAD_SPEC and every code of fill, for `options.spec`
   * @throws {JumpfillError} IO_FAILED, ENGINE_CLOSED, WORKER_FAILED, MISSING_FILES, UNSUPPORTED_PLATFORM
   */
  async inspectCheckpoint(path: string, options: InspectCheckpointOptions = {}): Promise<InspectReport> {
    return await this.#parts.checkpoints.inspect(path, options);
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
    return await this.#parts.checkpoints.drawSlice(spec, options);
  }

  /** Waits for all running jobs, then ends the threads. Later calls are refused. */
  async close(): Promise<void> {
    await this.#parts.jobs.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
