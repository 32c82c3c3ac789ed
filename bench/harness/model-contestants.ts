/**
 * initModel, and the least that anything must do to leave as many bytes in a file: write, sync, rename.
 * @module
 */
import { renameSync, rmSync } from 'node:fs';
import type { Engine } from '#built/api/engine.js';
import { planChunks } from '#built/domain/plan.js';
import type { Job } from '#built/engine/protocol.js';
import { BYTES_PER_ELEMENT } from './answer.js';
import { clock, type Contestant } from './contest.js';
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
  return {
    label: 'initModel',
    role: 'jumpfill',
    threads: engine.threads,
    elementCount,
    prepare: () => {
      rmSync(out, { force: true });
    },
    run: () => clock(() => engine.initModel(spec, { out })),
  };
}

const CONSTANT_WORKER_URL = new URL('./constant-worker.js', import.meta.url);

/** The engine's coordinator, chunks and positions, with threads that write the same bytes again and again. */
export class ConstantModels {
  readonly #coordinator;

  constructor(readonly threads: number) {
    this.#coordinator = openCoordinator(threads, CONSTANT_WORKER_URL);
  }

  contestant(folder: TemporaryFolder, tensors: readonly { readonly elementCount: number }[]): Contestant {
    const elementCount = tensors.reduce((sum, tensor) => sum + tensor.elementCount, 0);
    const file = new FreshFile(folder.fileAt('constant.tmp'), elementCount);
    const renamed = folder.fileAt('constant');
    return {
      label: 'constant buffer, sync, rename',
      role: 'ceiling',
      threads: this.threads,
      elementCount,
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

/** As initModel lays a model out, but without a header. */
function makeJob({ handle, path }: FreshFile, tensors: readonly { readonly elementCount: number }[]): Job {
  const draw = drawOf(CONSTANT, []);
  let position = 0;
  return {
    plan: planChunks(tensors.map(({ elementCount }) => ({ offset: 0, elementCount }))),
    tensors: tensors.map(({ elementCount }) => {
      const target = { kind: 'file', descriptor: handle.fd, path, position } as const;
      position += elementCount * BYTES_PER_ELEMENT;
      return { draw, target };
    }),
  };
}
