/**
 * Drawing to files beside threads that only write.
 * @module
 */
import { Engine } from '#built/api/engine.js';
import { chooseChunkElements } from '#built/domain/partition/chunks.js';
import type { Answer, Table } from '../../measure/answer.js';
import { clock, measureBy, runContest, type Contestant } from '../../measure/contest.js';
import { Crew } from '../../contestants/crew/crew.js';
import { constantWrite, ENGINE_SCRATCH_ELEMENTS, proofInFile } from '../../contestants/file-writers.js';
import { fileJob, openCoordinator } from '../../contestants/engine-jobs.js';
import { ConstantModels, layOutModel, modelContest } from '../../contestants/model-writers.js';
import { shrink, type Scale } from '../../measure/scale.js';
import { drawOf, shapeOf, truncatedNormal, wage, SEED } from '../../contestants/subjects.js';
import { describeFolder, FreshFile, TemporaryFolder } from '../../measure/temporary-files.js';

const LARGEST = 2 ** 25;

export const nameFileRow = (label: string): string => `${label}, to a file`;

export async function answer(scale: Scale): Promise<Answer> {
  const small = shrink(scale, LARGEST);
  await using crew = await Crew.start(small.threads);
  using folder = new TemporaryFolder();
  const chunk = chooseChunkElements(small.elements);
  return {
    tables: [await timePageCache(crew, folder, small), await timeModels(folder, small)],
    notes: [
      `Both sides write each chunk of ${chunk} elements in pieces of ${ENGINE_SCRATCH_ELEMENTS}, each thread at its own positions, into a new file with its space reserved.`,
      "Most file systems let one writer at a time into a file: threads that only write stand in each other's way, so a ratio may be above 1, and one that writes alone may be faster than all.",
      describeFolder(),
      'The second table is the whole writeCheckpoint: reserve, write headers, fill, sync, rename. Its ceiling reserves, syncs and renames as well, with the same chunks.',
    ],
  };
}

/** The engine's own jobs, without the sync that would time the disk. */
async function timePageCache(crew: Crew, folder: TemporaryFolder, scale: Scale): Promise<Table> {
  const file = new FreshFile(folder.fileAt('tensor'), scale.elements);
  const coordinator = openCoordinator(scale.threads);
  const runs = [wage, truncatedNormal].map(({ label, init }): Contestant => {
    const draw = drawOf(init, shapeOf(scale.elements));
    return {
      label: nameFileRow(label),
      role: 'jumpfill',
      threads: scale.threads,
      elementCount: scale.elements,
      prepare: () => file.renew(),
      run: () => clock(() => coordinator.run(fileJob(file.handle.fd, file.path, draw, scale.elements))),
      proof: proofInFile(file, draw),
    };
  });
  const single = { ...constantWrite(crew, file, 1), label: 'one thread that writes a constant buffer' };
  const others = [...runs, { ...single, role: 'fill' as const }];
  const rows = await runContest(measureBy(constantWrite(crew, file, scale.threads), others), scale);
  await coordinator.destroy();
  await file.close();
  return { kind: 'throughput', title: 'Page cache, without a sync', rows, ratio: 'of writing' };
}

async function timeModels(folder: TemporaryFolder, scale: Scale): Promise<Table> {
  await using engine = new Engine({ threads: scale.threads, seed: SEED });
  await using writers = new ConstantModels(scale.threads);
  const models = await Promise.all(
    [wage, truncatedNormal].map(async ({ label, init }) => ({
      label: `writeCheckpoint, ${label}`,
      model: await layOutModel({ tensors: [{ name: 'w', shape: shapeOf(scale.elements), init }] }),
    })),
  );
  const rows = await runContest(modelContest(engine, writers, folder, models), scale);
  return { kind: 'throughput', title: 'Whole writeCheckpoint, synced', rows, ratio: 'of writing' };
}
