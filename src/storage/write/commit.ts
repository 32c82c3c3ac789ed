/**
 * The end of a run: finished files get their names. The order of its steps is what DESIGN.md promises.
 * @module
 */
import { join } from 'node:path';
import { syncFolder } from '../files/sync-folder.js';
import type { WorkFolder } from '../lock/work-folder.js';
import { publishBytes } from './atomic-file.js';
import type { PreparedRun, WriteOptions } from './run-state.js';
import { publish, type FinishedFile } from './publish.js';
import { closeFiles, isGrowing } from './work-files.js';

/**
 * @param folder  of the output
 * @throws {JumpfillError} OUTPUT_EXISTS, LOCK_LOST, NO_SPACE, IO_FAILED
 * @throws the signal's reason
 */
export async function commit(
  work: WorkFolder,
  { layout, index, files, sources, companions, journal, recorder, isIndexKept }: PreparedRun,
  folder: string,
  { force, examine }: WriteOptions,
  signal: AbortSignal | undefined,
): Promise<void> {
  const finished = files
    .filter(isGrowing)
    .map(({ workPath, finalPath, handle }): FinishedFile => ({ from: workPath, to: finalPath, handle }));
  // 1. Every byte is on the disk.
  await recorder.syncAll();
  // 2. A single file gets its name in one step. Several do not: a run that resumes must know that they are whole.
  if (files.length > 1 || index || !companions.isEmpty) await recorder.record();
  // 3. The last moment to stop.
  await sources.checkUnchanged();
  await examine(files.map((file) => (isGrowing(file) ? file.workPath : file.finalPath)));
  signal?.throwIfAborted();
  await work.lock.check();
  // 4. What opens the folder goes first, durably: an index that describes shards about to be replaced, which a part's run removes as well,
  // and the config.json of companion files about to be replaced.
  const isReplacing = force && finished.length > 0 && layout.index !== undefined;
  if (isReplacing) await work.takeAwayIndex(join(folder, layout.index.name));
  const isConfigGone = await companions.takeAwayConfig();
  if (isReplacing || isConfigGone) await syncFolder(folder);
  // 5. The files get their names, durably; companion files before the weights that they belong to.
  await companions.publishOthers();
  await publish(finished, { force, nextUnnamedPath: () => work.nextUnnamedPath() });
  await syncFolder(folder);
  // 6. The index comes last: with it the checkpoint exists; with its config.json, the folder opens.
  if (index && (isReplacing || !isIndexKept)) {
    await publishBytes(work, index.bytes, join(folder, index.name), force);
  }
  await companions.publishConfig();
  // 7. The work folder goes, durably.
  await journal.close().catch(() => undefined);
  await closeFiles(files);
  await sources.close();
  await work.remove();
}
