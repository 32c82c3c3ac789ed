/**
 * How fast is a model of yours, and how much of that is the writing?
 * @module
 */
import { Engine } from '#built/api/engine.js';
import { resolveModel } from '#built/domain/spec.js';
import { readSpecFile } from '#built/storage/spec-file.js';
import { measureBy, runContest } from './harness/contest.js';
import { ConstantModels, countBytes, initModelRun } from './harness/model-contestants.js';
import type { Question } from './harness/question.js';
import { SEED } from './harness/subjects.js';
import { describeFolder, TemporaryFolder } from './harness/temporary-file.js';

/** The only question with a parameter: a spec as `jumpfill init` takes it. */
export const askModel = (specPath: string): Question => ({
  name: 'model',
  asks: `How fast is ${specPath}, and how much of that is the writing?`,
  async answer(scale) {
    const spec = await readSpecFile(specPath);
    const { tensors } = resolveModel(spec);
    const elementCount = tensors.reduce((sum, tensor) => sum + tensor.elementCount, 0);
    using folder = new TemporaryFolder();
    await using engine = new Engine({ threads: scale.threads, seed: SEED });
    await using writers = new ConstantModels(scale.threads);
    const run = {
      ...initModelRun(engine, folder, spec, elementCount),
      label: `initModel, ${tensors.length} tensors`,
      byteWidth: countBytes(tensors) / elementCount,
    };
    const rows = await runContest(measureBy(writers.contestant(folder, tensors), [run]), scale);
    return {
      tables: [{ kind: 'throughput', title: specPath, rows, ratio: 'of writing' }],
      notes: [
        'Whole calls, into a new file in a temporary folder: fill, sync, name. Of writing: the time of threads that write a constant buffer at the same positions, sync and rename, over the time of the call.',
        describeFolder(),
      ],
    };
  },
});
