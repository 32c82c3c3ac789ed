/**
 * Small files that appear whole or not at all: written in the work folder of their path, synced, then given their name. If a process is
 * killed meanwhile, the next one that writes the same file removes what is left.
 * @module
 */
import { lstat, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { attemptWrite } from '../files/io-errors.js';
import { syncFolder } from '../files/sync-folder.js';
import { WorkFolder } from '../lock/work-folder.js';
import { unfinishedRunError } from './earlier-run.js';
import { readJournals } from './journal.js';
import { checkFolder, checkOutputName, checkRoom } from './output-checks.js';
import { publish } from './publish.js';

/**
 * Checks what can be checked before there is anything to write.
 * @throws {JumpfillError} OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE, NO_SPACE
 */
export async function checkAtomicWrite(path: string, force: boolean, byteLength = 0): Promise<void> {
  await checkFolder(dirname(path));
  await checkOutputName(path, force);
  await checkRoom(dirname(path), byteLength);
}

/**
 * @throws {JumpfillError} OUTPUT_EXISTS, OUTPUT_UNFINISHED, OUTPUT_LOCKED, LOCK_LOST, OUTPUT_NOT_WRITABLE, NO_SPACE, IO_FAILED
 */
export async function writeAtomically(path: string, force: boolean, bytes: Uint8Array): Promise<void> {
  await checkAtomicWrite(path, force, bytes.length);
  await withOutputLock(path, async (work) => {
    await publishBytes(work, bytes, path, force);
  });
}

/**
 * Runs an action while no other process can write the output.
 * @throws {JumpfillError} OUTPUT_LOCKED: another process writes it; OUTPUT_UNFINISHED: a run has left an unfinished checkpoint;
 *   LOCK_LOST, OUTPUT_NOT_WRITABLE, NO_SPACE, IO_FAILED
 * @throws what the action rejects with
 */
export async function withOutputLock<T>(
  output: string,
  action: (work: WorkFolder) => Promise<T>,
): Promise<T> {
  const work = await WorkFolder.open(output, undefined, { takeOver: false, resume: false });
  try {
    if (work.hasLeftovers) {
      throw unfinishedRunError(work.locked, await readJournals(await work.listJournals()));
    }
    await work.removeOld();
    const result = await action(work);
    await work.remove();
    return result;
  } catch (error) {
    const explained = await work.explain(error);
    await (work.hasLeftovers ? work.leave() : work.remove());
    throw explained;
  }
}

/**
 * Writes bytes where only this run can, and gives them their name durably.
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
      await publish([{ from, to, handle }], { force, nextUnnamedPath: () => work.nextUnnamedPath() });
    } finally {
      await handle.close();
    }
    await syncFolder(dirname(to));
  });
}

/** Checks whether a regular file contains exactly these bytes. Nothing else is read: a pipe would never end. */
export async function holdsBytes(path: string, bytes: Uint8Array): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  if (!stats?.isFile() || stats.size !== bytes.length) return false;
  const content = await readFile(path).catch(() => undefined);
  return content !== undefined && Buffer.compare(content, bytes) === 0;
}
