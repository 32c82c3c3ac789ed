/**
 * A small file that appears whole or not at all: written in a work folder beside it, synced, then given its name. What a process leaves that is
 * killed meanwhile is removed by the next that writes the same file.
 * @module
 */
import { lstat, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { attemptWrite } from '../files/io-errors.js';
import { readJournals } from './journal.js';
import { unfinishedRunError } from './earlier-run.js';
import { checkFolder, checkName, checkRoom } from './output-checks.js';
import { publish } from './publish.js';
import { syncFolder } from '../files/sync-folder.js';
import { WorkFolder, workFolderOf } from '../lock/work-folder.js';

/**
 * What can be known before there is anything to write.
 * @throws {JumpfillError} OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE, NO_SPACE
 */
export async function checkAtomicWrite(path: string, force: boolean, byteLength = 0): Promise<void> {
  await checkFolder(dirname(path));
  await checkName(path, force);
  await checkRoom(dirname(path), byteLength);
}

/** @throws {JumpfillError} OUTPUT_EXISTS, OUTPUT_UNFINISHED, OUTPUT_LOCKED, OUTPUT_NOT_WRITABLE, NO_SPACE, IO_FAILED */
export async function writeAtomically(path: string, force: boolean, bytes: Uint8Array): Promise<void> {
  await checkAtomicWrite(path, force, bytes.length);
  await withOutputLock(path, async (work) => {
    await publishBytes(work, bytes, path, force);
  });
}

/**
 * Keeps others from writing an output for as long as the action takes.
 * @throws {JumpfillError} OUTPUT_LOCKED: somebody else does; OUTPUT_UNFINISHED: a run has left a checkpoint that is not finished
 */
export async function withOutputLock<T>(
  output: string,
  action: (work: WorkFolder) => Promise<T>,
): Promise<T> {
  const work = await WorkFolder.open(workFolderOf(output, undefined), { takeOver: false, resume: false });
  try {
    if (await work.holdsRun()) {
      throw unfinishedRunError(work.path, await readJournals(await work.listJournals()));
    }
    await work.removeOld();
    const result = await action(work);
    await work.remove();
    return result;
  } catch (error) {
    const told = await work.explain(error);
    await (work.hasLeftovers ? work.leave() : work.remove());
    throw told;
  }
}

/**
 * Writes it where only this holder can, and gives it its name durably.
 * @throws {JumpfillError} OUTPUT_EXISTS, NO_SPACE, IO_FAILED
 */
export async function publishBytes(
  work: WorkFolder,
  bytes: Uint8Array,
  to: string,
  force: boolean,
): Promise<void> {
  const from = work.wholeFilePath;
  await attemptWrite(to, async () => {
    const handle = await open(from, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
      const nextUnnamedPath = (): string => work.nextUnnamedPath();
      await publish([{ from, to, handle }], { force, nextUnnamedPath });
    } finally {
      await handle.close();
    }
    await syncFolder(dirname(to));
  });
}

/** Whether an ordinary file holds just these bytes. Nothing else is read: a pipe would not come to an end. */
export async function holdsBytes(path: string, bytes: Uint8Array): Promise<boolean> {
  const facts = await lstat(path).catch(() => undefined);
  if (!facts?.isFile() || facts.size !== bytes.length) return false;
  const there = await readFile(path).catch(() => undefined);
  return there !== undefined && Buffer.compare(there, bytes) === 0;
}
