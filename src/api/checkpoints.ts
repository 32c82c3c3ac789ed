/**
 * An engine's operations on whole checkpoints. Each method loads what it needs when it is called: an engine that only fills
 * loads no reader, no writer and no checker of specs.
 * @module
 */
import { checkKeys, nameTensor, show, suggest } from '../base/wording.js';
import { ValueError } from '../base/errors.js';
import { makeDraw, placeLast } from '../domain/recipes/draws.js';
import { refuseKept } from '../domain/recipes/keep.js';
import type { ModelTensor } from '../domain/specs/spec.js';
import { chooseSeed } from '../domain/streams/seed.js';
import { requireSharedDescriptors } from '../engine/host/platform.js';
import { checkRunOptions, type Coordinator } from '../engine/jobs/coordinator.js';
import { SharedTensor, type AnyTensor } from '../engine/memory/shared-tensor.js';
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
import type { EngineJobs } from './engine-jobs.js';
import type { EngineSettings } from './engine-options.js';
import type { Fills } from './fills.js';
import { RUN_KEYS, type DrawSliceOptions } from './fill-options.js';
import { narrowSpec } from './narrow-spec.js';
import { checkRange } from './range.js';

export class Checkpoints {
  readonly #settings: EngineSettings;
  readonly #jobs: EngineJobs;
  readonly #fills: Fills;

  constructor(settings: EngineSettings, jobs: EngineJobs, fills: Fills) {
    this.#settings = settings;
    this.#jobs = jobs;
    this.#fills = fills;
  }

  async write(spec: unknown, options: WriteCheckpointOptions): Promise<WriteReport> {
    this.#jobs.checkOpen();
    requireSharedDescriptors('writeCheckpoint');
    return await this.#jobs.track(this.#write(spec, options));
  }

  async plan(spec: unknown, options: PlanCheckpointOptions): Promise<CheckpointPlan> {
    const { planCheckpoint } = await import('../storage/write/plan-checkpoint.js');
    return await planCheckpoint(this.#settings, spec, options);
  }

  async *stream(
    spec: unknown,
    options: StreamCheckpointOptions,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    this.#jobs.checkOpen();
    const { streamCheckpoint } = await import('../storage/ranges/stream-checkpoint.js');
    yield* streamCheckpoint(this.#runWhileOpen, this.#settings, spec, options);
  }

  async *streamFiles(
    spec: unknown,
    options: StreamCheckpointFilesOptions,
  ): AsyncGenerator<StreamedFile, void, undefined> {
    this.#jobs.checkOpen();
    const { streamCheckpointFiles } = await import('../storage/ranges/stream-files.js');
    yield* streamCheckpointFiles(this.#runWhileOpen, this.#settings, spec, options);
  }

  async verify(path: string, options: VerifyCheckpointOptions): Promise<VerifyReport> {
    this.#jobs.checkOpen();
    requireSharedDescriptors('verifyCheckpoint');
    return await this.#jobs.track(this.#verify(path, options));
  }

  async inspect(path: string, options: InspectCheckpointOptions): Promise<InspectReport> {
    this.#jobs.checkOpen();
    requireSharedDescriptors('inspectCheckpoint');
    return await this.#jobs.track(this.#inspect(path, options));
  }

  async drawSlice(spec: unknown, options: DrawSliceOptions): Promise<AnyTensor> {
    this.#jobs.checkOpen();
    checkKeys(options, ['name', 'start', 'end', 'seed', 'generator', ...RUN_KEYS], 'drawSlice', 'BAD_OPTION');
    checkRunOptions(options, 'drawSlice');
    return await this.#jobs.track(this.#drawSlice(spec, options));
  }

  /** The engine may have been closed between two reads of a stream. */
  readonly #runWhileOpen: Coordinator['run'] = async (job, runOptions) => {
    if (job.tensors.some(({ kind }) => kind === 'copy')) {
      requireSharedDescriptors('A stream with kept tensors');
      await this.#jobs.prepareFiles();
    }
    this.#jobs.checkOpen();
    await this.#jobs.run(job, runOptions ?? {});
  };

  async #write(spec: unknown, options: WriteCheckpointOptions): Promise<WriteReport> {
    const { writeCheckpoint } = await import('../storage/write/write-checkpoint.js');
    return await writeCheckpoint(await this.#jobs.prepareFiles(), this.#settings, spec, options);
  }

  async #verify(path: string, options: VerifyCheckpointOptions): Promise<VerifyReport> {
    const { verify } = await import('../storage/verify/verify.js');
    return await verify(await this.#jobs.prepareFiles(), this.#settings, path, options);
  }

  async #inspect(path: string, options: InspectCheckpointOptions): Promise<InspectReport> {
    const { inspect } = await import('../storage/inspect/inspect.js');
    return await inspect(await this.#jobs.prepareFiles(), this.#settings, path, options);
  }

  async #drawSlice(spec: unknown, options: DrawSliceOptions): Promise<AnyTensor> {
    const { peekGenerator, resolveModel } = await import('../domain/specs/spec.js');
    const { checkCachedNormals } = await import('../domain/specs/cached-normals.js');
    const { name, generator: option } = options;
    const choice = { option, seed: options.seed };
    const { generator, tensors, ...model } = resolveModel(
      narrowSpec(spec, name, peekGenerator(spec, option)),
      undefined,
      choice,
    );
    const seed = chooseSeed(options.seed, model.seed, this.#settings.seed, generator);
    checkCachedNormals({ generator, seed }, tensors, model.seed);
    const { sameAs } = findTensor(tensors, name);
    const listed = findTensor(tensors, sameAs ?? name);
    refuseKept(listed.recipe.init.kind, name, 'drawSlice');
    const found = placeLast({ generator, seed }, tensors.slice(0, tensors.indexOf(listed)), listed);
    const { elementCount, dtype, recipe, origin } = found;
    const { start = 0, end = elementCount } = options;
    checkRange(start, end, elementCount, nameTensor(name));
    const tensor = SharedTensor.empty([end - start], { dtype, name });
    const draw = makeDraw({ generator, seed }, found, origin);
    return await this.#fills.draw(tensor, recipe, draw, start, options);
  }
}

/** @throws {ValueError} BAD_NAME */
function findTensor(tensors: readonly ModelTensor[], name: unknown): ModelTensor {
  const tensor = tensors.find((candidate) => candidate.name === name);
  if (tensor !== undefined) return tensor;
  const names = tensors.map((candidate) => candidate.name);
  const renamed = tensors.find(({ listedName }) => listedName === name);
  if (renamed !== undefined) {
    const found = `The spec writes ${show(name)} by another name.`;
    throw new ValueError('BAD_NAME', found, `A rule renames it: ask for ${show(renamed.name)}.`);
  }
  throw new ValueError('BAD_NAME', `The spec has no tensor ${show(name)}.`, suggest(name, names));
}
