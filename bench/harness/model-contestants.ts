/**
 * initModel, and the least that anything must do to leave as many bytes in a file: write, sync, rename.
 * @module
 */
import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import type { Engine } from '#built/api/engine.js';
import { planChunks } from '#built/domain/plan.js';
import { countElements, DTYPES, type Dtype } from '#built/domain/tensor.js';
import type { Job } from '#built/engine/protocol.js';
import type { ModelReport } from '#built/storage/model.js';
import { checkSamples } from './check.js';
import { clock, type Contestant } from './contest.js';
import { readInFile } from './file-contestants.js';
import { openCoordinator } from './jobs.js';
import { CONSTANT, drawOf } from './subjects.js';
import { FreshFile, type TemporaryFolder } from './temporary-file.js';

export function initModelRun(
  engine: Engine,
  folder: TemporaryFolder,
  spec: unknown,
  elementCount: number,
): Contestant {
  const out = folder.fileAt('model.safetensors');
  let report: ModelReport | undefined;
  return {
    label: 'initModel',
    role: 'jumpfill',
    threads: engine.threads,
    elementCount,
    prepare: () => {
      rmSync(out, { force: true });
    },
    run: () =>
      clock(async () => {
        report = await engine.initModel(spec, { out });
      }),
    // A new file has nothing to spoil.
    proof: {
      spoil: () => undefined,
      check: () => {
        if (report) checkModel(report);
      },
    },
  };
}

/** @throws a sampled element of a tensor is not the specification's */
function checkModel({ path, tensors, seed }: ModelReport): void {
  const descriptor = openSync(path, 'r');
  try {
    for (const { name, shape, dtype, init, byteOffset } of tensors) {
      const draw = drawOf(init, shape, { dtype, name, seed });
      checkSamples(name, { draw }, countElements(shape), readInFile(descriptor, byteOffset, draw));
    }
  } finally {
    closeSync(descriptor);
  }
}

const CONSTANT_WORKER_URL = new URL('./constant-worker.js', import.meta.url);

/** The engine's coordinator, chunks and positions, with threads that write the same bytes again and again. */
export class ConstantModels {
  readonly #coordinator;

  constructor(readonly threads: number) {
    this.#coordinator = openCoordinator(threads, CONSTANT_WORKER_URL);
  }

  contestant(folder: TemporaryFolder, tensors: readonly Sized[]): Contestant {
    const elementCount = tensors.reduce((sum, tensor) => sum + tensor.elementCount, 0);
    const file = new FreshFile(folder.fileAt('constant.tmp'), elementCount, countBytes(tensors));
    const renamed = folder.fileAt('constant');
    return {
      label: 'constant buffer, sync, rename',
      role: 'ceiling',
      threads: this.threads,
      elementCount,
      byteWidth: countBytes(tensors) / elementCount,
      prepare: () => {
        rmSync(renamed, { force: true });
      },
      run: () =>
        clock(async () => {
          await file.renew();
          await this.#coordinator.run(makeJob(file, tensors));
          await file.handle.sync();
          renameSync(file.path, renamed);
          await file.close();
        }),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#coordinator.destroy();
  }
}

/** Of a tensor, as much as decides where its bytes lie. */
interface Sized {
  readonly elementCount: number;
  readonly dtype: Dtype;
}

export const countBytes = (tensors: readonly Sized[]): number =>
  tensors.reduce((sum, { elementCount, dtype }) => sum + elementCount * DTYPES[dtype].byteWidth, 0);

/** As initModel lays a model out, but without a header. */
function makeJob({ handle, path }: FreshFile, tensors: readonly Sized[]): Job {
  const constant = drawOf(CONSTANT, []);
  let position = 0;
  return {
    plan: planChunks(tensors.map(({ elementCount }) => ({ offset: 0, elementCount }))),
    tensors: tensors.map(({ elementCount, dtype }) => {
      const target = { kind: 'file', descriptor: handle.fd, path, position } as const;
      position += elementCount * DTYPES[dtype].byteWidth;
      return { kind: 'draw', draw: { ...constant, dtype }, target };
    }),
  };
}
