/**
 * Writes a laid-out checkpoint: files grow in a work folder, what is done is recorded, finished files get their names. Threads draw into
 * scratch memory and write that at its position, so memory does not grow with the tensors.
 * @module
 */
import { dirname, join } from 'node:path';
import { at } from '../../base/at.js';
import { shardsOfPart } from '../../domain/partition/part.js';
import type { Coordinator, RunOptions } from '../../engine/jobs/coordinator.js';
import { checkOpenFiles } from '../files/file-limit.js';
import type { Layout } from '../format/layout.js';
import { refuseOtherDivisions } from '../lock/divisions.js';
import { waitWhileLocked } from '../lock/wait.js';
import { WorkFolder } from '../lock/work-folder.js';
import { workFolderOf } from '../lock/work-names.js';
import { CheckpointRun } from './checkpoint-run.js';
import { checkCompanions } from './companion-checks.js';
import type { CompanionReport } from './companion-files.js';
import { sourceFilesOf } from '../read/kept-sources.js';
import { checkFolder, checkOutputName, isThere } from './output-checks.js';
import { keptIn, queuesOf, makeWriteJob, planRun } from './run-plan.js';
import type { WriteOptions } from './run-state.js';
import { isGrowing } from './work-files.js';

export interface WrittenLayout {
  /** The layout as written; a run that resumes may have taken the seed of the run before. */
  readonly layout: Layout;
  /** The files of this run, by their index in the layout. */
  readonly files: readonly number[];
  /** Elements that an earlier run had written. */
  readonly keptElements: number;
  readonly companions: readonly CompanionReport[];
}

/**
 * @param planned  has the final names, sizes and positions; only the seed may still change
 * @param settle   resolves to the final layout once no other process can change what it depends on
 * @throws {JumpfillError} OUTPUT_EXISTS, OUTPUT_UNFINISHED, OUTPUT_LOCKED, LOCK_LOST, OUTPUT_NOT_WRITABLE, RESUME_REFUSED, NO_SPACE,
 *   IO_FAILED, and what a job throws
 * @throws the signal's reason
 */
export async function writeLayout(
  coordinator: Coordinator,
  threads: number,
  planned: Layout,
  settle: () => Promise<Layout>,
  options: WriteOptions,
  runOptions: RunOptions,
): Promise<WrittenLayout> {
  const { path, part } = options;
  const { signal } = runOptions;
  const files = part === undefined ? [...planned.files.keys()] : shardsOfPart(part, planned.files.length);
  await checkBeforeLock(planned, files, threads, options);
  const work = await waitWhileLocked(() => lockOutput(options), options, signal);
  const run = new CheckpointRun(work, options);
  try {
    const layout = await settle();
    const index = part === undefined ? layout.index : undefined;
    const runPlan = planRun(layout, files, dirname(path), (file) => work.shardPath(file));
    const queues = queuesOf(layout, runPlan, threads);
    const claims = coordinator.prepare({ chunks: runPlan.chunks, queues });
    const prepared = await run.prepare({ layout, runPlan, index }, claims, signal);
    const descriptors = prepared.files.map((file) => (isGrowing(file) ? file.handle.fd : undefined));
    const job = makeWriteJob(runPlan, layout, descriptors, queues, prepared.sources);
    await run.fill(coordinator, job, claims, runOptions);
    await run.finish(signal);
    const { keptElements, companions } = prepared;
    return { layout, files, keptElements, companions: companions.report() };
  } catch (error) {
    throw await run.giveUp(error, signal);
  }
}

/**
 * Refuses what can be refused before anything is made. A run that resumes may find its own files under the names, so it checks them
 * once it has read the journal, and so does a run that finds a work folder.
 */
async function checkBeforeLock(
  planned: Layout,
  files: readonly number[],
  threads: number,
  options: WriteOptions,
): Promise<void> {
  const { path, part, force, resume } = options;
  const folder = dirname(path);
  await checkFolder(folder);
  await checkCompanions(options, planned);
  const shards = files.map((i) => at(planned.files, i));
  checkOpenFiles(files.length + sourceFilesOf(keptIn(planned, shards)).length, threads);
  if (resume || (await isThere(workFolderOf(path, part)))) return;
  const names = shards.map(({ name }) => name);
  if (part === undefined && planned.index) names.push(planned.index.name);
  for (const name of names) await checkOutputName(join(folder, name), force);
}

/** Takes the lock of the output, or of the part: no other process writes it, or divides it differently. */
async function lockOutput({ path, part, takeOver, resume }: WriteOptions): Promise<WorkFolder> {
  const work = await WorkFolder.open(path, part, { takeOver, resume });
  try {
    await refuseOtherDivisions(path, part, work.lock.takenAt);
    return work;
  } catch (error) {
    await work.leave();
    throw error;
  }
}
