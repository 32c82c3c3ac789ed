/**
 * The engine as its users see it: fills and operators of tensors, and here what it does with models and checkpoints.
 * @module
 */
import { checkSeed } from '../domain/streams/seed.js';
import { nameTensor, checkKeys, show, suggest } from '../base/wording.js';
import type { ModelTensor } from '../domain/specs/spec.js';
import { checkRunOptions, Coordinator, type RunOptions } from '../engine/jobs/coordinator.js';
import { requireSharedDescriptors } from '../engine/host/platform.js';
import { SharedTensor, type AnyTensor } from '../engine/memory/shared-tensor.js';
import { ValueError } from '../base/errors.js';
import type { InspectOptions } from '../storage/inspect/inspect.js';
import type { InspectReport } from '../storage/inspect/inspect-report.js';
import type { InitModelOptions, ModelReport } from '../storage/write/model.js';
import type { ModelPlan, PlanModelOptions } from '../storage/write/plan-model.js';
import type { StreamModelOptions } from '../storage/write/stream-model.js';
import type { VerifyOptions, VerifyReport } from '../storage/verify/verify.js';
import { checkRange } from './checkpoint.js';
import { withJson } from './json-report.js';
import { checkModelOptions } from './model-options.js';
import { RUN_KEYS } from './options.js';
import { TensorOperators } from './tensor-operators.js';

export interface MaterializeOptions extends RunOptions {
  /** @defaultValue the spec's, else the engine's */
  readonly seed?: number | bigint | undefined;
}

/**
 * Fills tensors on all cores. Several fills may run at once. The threads start with the first fill of more than four
 * blocks and never keep the process alive.
 */
export class Engine extends TensorOperators {
  /**
   * Writes a model's weights to a safetensors file, or to shards with their index. A run that is killed can be resumed; one that
   * fails, or is aborted, keeps what it has recorded as done, and else leaves nothing. JSON.stringify writes the report, its seed in
   * decimal digits; so it does those of the methods below.
   * @param spec  which tensors, and how each is initialised; see the README
   * @throws {ValueError} BAD_SPEC and all that a fill refuses; nothing is written then
   * @throws {JumpfillError} OUTPUT_EXISTS, OUTPUT_UNFINISHED, OUTPUT_LOCKED, LOCK_LOST, OUTPUT_NOT_WRITABLE, RESUME_REFUSED, NO_SPACE, IO_FAILED,
   *   ENGINE_CLOSED, WORKER_FAILED, UNSUPPORTED_PLATFORM
   */
  async initModel(spec: unknown, options: InitModelOptions): Promise<ModelReport> {
    this.checkOpen();
    checkModelOptions(options, 'initModel');
    requireSharedDescriptors('initModel');
    return withJson(
      await this.track(
        import('../storage/write/model.js').then(({ initModel }) =>
          initModel(this.coordinator, this, spec, options),
        ),
      ),
    );
  }

  /**
   * What initModel would write: files, sizes, what goes where, whether there is room.
   * @throws {ValueError} BAD_SPEC and all that a fill refuses
   */
  async planModel(spec: unknown, options: PlanModelOptions = {}): Promise<ModelPlan> {
    checkModelOptions(options, 'planModel');
    const { planModel } = await import('../storage/write/plan-model.js');
    return withJson(await planModel(this, spec, options));
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
    this.checkOpen();
    checkModelOptions(options, 'streamModel');
    const { streamModel } = await import('../storage/write/stream-model.js');
    const run: Coordinator['run'] = async (job, runOptions) => {
      // The engine may have been closed while the reader was at the bytes before.
      this.checkOpen();
      await this.track(this.coordinator.run(job, runOptions));
    };
    yield* streamModel(run, this, spec, options);
  }

  /**
   * Elements start to end - 1 of a tensor of a checkpoint, as a tensor of one dimension: the bytes that initModel would write, without a
   * file.
   * @param recipe  a spec, or what `checkpoint.recipe()` gives
   * @throws {ValueError} BAD_SPEC and all that a fill refuses; BAD_NAME: no such tensor; BAD_OFFSET
   * @throws {JumpfillError} ENGINE_CLOSED, WORKER_FAILED
   */
  async materialize(
    recipe: unknown,
    name: string,
    start: number,
    end: number,
    options: MaterializeOptions = {},
  ): Promise<AnyTensor> {
    this.checkOpen();
    checkKeys(options, ['seed', ...RUN_KEYS], 'materialize', 'BAD_OPTION');
    checkRunOptions(options, 'materialize');
    return await this.track(this.#materialize(recipe, name, start, end, options));
  }

  /**
   * Draws a checkpoint again and compares it with what lies in its files: all of it, some tensors, or a sample.
   * @param path  a safetensors file, an index, or a folder that holds one checkpoint
   * @throws {ValueError} BAD_CHECKPOINT: no checkpoint, or not of the spec's tensors; NO_RECIPE: it does not tell what it is, and there is
   *   no spec; BAD_SPEC and all that a fill refuses; BAD_SEED, BAD_NAME, BAD_OPTION
   * @throws {JumpfillError} IO_FAILED, ENGINE_CLOSED, WORKER_FAILED, UNSUPPORTED_PLATFORM
   */
  async verify(path: string, options: VerifyOptions = {}): Promise<VerifyReport> {
    this.checkOpen();
    requireSharedDescriptors('verify');
    return withJson(
      await this.track(
        import('../storage/verify/verify.js').then(({ verify }) =>
          verify(this.coordinator, this, path, options),
        ),
      ),
    );
  }

  /**
   * Reads every tensor of a checkpoint, anybody's, and tells its figures and its histogram; those that have a recipe are compared with
   * what it draws.
   * @param path  a safetensors file, an index, or a folder that holds one checkpoint
   * @throws {ValueError} BAD_CHECKPOINT; BAD_SPEC and all that a fill refuses, of `options.spec`
   * @throws {JumpfillError} IO_FAILED, ENGINE_CLOSED, WORKER_FAILED, UNSUPPORTED_PLATFORM
   */
  async inspect(path: string, options: InspectOptions = {}): Promise<InspectReport> {
    this.checkOpen();
    requireSharedDescriptors('inspect');
    return withJson(
      await this.track(
        import('../storage/inspect/inspect.js').then(({ inspect }) =>
          inspect(this.coordinator, this, path, options),
        ),
      ),
    );
  }

  async #materialize(
    spec: unknown,
    name: string,
    start: number,
    end: number,
    options: MaterializeOptions,
  ): Promise<AnyTensor> {
    const { resolveModel } = await import('../domain/specs/spec.js');
    const model = resolveModel(narrowSpec(spec, name));
    const { elementCount, dtype, recipe } = findTensor(model.tensors, name);
    checkRange(start, end, elementCount, nameTensor(name));
    const { seed: given = model.seed ?? this.seed } = options;
    const seed = checkSeed(given);
    const tensor = SharedTensor.empty([end - start], { dtype, name });
    return await this.draw(tensor, recipe, { seed, name, offset: start }, options);
  }
}

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
