/**
 * A checkpoint's files in the page cache: the engine's own job, without the sync that would time the disk.
 * @module
 */
import { join } from 'node:path';
import { at } from '#built/base/at.js';
import type { Coordinator } from '#built/engine/jobs/coordinator.js';
import type { Layout } from '#built/storage/format/layout.js';
import { KeptSources } from '#built/storage/read/kept-sources.js';
import { chooseQueues, makeWriteJob, planRun } from '#built/storage/write/run-plan.js';
import { makeFile, writeHeader, type GrowingFile } from '#built/storage/write/work-files.js';

/** Makes the files, writes their headers, and draws or copies their tensors. */
export async function writeUnsynced(
  coordinator: Coordinator,
  threads: number,
  layout: Layout,
  folder: string,
): Promise<void> {
  const plan = planRun(layout, [...layout.files.keys()], folder, (i) =>
    join(folder, at(layout.files, i).name),
  );
  const files: GrowingFile[] = [];
  for (const file of plan.files) files.push(await makeFile(file));
  files.forEach(writeHeader);
  const sources = await KeptSources.open(layout.kept.values());
  const descriptors = files.map(({ handle }) => handle.fd);
  await coordinator.run(makeWriteJob(plan, layout, descriptors, chooseQueues(plan.files, threads), sources));
  await sources.close();
  for (const { handle } of files) await handle.close();
}
