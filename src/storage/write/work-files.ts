/**
 * The files of a run while they grow in its work folder: made, given their room, or found again by a run that resumes.
 * @module
 */
import { lstat, unlink, type FileHandle } from 'node:fs/promises';
import type { ChunkClaims } from '../../engine/jobs/chunk-claims.js';
import { writeAt } from '../files/write-at.js';
import { attemptWrite, errorCode, writeError } from '../files/io-errors.js';
import { reserveFile } from '../files/reserve.js';
import type { Section } from './run-plan.js';
import { createFile, reopenFile } from '../files/open-file.js';

/** The file of a section: open, or finished and named by an earlier run. */
export interface GrowingFile extends Section {
  readonly handle: FileHandle | undefined;
}

/**
 * What an earlier run left of a section. Afterwards those of its chunks are marked as done that are there.
 * @param isRecorded  there is a journal, from which the marks are
 * @param force       what has the name may be what is to be replaced: it counts only if the journal says that all was written, and
 *                    the run's own file is gone, which it is once it has its name
 * @returns           undefined: the file is to be made
 */
export async function findFile(
  section: Section,
  control: ChunkClaims,
  isRecorded: boolean,
  force: boolean,
): Promise<GrowingFile | undefined> {
  const open = async (): Promise<GrowingFile | undefined> => {
    // One of which nothing is done is worth nothing: a new one is nobody else's.
    const isWorth = isRecorded && isAnyDone(section, control);
    const handle = isWorth ? await openLeftover(section) : undefined;
    return handle && { ...section, handle };
  };
  if (force) {
    const file = await open();
    if (file !== undefined) return file;
  }
  // Files get their names when they are whole, so a file that has the name, and the header, is.
  if ((!force || isAllDone(section, control)) && (await isNamed(section))) {
    markChunks(section, (chunk) => {
      control.markDone(chunk);
    });
    return { ...section, handle: undefined };
  }
  const file = await open();
  if (file !== undefined) return file;
  markChunks(section, (chunk) => {
    control.markUndone(chunk);
  });
  return undefined;
}

function isAnyDone({ firstChunk, endChunk }: Section, control: ChunkClaims): boolean {
  for (let chunk = firstChunk; chunk < endChunk; chunk++) if (control.isDone(chunk)) return true;
  return false;
}

function isAllDone({ firstChunk, endChunk }: Section, control: ChunkClaims): boolean {
  for (let chunk = firstChunk; chunk < endChunk; chunk++) if (!control.isDone(chunk)) return false;
  return true;
}

function markChunks({ firstChunk, endChunk }: Section, mark: (chunk: number) => void): void {
  for (let chunk = firstChunk; chunk < endChunk; chunk++) mark(chunk);
}

async function openLeftover({ workPath, file }: Section): Promise<FileHandle | undefined> {
  const handle = await reopenFile(workPath).catch((cause: unknown) => {
    if (errorCode(cause) === 'ENOENT' || errorCode(cause) === 'ELOOP') return undefined;
    throw writeError(workPath, cause);
  });
  if (handle === undefined) return undefined;
  try {
    // Shorter if it was cut off before it had its size.
    if ((await handle.stat()).size === file.byteLength) return handle;
  } catch (cause) {
    await handle.close();
    throw writeError(workPath, cause);
  }
  await handle.close();
  return undefined;
}

/** Whether the file that has the name is ours: as long, and with the same header, seed and recipe included. */
async function isNamed({ finalPath, file }: Section): Promise<boolean> {
  const facts = await lstat(finalPath).catch(() => undefined);
  if (!facts?.isFile() || facts.size !== file.byteLength) return false;
  const handle = await reopenFile(finalPath).catch(() => undefined);
  if (handle === undefined) return false;
  try {
    const { length } = file.header;
    const { buffer } = await handle.read(new Uint8Array(length), 0, length, 0);
    return Buffer.compare(buffer, file.header) === 0;
  } finally {
    await handle.close();
  }
}

/**
 * A new file with its room.
 * @throws {JumpfillError} NO_SPACE, IO_FAILED
 */
export async function makeFile(section: Section): Promise<GrowingFile> {
  const { file, workPath, finalPath } = section;
  // Too short for what the journal said of it, or a link.
  await unlink(workPath).catch(() => undefined);
  const handle = await attemptWrite(finalPath, () => createFile(workPath));
  try {
    await reserveFile(handle, workPath, finalPath, file.byteLength);
  } catch (error) {
    await handle.close();
    // It has its size, and nothing in it.
    await unlink(workPath).catch(() => undefined);
    throw error;
  }
  return { ...section, handle };
}

/** Also of a file that was found: its header may not have been synced. */
export function writeHeader({ handle, finalPath, file }: GrowingFile): void {
  if (handle !== undefined) writeAt(handle.fd, finalPath, file.header, 0);
}

/** What a file still takes of the disk: all of it if its room was not reserved. */
export async function countUnreserved({ handle, file }: GrowingFile): Promise<number> {
  if (handle === undefined) return 0;
  const { blocks } = await handle.stat();
  return Math.max(0, file.byteLength - 512 * blocks);
}
