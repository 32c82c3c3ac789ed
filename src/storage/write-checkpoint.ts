/**
 * Writes a laid-out checkpoint: the files grow in a work folder, what is done is recorded, finished files get their names.
 * Threads draw into a scratch and write it at its own position, so that memory does not grow with the tensors.
 * @module
 */
import { dirname } from 'node:path';
import { shardsOfPart } from '../domain/part.js';
import type { Coordinator, RunOptions } from '../engine/coordinator.js';
import { CheckpointRun, type WriteOptions } from './checkpoint-run.js';
import type { Layout } from './layout.js';
import { checkFolder, checkNames, isThere } from './output-place.js';
import { chooseLanes, makeJob, planRun } from './sections.js';
import { checkOpenFiles } from './open-files.js';
import { waitWhileLocked } from './wait.js';
import { refuseOtherDivisions, WorkFolder, workFolderOf } from './work-folder.js';

export interface Written {
  /** Files of this run, by their index in the layout. */
  readonly files: readonly number[];
  /** Elements that an earlier run had written. */
  readonly keptElements: number;
}

/** @throws {InitError} what Engine.initModel says */
export async function writeCheckpoint(
  coordinator: Coordinator,
  threads: number,
  layout: Layout,
  options: WriteOptions,
  run: RunOptions,
): Promise<Written> {
  const { path, part, resume } = options;
  const folder = dirname(path);
  const files = part === undefined ? [...layout.files.keys()] : shardsOfPart(part, layout.files.length);
  const index = part === undefined ? layout.index : undefined;
  const names = [...files.flatMap((i) => layout.files[i]?.name ?? []), ...(index ? [index.name] : [])];
  const workPath = workFolderOf(path, part);
  await checkFolder(folder);
  checkOpenFiles(files.length);
  // For a run that resumes, names may be taken by what an earlier one has finished: that is looked at with the journal.
  if (!resume && !(await isThere(workPath))) await checkNames(folder, names, options);
  const work = await waitWhileLocked(() => WorkFolder.open(workPath, options), options, run.signal);
  const runPlan = planRun(layout, files, folder, (file) => work.shardPath(file));
  const current = new CheckpointRun(work, runPlan, layout, options);
  try {
    await refuseOtherDivisions(path, part);
    const lanes = chooseLanes(runPlan.sections, threads);
    const control = coordinator.prepare({ plan: runPlan.plan, lanes });
    await current.prepare(control, names, index, run.signal);
    await current.fill(coordinator, makeJob(runPlan, layout, current.descriptors, lanes), control, run);
    await current.finish(index, run.signal);
    return { files, keptElements: current.keptElements };
  } catch (error) {
    throw await current.giveUp(error, run.signal);
  }
}
