/**
 * A model of the user's, and how much of its time is writing.
 * @module
 */
import { Engine } from '#built/api/engine.js';
import { readSpecFile } from '#built/storage/read/spec-file.js';
import { runContest } from '../../measure/contest.js';
import { ConstantModels, layOutModel, modelContest } from '../../contestants/model-writers.js';
import type { Answer } from '../../measure/answer.js';
import type { Scale } from '../../measure/scale.js';
import { SEED } from '../../contestants/subjects.js';
import { describeFolder, TemporaryFolder } from '../../measure/temporary-files.js';

/** @param specPath  a spec as `jumpfill init` takes it */
export async function answer(scale: Scale, specPath: string): Promise<Answer> {
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
      'Whole calls that write new files in a temporary folder: reserve, fill, sync, rename. "of writing": the time of threads that write a constant buffer at the same positions of such files, which are reserved, synced and renamed too, over the time of the call.',
      describeFolder(),
    ],
  };
}
