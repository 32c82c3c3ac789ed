/**
 * Writes a laid-out checkpoint: the files grow in a work folder, what is done is recorded, finished files get their names.
 * Threads draw into a scratch and write it at its own position, so that memory does not grow with the tensors.
 * @module
 */
import { dirname } from 'node:path';
import { shardsOfPart } from '../../domain/partition/part.js';
import type { Coordinator, RunOptions } from '../../engine/jobs/coordinator.js';
import { CheckpointRun, type WriteOptions } from './checkpoint-run.js';
import type { Layout } from '../format/layout.js';
import { checkFolder, checkNames, isThere } from './output-checks.js';
import { chooseLanes, makeJob, planRun } from './run-plan.js';
import { checkOpenFiles } from '../files/file-limit.js';
import { waitWhileLocked } from '../lock/wait.js';
import { refuseOtherDivisions, WorkFolder, workFolderOf } from '../lock/work-folder.js';

export interface WrittenLayout {
  /** What was written: for a run that resumes, of the seed that the run before had. */
  readonly layout: Layout;
  /** Files of this run, by their index in the layout. */
  readonly files: readonly number[];
  /** Elements that an earlier run had written. */
  readonly keptElements: number;
}

/**
 * @param planned  names, sizes and places; only the seed may be another in the end
 * @param settle   the layout that holds, once nobody else can change what it depends on
 * @throws {JumpfillError} what Engine.writeCheckpoint says
 */
export async function writeLayout(
  coordinator: Coordinator,
  threads: number,
  planned: Layout,
  settle: () => Promise<Layout>,
  options: WriteOptions,
  run: RunOptions,
): Promise<WrittenLayout> {
  const { path, part, resume } = options;
  const folder = dirname(path);
  const files = part === undefined ? [...planned.files.keys()] : shardsOfPart(part, planned.files.length);
  const indexName = part === undefined ? planned.index?.name : undefined;
  const names = [...files.flatMap((i) => planned.files[i]?.name ?? []), ...(indexName ? [indexName] : [])];
  await checkFolder(folder);
  checkOpenFiles(files.length, threads);
  // For a run that resumes, names may be taken by what an earlier one has finished: that is looked at with the journal.
  if (!resume && !(await isThere(workFolderOf(path, part)))) await checkNames(folder, names, options);
  const work = await waitWhileLocked(() => lockOutput(path, options), options, run.signal);
  let current: CheckpointRun | undefined;
  try {
    const layout = await settle();
    const index = part === undefined ? layout.index : undefined;
    const runPlan = planRun(layout, files, folder, (file) => work.shardPath(file));
    current = new CheckpointRun(work, runPlan, layout, options);
    const lanes = chooseLanes(runPlan.sections, threads);
    const control = coordinator.prepare({ plan: runPlan.plan, lanes });
    await current.prepare(control, names, index, run.signal);
    await current.fill(coordinator, makeJob(runPlan, layout, current.descriptors, lanes), control, run);
    await current.finish(index, run.signal);
    return { layout, files, keptElements: current.keptElements };
  } catch (error) {
    if (current !== undefined) throw await current.giveUp(error, run.signal);
    await work.leave();
    throw error;
  }
}

/** The place of the output, or of the part: nobody else writes the same, nor divides it otherwise. */
async function lockOutput(path: string, options: WriteOptions): Promise<WorkFolder> {
  const work = await WorkFolder.open(workFolderOf(path, options.part), options);
  try {
    await refuseOtherDivisions(path, options.part, work.lock.takenAt);
    return work;
  } catch (error) {
    await work.leave();
    throw error;
  }
}
