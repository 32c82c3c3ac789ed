/**
 * How fast is a model of yours, and how much of that is the writing?
 * @module
 */
import { Engine } from '#built/api/engine.js';
import { readSpecFile } from '#built/storage/read/spec-file.js';
import { runContest } from '../../measure/contest.js';
import { ConstantModels, layOutModel, modelContest } from '../../contestants/model-writers.js';
import type { Question } from '../../measure/question.js';
import { SEED } from '../../contestants/subjects.js';
import { describeFolder, TemporaryFolder } from '../../measure/temporary-files.js';

/** The only question with a parameter: a spec as `jumpfill init` takes it. */
export const askModel = (specPath: string): Question => ({
  name: 'model',
  asks: `How fast is ${specPath}, and how much of that is the writing?`,
  async answer(scale) {
    const spec = await readSpecFile(specPath);
    const model = await layOutModel(spec);
    using folder = new TemporaryFolder();
    await using engine = new Engine({ threads: scale.threads, seed: SEED });
    await using writers = new ConstantModels(scale.threads);
    const label = `writeCheckpoint, ${model.layout.tensors.length} tensors`;
    const rows = await runContest(modelContest(engine, writers, folder, [{ label, model }]), scale);
    return {
      tables: [{ kind: 'throughput', title: specPath, rows, ratio: 'of writing' }],
      notes: [
        'Whole calls, into new files in a temporary folder: room reserved, fill, sync, name. Of writing: the time of threads that write a constant buffer at the same positions of files like these, reserved, synced and renamed, over the time of the call.',
        describeFolder(),
      ],
    };
  },
});
