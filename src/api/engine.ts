/**
 * The engine as its users see it: checks what they pass, turns it into a job, keeps the weight scale.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { makeDraw } from '../domain/draw.js';
import { planChunks } from '../domain/plan.js';
import { completeInit, INIT_PARAMETERS, type Init, type InitInput, type InitKind } from '../domain/init.js';
import { checkWord } from '../domain/numbers.js';
import { quantizeWords, readLargest, type Operation } from '../domain/operation.js';
import { shiftExponent } from '../domain/operators.js';
import { resolveRecipe, type Recipe } from '../domain/recipe.js';
import { checkSeed } from '../domain/seed.js';
import { checkName, nameTensor } from '../domain/tensor.js';
import { checkBits, checkWageMode } from '../domain/wage.js';
import type { ModelTensor } from '../domain/spec.js';
import { checkKeys, show, suggest } from '../domain/words.js';
import { checkRunOptions, Coordinator, type RunOptions } from '../engine/coordinator.js';
import type { KernelSet } from '../engine/filler.js';
import { chooseKernels, type KernelChoice } from '../engine/kernel-choice.js';
import type { PoolOptions } from '../engine/pool.js';
import { SharedTensor, type AnyTensor } from '../engine/shared-tensor.js';
import { countThreads } from '../engine/threads.js';
import { InitError, ValueError } from '../errors.js';
import type { InspectOptions } from '../storage/inspect.js';
import type { InspectReport } from '../storage/inspect-report.js';
import type { InitModelOptions, ModelReport } from '../storage/model.js';
import type { ModelPlan, PlanModelOptions } from '../storage/plan-model.js';
import type { StreamModelOptions } from '../storage/stream-model.js';
import type { VerifyOptions, VerifyReport } from '../storage/verify.js';
import { openWork } from '../storage/work.js';
import { checkRange } from './checkpoint.js';
import {
  checkInit,
  checkOffset,
  checkOperand,
  checkQuantisation,
  FILL_KEYS,
  RUN_KEYS,
  SHIFT_ROUNDINGS,
  type FillOptions,
  type KaimingOptions,
  type NamedScalingOptions,
  type NormalOptions,
  type QuantizeOptions,
  type ShiftOptions,
  type TruncatedNormalOptions,
  type UniformOptions,
  type VarianceScalingOptions,
  type WageOptions,
  type WageVarianceScalingOptions,
  type XavierOptions,
} from './options.js';

export interface EngineOptions {
  /** @defaultValue the processors this process may use: affinity and the cgroup's quota count */
  readonly threads?: number;
  /** Whole number from 0 to 2^64 - 1. @defaultValue 64 random bits */
  readonly seed?: number | bigint;
  /**
   * False: only the scalar specification kernels, with the same bytes. @defaultValue true, unless the environment has
   * `JUMPFILL_SIMD=0`
   */
  readonly simd?: boolean;
  /**
   * Compile the transforms with V8's experimental wasm revectorizer (Node 24 and later): the truncated normal takes two thirds of the
   * time. Tried in a process of its own first, which holds the first fill up by 100 ms. @defaultValue false, unless the
   * environment has `JUMPFILL_REVECTORIZE=1`
   */
  readonly revectorize?: boolean;
}

/** What chooses a fill's words. */
interface Streams {
  readonly seed: bigint;
  readonly name: string;
  /** Of the tensor's first element, in the logical tensor. */
  readonly offset: number;
}

export interface MaterializeOptions extends RunOptions {
  /** @defaultValue the spec's, else the engine's */
  readonly seed?: number | bigint | undefined;
}

const WORKER_URL = new URL('../../workers/fill.js', import.meta.url);

/** More would be a slip of the keyboard, and each costs a thread's stack and heap. */
const MAX_THREADS = 1024;

/**
 * Fills tensors on all cores. Several fills may run at once. The threads start with the first fill of more than four
 * blocks and never keep the process alive.
 */
export class Engine {
  readonly threads: number;
  readonly seed: bigint;
  /** Nobody chose the seed. */
  readonly isSeedRandom: boolean;
  readonly #kernelChoice: KernelChoice;
  readonly #coordinator: Coordinator;
  readonly #running = new Set<Promise<unknown>>();
  #unnamedFills = 0;
  #closing: Promise<void> | undefined;

  /**
   * @param seams  for this project's tests: another worker module, smaller heaps
   * @throws {ValueError} BAD_OPTION, BAD_SEED
   */
  constructor(options: EngineOptions = {}, seams: Partial<PoolOptions> = {}) {
    checkKeys(options, ['threads', 'seed', 'simd', 'revectorize'], 'Engine', 'BAD_OPTION');
    const { threads = countThreads(), seed = randomBytes(8).readBigUInt64LE() } = options;
    this.threads = checkThreads(threads);
    this.seed = checkSeed(seed);
    this.isSeedRandom = options.seed === undefined;
    this.#kernelChoice = checkKernelChoice(options);
    this.#coordinator = new Coordinator(
      { workerUrl: WORKER_URL, ...seams, threads: this.threads },
      this.#kernelChoice,
      openWork,
    );
  }

  /** Whether the threads have been started. */
  get isStarted(): boolean {
    return this.#coordinator.isPoolStarted;
  }

  /**
   * The kernels this engine fills with. The first look, or fill, compares them with the specification: some 10 ms. A thread
   * that has no room for their memory fills with the specification's all the same.
   */
  get kernels(): KernelSet {
    return chooseKernels(this.#kernelChoice).name;
  }

  /**
   * Uniform on [-limit, limit], limit and weightScale from fan-in and bit width: upstream's `wage_init_`.
   * @param tensor  shape [out, in, ...]
   * @param bitsW   width of the weights, 1 to 1024
   * @returns       the tensor, its weightScale set
   * @throws {NotImplementedError} a mode other than fan_in, checked first
   * @throws {ValueError} BAD_SHAPE: fewer than 2 dimensions or fan-in 0; BAD_BITS, BAD_FACTOR, BAD_LIMIT, BAD_SEED,
   *   BAD_NAME, BAD_OFFSET, BAD_OPTION
   * @throws {InitError} ENGINE_CLOSED, WORKER_FAILED
   */
  async wageInit_<T extends AnyTensor>(tensor: T, bitsW: number, options: WageOptions = {}): Promise<T> {
    // Before anything else, as upstream does.
    const given = options as WageOptions | null;
    if (given?.mode !== undefined) checkWageMode(given.mode, nameOf(tensor));
    return await this.#fillAs(tensor, 'wage', options, 'wageInit_', { bits: bitsW });
  }

  /**
   * WAGE's initialiser as its authors have it: fan-in, fan-out or their mean, uniform or truncated normal, same scale limit.
   * @throws as wageInit_
   */
  async wageVarianceScaling_<T extends AnyTensor>(
    tensor: T,
    bitsW: number,
    options: WageVarianceScalingOptions = {},
  ): Promise<T> {
    return await this.#fillAs(tensor, 'wage_variance_scaling', options, 'wageVarianceScaling_', {
      bits: bitsW,
    });
  }

  /**
   * Any initialiser, as a spec has it: `{ kind: 'he_normal' }`.
   * @throws {ValueError} BAD_SPEC: no such kind; and as the method of the kind
   */
  async init_<T extends AnyTensor>(tensor: T, init: InitInput, options: FillOptions = {}): Promise<T> {
    const { kind, ...parameters } = checkInit(init);
    checkKeys(options, FILL_KEYS, 'init_', 'BAD_OPTION');
    checkKeys(parameters, Object.keys(INIT_PARAMETERS[kind]), 'init_', 'BAD_OPTION');
    return await this.#fill(
      tensor,
      completeInit({ kind, ...parameters } as InitInput, nameOf(tensor)),
      options,
    );
  }

  /**
   * Uniform on [low, high].
   * @throws {ValueError} BAD_RANGE: low or high missing, not finite or out of order; and as wageInit_
   */
  async uniform_<T extends AnyTensor>(tensor: T, options: UniformOptions): Promise<T> {
    return await this.#fillAs(tensor, 'uniform', options, 'uniform_');
  }

  /**
   * Normal with this mean and standard deviation.
   * @throws {ValueError} BAD_RANGE: mean or std not finite, std negative, or more than the dtype holds; and as wageInit_
   */
  async normal_<T extends AnyTensor>(tensor: T, options: NormalOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'normal', options, 'normal_');
  }

  /**
   * Normal truncated to mean + low std .. mean + high std; by default mean +- 2 std.
   * @throws {ValueError} BAD_RANGE: as normal_, or low not below high; and as wageInit_
   */
  async truncatedNormal_<T extends AnyTensor>(tensor: T, options: TruncatedNormalOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'truncated_normal', options, 'truncatedNormal_');
  }

  /** Every element 0. */
  async zeros_<T extends AnyTensor>(tensor: T, options: FillOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'zeros', options, 'zeros_');
  }

  /** Every element 1. */
  async ones_<T extends AnyTensor>(tensor: T, options: FillOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'ones', options, 'ones_');
  }

  /** @throws {ValueError} BAD_RANGE: value not finite, or more or less than the dtype holds */
  async constant_<T extends AnyTensor>(tensor: T, value: number, options: FillOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'constant', options, 'constant_', { value });
  }

  /** Keras's and JAX's VarianceScaling: variance scale / fan. */
  async varianceScaling_<T extends AnyTensor>(tensor: T, options: VarianceScalingOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'variance_scaling', options, 'varianceScaling_');
  }

  /** torch's `kaiming_uniform_`: +- gain sqrt(3 / fan). */
  async kaimingUniform_<T extends AnyTensor>(tensor: T, options: KaimingOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'kaiming_uniform', options, 'kaimingUniform_');
  }

  /** torch's `kaiming_normal_`: std gain / sqrt(fan). */
  async kaimingNormal_<T extends AnyTensor>(tensor: T, options: KaimingOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'kaiming_normal', options, 'kaimingNormal_');
  }

  /** torch's `xavier_uniform_`: +- gain sqrt(6 / (fan-in + fan-out)). */
  async xavierUniform_<T extends AnyTensor>(tensor: T, options: XavierOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'xavier_uniform', options, 'xavierUniform_');
  }

  /** torch's `xavier_normal_`: std gain sqrt(2 / (fan-in + fan-out)). */
  async xavierNormal_<T extends AnyTensor>(tensor: T, options: XavierOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'xavier_normal', options, 'xavierNormal_');
  }

  /** Keras's HeUniform: +- sqrt(6 / fan-in). */
  async heUniform_<T extends AnyTensor>(tensor: T, options: NamedScalingOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'he_uniform', options, 'heUniform_');
  }

  /** Keras's HeNormal: truncated, variance 2 / fan-in. */
  async heNormal_<T extends AnyTensor>(tensor: T, options: NamedScalingOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'he_normal', options, 'heNormal_');
  }

  /** Keras's GlorotUniform: +- sqrt(6 / (fan-in + fan-out)). */
  async glorotUniform_<T extends AnyTensor>(tensor: T, options: NamedScalingOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'glorot_uniform', options, 'glorotUniform_');
  }

  /** Keras's GlorotNormal: truncated, variance 2 / (fan-in + fan-out). */
  async glorotNormal_<T extends AnyTensor>(tensor: T, options: NamedScalingOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'glorot_normal', options, 'glorotNormal_');
  }

  /** Keras's LecunUniform: +- sqrt(3 / fan-in). */
  async lecunUniform_<T extends AnyTensor>(tensor: T, options: NamedScalingOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'lecun_uniform', options, 'lecunUniform_');
  }

  /** Keras's LecunNormal: truncated, variance 1 / fan-in. */
  async lecunNormal_<T extends AnyTensor>(tensor: T, options: NamedScalingOptions = {}): Promise<T> {
    return await this.#fillAs(tensor, 'lecun_normal', options, 'lecunNormal_');
  }

  /**
   * WAGE's C, in place: to within +-(1 - 2^(1 - bits)); to +-1 for 1 bit and for more than 15.
   * @param tensor  float32
   * @param bits    1 to 1024
   * @throws {ValueError} BAD_DTYPE, BAD_BITS, BAD_OPTION
   * @throws {InitError} ENGINE_CLOSED, WORKER_FAILED
   */
  async clip_(tensor: SharedTensor, bits: number, options: RunOptions = {}): Promise<SharedTensor> {
    checkKeys(options, RUN_KEYS, 'clip_', 'BAD_OPTION');
    checkOperand(tensor);
    checkBits(bits, nameTensor(tensor.name));
    return await this.#operate(tensor, { kind: 'clip', bits }, options);
  }

  /**
   * WAGE's Q, in place: clipped as by clip_, then rounded to a multiple of 2^(1 - bits), then over the scale if that is above
   * 1.8 (QW). 1 bit gives the sign; more than 15 bits are not rounded.
   * @param tensor  float32
   * @param bits    1 to 1024
   * @throws as clip_; {ValueError} BAD_LIMIT: a scale that is not positive and finite
   */
  async quantize_(tensor: SharedTensor, bits: number, options: QuantizeOptions = {}): Promise<SharedTensor> {
    checkKeys(options, ['rounding', 'scale', ...FILL_KEYS], 'quantize_', 'BAD_OPTION');
    checkOperand(tensor);
    checkBits(bits, nameTensor(tensor.name));
    const { rounding, scale } = checkQuantisation(options, tensor);
    if (rounding !== 'stochastic') {
      return await this.#operate(
        tensor,
        { kind: 'quantise', bits, rounding, scale, words: undefined },
        options,
      );
    }
    const { seed, offset, name } = this.#chooseStreams(tensor, options);
    const words = quantizeWords(seed, name);
    return await this.#operate(tensor, { kind: 'quantise', bits, rounding, scale, words }, options, offset);
  }

  /**
   * WAGE's Shift, in place: over the power of two nearest to the largest magnitude, in the logarithm (TensorFlow's), or over the
   * least that is not below it (`ceiling`, xbtorch's). Zeros stay zeros.
   * @param tensor  float32, finite
   * @throws as clip_; {ValueError} BAD_RANGE: an element is infinite or no number; the tensor is then as it was
   */
  async shift_(tensor: SharedTensor, options: ShiftOptions = {}): Promise<SharedTensor> {
    checkKeys(options, ['rounding', ...RUN_KEYS], 'shift_', 'BAD_OPTION');
    checkOperand(tensor);
    const rounding = checkWord(options.rounding ?? 'nearest', SHIFT_ROUNDINGS, 'rounding', tensor.name);
    const largest = new SharedArrayBuffer(4);
    const { signal } = options;
    await this.#operate(tensor, { kind: 'measure', largest }, { signal });
    const magnitude = readLargest(largest);
    if (!Number.isFinite(magnitude)) {
      const found = `${nameTensor(tensor.name)}: the largest magnitude is ${magnitude}.`;
      throw new ValueError('BAD_RANGE', found, 'Shift needs finite elements.');
    }
    return await this.#operate(
      tensor,
      { kind: 'shift', exponent: shiftExponent(magnitude, rounding) },
      options,
    );
  }

  /**
   * Writes a model's weights to a safetensors file, or to shards with their index. A run that is killed can be resumed; one that
   * fails, or is aborted, keeps what it has recorded as done, and else leaves nothing.
   * @param spec  which tensors, and how each is initialised; see the README
   * @throws {ValueError} BAD_SPEC and all that a fill refuses; nothing is written then
   * @throws {InitError} OUTPUT_EXISTS, OUTPUT_UNFINISHED, OUTPUT_LOCKED, OUTPUT_NOT_WRITABLE, RESUME_REFUSED, NO_SPACE, IO_FAILED,
   *   ENGINE_CLOSED, WORKER_FAILED
   */
  async initModel(spec: unknown, options: InitModelOptions): Promise<ModelReport> {
    this.#checkOpen();
    return await this.#track(
      import('../storage/model.js').then(({ initModel }) =>
        initModel(this.#coordinator, this, spec, options),
      ),
    );
  }

  /**
   * What initModel would write: files, sizes, what goes where, whether there is room.
   * @throws {ValueError} BAD_SPEC and all that a fill refuses
   */
  async planModel(spec: unknown, options: PlanModelOptions = {}): Promise<ModelPlan> {
    const { planModel } = await import('../storage/plan-model.js');
    return await planModel(this, spec, options);
  }

  /**
   * The bytes of the safetensors file that initModel would write, in order. Reading slowly holds the threads up, and nothing
   * grows in memory; reading may stop at any time.
   * @throws {ValueError} BAD_SPEC and all that a fill refuses, before the first byte
   */
  async *streamModel(
    spec: unknown,
    options: StreamModelOptions = {},
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    this.#checkOpen();
    const { streamModel } = await import('../storage/stream-model.js');
    const run: Coordinator['run'] = async (job, runOptions) => {
      // The engine may have been closed while the reader was at the bytes before.
      this.#checkOpen();
      await this.#track(this.#coordinator.run(job, runOptions));
    };
    yield* streamModel(run, this, spec, options);
  }

  /**
   * Elements start to end - 1 of a tensor of a checkpoint, as a tensor of one dimension: the bytes that initModel would write, without a
   * file.
   * @param recipe  a spec, or what `checkpoint.recipe()` gives
   * @throws {ValueError} BAD_SPEC and all that a fill refuses; BAD_NAME: no such tensor; BAD_OFFSET
   * @throws {InitError} ENGINE_CLOSED, WORKER_FAILED
   */
  async materialize(
    recipe: unknown,
    name: string,
    start: number,
    end: number,
    options: MaterializeOptions = {},
  ): Promise<AnyTensor> {
    this.#checkOpen();
    checkKeys(options, ['seed', ...RUN_KEYS], 'materialize', 'BAD_OPTION');
    checkRunOptions(options, 'materialize');
    return await this.#track(this.#materialize(recipe, name, start, end, options));
  }

  /**
   * Draws a checkpoint again and compares it with what lies in its files: all of it, some tensors, or a sample.
   * @param path  a safetensors file, an index, or a folder that holds one checkpoint
   * @throws {ValueError} BAD_CHECKPOINT: no checkpoint, or not of the spec's tensors; NO_RECIPE: it does not tell what it is, and there is
   *   no spec; BAD_SPEC and all that a fill refuses; BAD_SEED, BAD_NAME, BAD_OPTION
   * @throws {InitError} IO_FAILED, ENGINE_CLOSED, WORKER_FAILED
   */
  async verify(path: string, options: VerifyOptions = {}): Promise<VerifyReport> {
    this.#checkOpen();
    return await this.#track(
      import('../storage/verify.js').then(({ verify }) => verify(this.#coordinator, this, path, options)),
    );
  }

  /**
   * Reads every tensor of a checkpoint, anybody's, and tells its figures and its histogram; those that have a recipe are compared with
   * what it draws.
   * @param path  a safetensors file, an index, or a folder that holds one checkpoint
   * @throws {ValueError} BAD_CHECKPOINT; BAD_SPEC and all that a fill refuses, of `options.spec`
   * @throws {InitError} IO_FAILED, ENGINE_CLOSED, WORKER_FAILED
   */
  async inspect(path: string, options: InspectOptions = {}): Promise<InspectReport> {
    this.#checkOpen();
    return await this.#track(
      import('../storage/inspect.js').then(({ inspect }) => inspect(this.#coordinator, this, path, options)),
    );
  }

  /** Waits for what runs, ends the threads, refuses further fills. */
  async close(): Promise<void> {
    this.#closing ??= (async () => {
      await Promise.allSettled(this.#running);
      await this.#coordinator.destroy();
    })();
    await this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Tells the kind's parameters from the options of a fill. */
  async #fillAs<T extends AnyTensor>(
    tensor: T,
    kind: InitKind,
    options: object,
    method: string,
    arguments_: object = {},
  ): Promise<T> {
    const parameters = Object.keys(INIT_PARAMETERS[kind]).filter((key) => !(key in arguments_));
    checkKeys(options, [...parameters, ...FILL_KEYS], method, 'BAD_OPTION');
    const entries = Object.entries(options);
    const given = entries.filter(([key]) => parameters.includes(key));
    const init = completeInit(
      { kind, ...arguments_, ...Object.fromEntries(given) } as InitInput,
      nameOf(tensor),
    );
    return await this.#fill(tensor, init, options);
  }

  async #fill<T extends AnyTensor>(tensor: T, init: Init, options: FillOptions): Promise<T> {
    this.#checkOpen();
    if (!(tensor instanceof SharedTensor)) {
      throw new ValueError(
        'BAD_BUFFER',
        `The tensor is ${Object.prototype.toString.call(tensor)}.`,
        'Make one with SharedTensor.empty, or SharedTensor.wrap(memory ?? buffer, shape) of what another thread sent.',
      );
    }
    const where = nameTensor(tensor.name);
    checkRunOptions(options, where);
    return await this.#draw(
      tensor,
      resolveRecipe(init, tensor),
      this.#chooseStreams(tensor, options),
      options,
    );
  }

  async #draw<T extends AnyTensor>(
    tensor: T,
    recipe: Recipe,
    { seed, offset, name }: Streams,
    options: RunOptions,
  ): Promise<T> {
    const draw = makeDraw(tensor.dtype, recipe, seed, name);
    const { buffer, memory, byteOffset, length: elementCount } = tensor;
    const target = { kind: 'memory', buffer, memory, byteOffset } as const;
    const job = {
      plan: planChunks([{ offset, elementCount }]),
      tensors: [{ kind: 'draw', draw, target } as const],
    };
    await this.#track(this.#coordinator.run(job, options));
    const { weightScale, step } = recipe.facts;
    if (weightScale !== undefined) tensor.weightScale = weightScale;
    tensor.step = step;
    return tensor;
  }

  async #materialize(
    spec: unknown,
    name: string,
    start: number,
    end: number,
    options: MaterializeOptions,
  ): Promise<AnyTensor> {
    const { resolveModel } = await import('../domain/spec.js');
    const model = resolveModel(narrowSpec(spec, name));
    const { elementCount, dtype, recipe } = findTensor(model.tensors, name);
    checkRange(start, end, elementCount, nameTensor(name));
    const seed = checkSeed(options.seed ?? model.seed ?? this.seed);
    const tensor = SharedTensor.empty([end - start], { dtype, name });
    return await this.#draw(tensor, recipe, { seed, name, offset: start }, options);
  }

  #chooseStreams(tensor: AnyTensor, options: FillOptions): Streams {
    const { seed = this.seed, offset = 0, name = tensor.name } = options;
    return {
      seed: checkSeed(seed),
      offset: checkOffset(offset, tensor.length, nameTensor(tensor.name)),
      name: name === undefined ? this.#nextName() : checkName(name),
    };
  }

  async #operate(
    tensor: SharedTensor,
    operation: Operation,
    options: RunOptions,
    offset = 0,
  ): Promise<SharedTensor> {
    this.#checkOpen();
    checkRunOptions(options, nameTensor(tensor.name));
    const { buffer, memory, byteOffset, length: elementCount } = tensor;
    const target = { kind: 'memory', buffer, memory, byteOffset } as const;
    const job = {
      plan: planChunks([{ offset, elementCount }]),
      tensors: [{ kind: 'operate', operation, target } as const],
      once: true,
    };
    await this.#track(this.#coordinator.run(job, options));
    return tensor;
  }

  #nextName(): string {
    return `#${this.#unnamedFills++}`;
  }

  #checkOpen(): void {
    if (this.#closing === undefined) return;
    throw new InitError(
      'ENGINE_CLOSED',
      'The engine is closed.',
      'Make a new Engine; close one only after the last fill.',
    );
  }

  /** Whatever is tracked, close() waits for. */
  async #track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }
}

/** Also of what is no tensor. */
const nameOf = (tensor: unknown): string | undefined => (tensor as AnyTensor | null | undefined)?.name;

/** The spec with the tensor that is asked for, if it lists it: hundreds of others would be resolved for each slice. */
function narrowSpec(spec: unknown, name: string): unknown {
  const { tensors } = (spec ?? {}) as { tensors?: unknown };
  if (!Array.isArray(tensors)) return spec;
  const named = tensors.filter((tensor: unknown) => (tensor as { name?: unknown } | null)?.name === name);
  return named.length === 0 ? spec : { ...(spec as object), tensors: named };
}

/** @throws {ValueError} BAD_NAME */
function findTensor(tensors: readonly ModelTensor[], name: unknown): ModelTensor {
  const tensor = tensors.find((candidate) => candidate.name === name);
  if (tensor !== undefined) return tensor;
  const names = tensors.map((candidate) => candidate.name);
  throw new ValueError('BAD_NAME', `The spec has no tensor ${show(name)}.`, suggest(name, names));
}

function checkThreads(threads: unknown): number {
  if (typeof threads === 'number' && Number.isInteger(threads) && threads >= 1 && threads <= MAX_THREADS)
    return threads;
  const remedy = `A number of threads is a whole number from 1 to ${MAX_THREADS}.`;
  throw new ValueError('BAD_OPTION', `Engine: threads is ${show(threads)}.`, remedy);
}

function checkKernelChoice({ simd, revectorize }: EngineOptions): KernelChoice {
  return {
    simd: checkSwitch(simd ?? readSwitch('JUMPFILL_SIMD', true), 'simd'),
    revectorize: checkSwitch(revectorize ?? readSwitch('JUMPFILL_REVECTORIZE', false), 'revectorize'),
  };
}

/** A variable of the environment that is 0 or 1; unset or empty, it says nothing. */
function readSwitch(variable: string, otherwise: boolean): boolean {
  const value = process.env[variable] ?? '';
  if (value === '') return otherwise;
  if (value === '0' || value === '1') return value === '1';
  throw new ValueError(
    'BAD_OPTION',
    `The environment variable ${variable} is ${show(value)}.`,
    'Set it to 0 or 1.',
  );
}

function checkSwitch(value: unknown, option: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new ValueError('BAD_OPTION', `Engine: ${option} is ${show(value)}.`, 'Pass true or false.');
}
