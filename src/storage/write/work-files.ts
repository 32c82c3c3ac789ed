/**
 * The files of a run: found again by a run that resumes, or made, with their room, in the work folder.
 * @module
 */
import { lstat, unlink, type FileHandle } from 'node:fs/promises';
import { constants } from 'node:fs';
import type { ChunkClaims } from '../../engine/jobs/chunk-claims.js';
import { attemptWrite, errorCode, writeError } from '../files/io-errors.js';
import { createFile, openNoFollow } from '../files/open-file.js';
import { reserveFile } from '../files/reserve.js';
import { writeAt } from '../files/write-at.js';
import { decideFile, type NameState, type Request } from './decisions.js';
import { refuseTaken } from './output-checks.js';
import type { RunFile } from './run-plan.js';

/** There is nothing yet. */
export interface AbsentFile extends RunFile {
  readonly kind: 'absent';
}

/** In the work folder, open, at its full size. */
export interface GrowingFile extends RunFile {
  readonly kind: 'growing';
  readonly handle: FileHandle;
}

/** Finished, and named by an earlier run. */
export interface PublishedFile extends RunFile {
  readonly kind: 'published';
}

export type WorkFile = AbsentFile | GrowingFile | PublishedFile;

export const isGrowing = (file: WorkFile): file is GrowingFile => file.kind === 'growing';

/**
 * Finds a file of the run, or what an earlier run left of it, and decides about it. Afterwards exactly its existing chunks are marked as done.
 * @param claims  with the marks that an earlier run recorded
 * @throws {JumpfillError} OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE, IO_FAILED
 */
export async function findFile(file: RunFile, claims: ChunkClaims, request: Request): Promise<WorkFile> {
  const name = await examineName(file, claims);
  // A file without a recorded chunk is useless, and only a new one certainly belongs to this run alone.
  const handle = isAnyDone(file, claims) ? await openLeftover(file) : undefined;
  const action = decideFile({ work: handle ? 'growing' : 'gone', name }, request);
  if (action === 'continue' && handle !== undefined) return { ...file, kind: 'growing', handle };
  await handle?.close();
  switch (action) {
    case 'keep':
      forEachChunk(file, (chunk) => {
        claims.markDone(chunk);
      });
      return { ...file, kind: 'published' };
    case 'make':
      forEachChunk(file, (chunk) => {
        claims.markUndone(chunk);
      });
      return { ...file, kind: 'absent' };
    case 'OUTPUT_EXISTS':
      return await refuseTaken(file.finalPath, request);
    default:
      throw new Error(`a run that does not resume has found its own work: ${file.workPath}`);
  }
}

function forEachChunk({ firstChunk, endChunk }: RunFile, action: (chunk: number) => void): void {
  for (let chunk = firstChunk; chunk < endChunk; chunk++) action(chunk);
}

/** Counts the chunks of a file that are marked as done. */
export function countDone(file: RunFile, claims: ChunkClaims): number {
  let count = 0;
  forEachChunk(file, (chunk) => {
    if (claims.isDone(chunk)) count++;
  });
  return count;
}

const isAnyDone = (file: RunFile, claims: ChunkClaims): boolean => countDone(file, claims) > 0;

const isAllDone = (file: RunFile, claims: ChunkClaims): boolean =>
  countDone(file, claims) === file.endChunk - file.firstChunk;

/** Opens what an earlier run left in the work folder; undefined if it is gone, or not at its full size. */
async function openLeftover({ workPath, shard }: RunFile): Promise<FileHandle | undefined> {
  const handle = await openNoFollow(workPath, constants.O_RDWR).catch((cause: unknown) => {
    if (errorCode(cause) === 'ENOENT' || errorCode(cause) === 'ELOOP') return undefined;
    throw writeError(workPath, cause);
  });
  if (handle === undefined) return undefined;
  try {
    // Shorter if its run was killed before the file had its size.
    if ((await handle.stat()).size === shard.byteLength) return handle;
  } catch (cause) {
    await handle.close();
    throw writeError(workPath, cause);
  }
  await handle.close();
  return undefined;
}

async function examineName(file: RunFile, claims: ChunkClaims): Promise<NameState> {
  const stats = await lstat(file.finalPath).catch(() => undefined);
  if (stats === undefined) return 'free';
  const isOurs = stats.isFile() && stats.size === file.shard.byteLength && (await hasOurHeader(file));
  if (!isOurs) return 'taken';
  return isAllDone(file, claims) ? 'ours, recorded' : 'ours';
}

/** Files get their names when they are whole, so a file with this header, which holds the seed and the recipes, is whole. */
async function hasOurHeader({ finalPath, shard: { header } }: RunFile): Promise<boolean> {
  const handle = await openNoFollow(finalPath, constants.O_RDONLY).catch(() => undefined);
  if (handle === undefined) return false;
  try {
    const { buffer } = await handle.read(new Uint8Array(header.length), 0, header.length, 0);
    return Buffer.compare(buffer, header) === 0;
  } finally {
    await handle.close();
  }
}

/**
 * Makes a new file with its room.
 * @throws {JumpfillError} NO_SPACE, IO_FAILED
 */
export async function makeFile(file: RunFile): Promise<GrowingFile> {
  const { shard, workPath, finalPath } = file;
  // The existing file is a link, or shorter than the journal says.
  await unlink(workPath).catch(() => undefined);
  const handle = await attemptWrite(finalPath, () => createFile(workPath));
  try {
    await reserveFile(handle, workPath, finalPath, shard.byteLength);
  } catch (error) {
    await handle.close();
    // At its full size it would look as if it had been written.
    await unlink(workPath).catch(() => undefined);
    throw error;
  }
  return { ...file, kind: 'growing', handle };
}

/** @throws {JumpfillError} NO_SPACE, IO_FAILED */
export function writeHeader({ handle, finalPath, shard }: GrowingFile): void {
  writeAt(handle.fd, finalPath, shard.header, 0);
}

/** The bytes of the disk that a file will still take: all of them unless its room is reserved. */
export async function countUnreserved(file: WorkFile): Promise<number> {
  switch (file.kind) {
    case 'absent':
      return file.shard.byteLength;
    case 'growing': {
      const { blocks } = await file.handle.stat();
      return Math.max(0, file.shard.byteLength - 512 * blocks);
    }
    case 'published':
      return 0;
  }
}

export async function closeFiles(files: readonly WorkFile[]): Promise<void> {
  for (const file of files) if (isGrowing(file)) await file.handle.close().catch(() => undefined);
}
