/**
 * What every method of an engine stands on: threads, seed, streams, jobs that close() waits for.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { makeDraw } from '../domain/kernels/draw.js';
import { planChunks } from '../domain/partition/chunks.js';
import type { Recipe } from '../domain/recipes/recipe.js';
import { checkSeed } from '../domain/streams/seed.js';
import { checkName } from '../domain/tensors/names.js';
import { nameTensor, checkKeys } from '../base/wording.js';
import { Coordinator, type RunOptions } from '../engine/jobs/coordinator.js';
import type { KernelSet } from '../engine/choice/open-filler.js';
import { chooseKernels, type KernelChoice } from '../engine/choice/kernel-choice.js';
import type { PoolOptions } from '../engine/jobs/pool.js';
import { requireLittleEndian } from '../engine/host/platform.js';
import type { AnyTensor } from '../engine/memory/shared-tensor.js';
import { countThreads } from '../engine/host/threads.js';
import { JumpfillError } from '../base/errors.js';
import { openWork } from '../storage/open-work.js';
import { checkOffset, type FillOptions } from './options.js';
import { checkKernelChoice, checkThreads, type EngineOptions } from './engine-options.js';

/** What chooses a fill's words. */
interface Streams {
  readonly seed: bigint;
  readonly name: string;
  /** Of the tensor's first element, in the logical tensor. */
  readonly offset: number;
}

export class EngineBase {
  readonly threads: number;
  readonly seed: bigint;
  /** Nobody chose the seed. */
  readonly isSeedRandom: boolean;
  readonly #kernelChoice: KernelChoice;
  protected readonly coordinator: Coordinator;
  readonly #running = new Set<Promise<unknown>>();
  #unnamedFills = 0;
  #closing: Promise<void> | undefined;

  /**
   * @param seams  for this project's tests: another worker module, smaller heaps
   * @throws {ValueError} BAD_OPTION, BAD_SEED
   * @throws {JumpfillError} UNSUPPORTED_PLATFORM
   */
  constructor(options: EngineOptions = {}, seams: Partial<PoolOptions> = {}) {
    requireLittleEndian();
    checkKeys(options, ['threads', 'seed', 'simd', 'revectorize'], 'Engine', 'BAD_OPTION');
    checkKeys(seams, ['workerUrl', 'resourceLimits'], 'Engine', 'BAD_OPTION');
    const { threads = countThreads(), seed = randomBytes(8).readBigUInt64LE() } = options;
    this.threads = checkThreads(threads);
    this.seed = checkSeed(seed);
    this.isSeedRandom = options.seed === undefined;
    this.#kernelChoice = checkKernelChoice(options);
    this.coordinator = new Coordinator({ ...seams, threads: this.threads }, this.#kernelChoice, openWork);
  }

  /** Whether the threads have been started. */
  get isStarted(): boolean {
    return this.coordinator.isPoolStarted;
  }

  /**
   * The kernels this engine fills with. The first look, or fill, compares them with the specification: some 10 ms. A thread
   * that has no room for their memory fills with the specification's all the same.
   */
  get kernels(): KernelSet {
    return chooseKernels(this.#kernelChoice).name;
  }

  /** Waits for what runs, ends the threads, refuses further fills. */
  async close(): Promise<void> {
    this.#closing ??= (async () => {
      await Promise.allSettled(this.#running);
      await this.coordinator.destroy();
    })();
    await this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  protected async draw<T extends AnyTensor>(
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
    await this.track(this.coordinator.run(job, options));
    const { weightScale, step } = recipe.facts;
    if (weightScale !== undefined) tensor.weightScale = weightScale;
    tensor.step = step;
    return tensor;
  }

  protected chooseStreams(tensor: AnyTensor, options: FillOptions): Streams {
    const { seed, offset, name } = this.checkStreams(tensor, options);
    return { seed, offset, name: name ?? this.#nextName() };
  }

  /** What chooseStreams chooses from, and no number taken of an unnamed tensor. */
  protected checkStreams(
    tensor: AnyTensor,
    { seed = this.seed, offset = 0, name = tensor.name }: FillOptions,
  ): Omit<Streams, 'name'> & { readonly name: string | undefined } {
    return {
      seed: checkSeed(seed),
      offset: checkOffset(offset, tensor.length, nameTensor(tensor.name)),
      name: name === undefined ? undefined : checkName(name),
    };
  }

  #nextName(): string {
    return `#${this.#unnamedFills++}`;
  }

  protected checkOpen(): void {
    if (this.#closing === undefined) return;
    throw new JumpfillError(
      'ENGINE_CLOSED',
      'The engine is closed.',
      'Make a new Engine; close one only after the last fill.',
    );
  }

  /** Whatever is tracked, close() waits for. */
  protected async track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }
}
