/**
 * The engine as its users see it: checks what they pass, turns it into a job, keeps the weight scale.
 * @module
 */
import { randomBytes } from 'node:crypto';
import type { Draw } from '../domain/draw.js';
import { DEFAULT_GENERATOR, GENERATORS } from '../domain/generator.js';
import { planChunks } from '../domain/plan.js';
import { INIT_DEFAULTS, resolveRecipe, type Init } from '../domain/recipe.js';
import { checkSeed } from '../domain/seed.js';
import { checkName, nameTensor } from '../domain/tensor.js';
import { checkWageMode, type WageMode } from '../domain/wage.js';
import { checkKeys, show } from '../domain/words.js';
import { checkRunOptions, Coordinator } from '../engine/coordinator.js';
import type { KernelSet } from '../engine/filler.js';
import { chooseKernels, type KernelChoice } from '../engine/kernel-choice.js';
import type { PoolOptions } from '../engine/pool.js';
import { SharedTensor } from '../engine/shared-tensor.js';
import { countThreads } from '../engine/threads.js';
import { InitError, ValueError } from '../errors.js';
import type { InitModelOptions, ModelReport } from '../storage/model.js';
import { openOutput } from '../storage/output.js';
import { checkOffset, FILL_KEYS, type FillOptions } from './options.js';

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

export interface WageOptions extends FillOptions {
  /** Of the variance. @defaultValue 2 */
  readonly factor?: number;
  /** Upstream has no other. @defaultValue 'fan_in' */
  readonly mode?: WageMode;
}

export interface TruncatedNormalOptions extends FillOptions {
  /** @defaultValue 0 */
  readonly mean?: number;
  /** Before truncation; the values reach from mean - 2 std to mean + 2 std. @defaultValue 1 */
  readonly std?: number;
}

export interface UniformOptions extends FillOptions {
  readonly low: number;
  readonly high: number;
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
    this.#kernelChoice = checkKernelChoice(options);
    this.#coordinator = new Coordinator(
      { workerUrl: WORKER_URL, ...seams, threads: this.threads },
      this.#kernelChoice,
      openOutput,
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
  async wageInit_(tensor: SharedTensor, bitsW: number, options: WageOptions = {}): Promise<SharedTensor> {
    const { wage } = INIT_DEFAULTS;
    // Before anything else, as upstream does.
    const given = options as WageOptions | null;
    if (given?.mode !== undefined) checkWageMode(given.mode, (tensor as SharedTensor | undefined)?.name);
    checkKeys(options, ['factor', 'mode', ...FILL_KEYS], 'wageInit_', 'BAD_OPTION');
    const { factor = wage.factor, mode = wage.mode, ...fill } = options;
    return await this.#fill(tensor, { kind: 'wage', bits: bitsW, factor, mode }, fill);
  }

  /**
   * Normal truncated to mean +- 2 std.
   * @throws {ValueError} BAD_RANGE: mean or std not finite, std negative, or more than the dtype holds; and as wageInit_
   */
  async truncatedNormal_(tensor: SharedTensor, options: TruncatedNormalOptions = {}): Promise<SharedTensor> {
    checkKeys(options, ['mean', 'std', ...FILL_KEYS], 'truncatedNormal_', 'BAD_OPTION');
    const defaults = INIT_DEFAULTS.truncated_normal;
    const { mean = defaults.mean, std = defaults.std, ...fill } = options;
    return await this.#fill(tensor, { kind: 'truncated_normal', mean, std }, fill);
  }

  /**
   * Uniform on [low, high].
   * @throws {ValueError} BAD_RANGE: low or high missing, not finite or out of order; and as wageInit_
   */
  async uniform_(tensor: SharedTensor, options: UniformOptions): Promise<SharedTensor> {
    checkKeys(options, ['low', 'high', ...FILL_KEYS], 'uniform_', 'BAD_OPTION');
    const { low, high, ...fill } = options;
    return await this.#fill(tensor, { kind: 'uniform', low, high }, fill);
  }

  /**
   * Writes a model's weights to a safetensors file.
   * @param spec  which tensors, and how each is initialised; see the README
   * @throws {ValueError} BAD_SPEC and all that a fill refuses; nothing is written then
   * @throws {InitError} OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE, NO_SPACE, IO_FAILED, ENGINE_CLOSED, WORKER_FAILED
   */
  async initModel(spec: unknown, options: InitModelOptions): Promise<ModelReport> {
    this.#checkOpen();
    return await this.#track(
      import('../storage/model.js').then(({ initModel }) =>
        initModel(this.#coordinator, this, spec, options),
      ),
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

  async #fill(tensor: SharedTensor, init: Init, options: FillOptions): Promise<SharedTensor> {
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
    const { kernel, facts } = resolveRecipe(init, tensor);
    const { seed: givenSeed = this.seed, offset: givenOffset = 0, name: givenName = tensor.name } = options;
    const seed = checkSeed(givenSeed);
    const offset = checkOffset(givenOffset, tensor.length, where);
    const name = givenName === undefined ? this.#nextName() : checkName(givenName);
    const root = GENERATORS[DEFAULT_GENERATOR].root(seed, name);
    const draw: Draw = { dtype: tensor.dtype, generator: DEFAULT_GENERATOR, root, kernel };
    const { buffer, memory, byteOffset, length: elementCount } = tensor;
    const target = { kind: 'memory', buffer, memory, byteOffset } as const;
    const job = { plan: planChunks([{ offset, elementCount }]), tensors: [{ draw, target }] };
    await this.#track(this.#coordinator.run(job, options));
    if (facts.weightScale !== undefined) tensor.weightScale = facts.weightScale;
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
