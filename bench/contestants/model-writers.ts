/**
 * writeCheckpoint, and the least that any program must do to leave as many bytes in files: reserve, write, sync, rename.
 * @module
 */
import { closeSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '#built/api/engine.js';
import { completeInit } from '#built/domain/recipes/init.js';
import { countElements } from '#built/domain/tensors/shapes.js';
import { KeptSources } from '#built/storage/read/kept-sources.js';
import { resolveContents } from '#built/storage/write/resolve-model.js';
import { makeFile, writeHeader, type GrowingFile } from '#built/storage/write/work-files.js';
import { countBytes, layOut, type Layout } from '#built/storage/format/layout.js';
import type { WriteReport } from '#built/storage/write/write-checkpoint.js';
import { Recorder } from '#built/storage/write/recorder.js';
import { chooseQueues, makeWriteJob, planRun } from '#built/storage/write/run-plan.js';
import { checkSamples } from '../measure/check.js';
import { clock, measureBy, type Contestant } from '../measure/contest.js';
import { readInFile } from './file-writers.js';
import { openCoordinator } from './engine-jobs.js';
import { drawOf, SEED } from './subjects.js';
import type { TemporaryFolder } from '../measure/temporary-files.js';

/** A spec, and where its bytes lie. */
export interface LaidOutModel {
  readonly spec: unknown;
  readonly shardSize: string | undefined;
  readonly layout: Layout;
}

const FILE_NAME = 'model.safetensors';

/** @param shardSize  of files, as in a spec; the spec's own by default */
export async function layOutModel(spec: unknown, shardSize?: string): Promise<LaidOutModel> {
  const contents = await resolveContents(spec, { shardSize }, { seed: SEED, isSeedRandom: false });
  return { spec, shardSize, layout: layOut(contents, FILE_NAME) };
}

export const countModelElements = ({ tensors }: Layout): number =>
  tensors.reduce((sum, { elementCount }) => sum + elementCount, 0);

/** The mean over all elements. */
const meanByteWidth = (layout: Layout): number =>
  layout.tensors.reduce((sum, tensor) => sum + countBytes(tensor), 0) / countModelElements(layout);

/** The whole public call. */
function checkpointRun(
  engine: Engine,
  folder: TemporaryFolder,
  { spec, shardSize, layout }: LaidOutModel,
): Contestant {
  let report: WriteReport | undefined;
  return {
    label: 'writeCheckpoint',
    role: 'jumpfill',
    threads: engine.threads,
    elementCount: countModelElements(layout),
    byteWidth: meanByteWidth(layout),
    prepare: () => {
      folder.renewFolder('model');
    },
    run: () =>
      clock(async () => {
        report = await engine.writeCheckpoint(spec, {
          out: join(folder.fileAt('model'), FILE_NAME),
          shardSize,
        });
      }),
    // New files have nothing to spoil.
    proof: {
      spoil: () => undefined,
      check: () => {
        if (report) checkModel(folder.fileAt('model'), report);
      },
    },
  };
}

/** @throws a sampled element of a tensor is not the specification's */
function checkModel(folder: string, { tensors, seed }: WriteReport): void {
  for (const { name, shape, dtype, init, file, byteOffset } of tensors) {
    const draw = drawOf(completeInit(init), shape, { dtype, name, seed: BigInt(seed) });
    const descriptor = openSync(join(folder, file), 'r');
    try {
      checkSamples(name, { draw }, countElements(shape), readInFile(descriptor, byteOffset, draw));
    } finally {
      closeSync(descriptor);
    }
  }
}

const CONSTANT_WORKER_URL = new URL('./constant-worker.js', import.meta.url);

/** Files are synced while they grow, as the engine does, but nothing is recorded. */
const NO_JOURNAL = { record: (): Promise<void> => Promise.resolve() };

/** The engine's coordinator, files, chunks, queues and positions, with threads that write the same bytes again and again. */
export class ConstantModels {
  readonly #coordinator;

  constructor(readonly threads: number) {
    this.#coordinator = openCoordinator(threads, CONSTANT_WORKER_URL);
  }

  contestant(folder: TemporaryFolder, { layout }: LaidOutModel): Contestant {
    return {
      label: 'constant buffer, sync, rename',
      role: 'ceiling',
      threads: this.threads,
      elementCount: countModelElements(layout),
      byteWidth: meanByteWidth(layout),
      prepare: () => {
        folder.renewFolder('constant');
      },
      run: () => clock(() => this.#write(layout, folder.fileAt('constant'))),
    };
  }

  async #write(layout: Layout, folder: string): Promise<void> {
    const runPlan = planRun(layout, [...layout.files.keys()], folder, (i) => join(folder, `${i}.tmp`));
    const files: GrowingFile[] = [];
    for (const file of runPlan.files) files.push(await makeFile(file));
    files.forEach(writeHeader);
    const job = makeWriteJob(
      runPlan,
      layout,
      files.map(({ handle }) => handle.fd),
      chooseQueues(runPlan.files, this.threads),
      await KeptSources.open(layout.kept.values()),
    );
    const claims = this.#coordinator.prepare(job);
    const recorder = new Recorder(NO_JOURNAL, claims, files, Infinity, [folder]);
    recorder.start();
    await this.#coordinator.run(job, {}, claims);
    await recorder.stop();
    recorder.failed.signal.throwIfAborted();
    await Promise.all(files.map(async ({ handle }) => handle.sync()));
    for (const { handle } of files) await handle.close();
    for (const { workPath, finalPath } of files) renameSync(workPath, finalPath);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#coordinator.destroy();
  }
}

/** The models, each measured by constant bytes where the first of them has its own: they differ in recipes only. */
export function modelContest(
  engine: Engine,
  writers: ConstantModels,
  folder: TemporaryFolder,
  models: readonly { readonly label: string; readonly model: LaidOutModel }[],
): Contestant[] {
  const runs = models.map(({ label, model }) => ({ ...checkpointRun(engine, folder, model), label }));
  const ceilings = models.slice(0, 1).map(({ model }) => writers.contestant(folder, model));
  return ceilings.flatMap((ceiling) => measureBy(ceiling, runs));
}
