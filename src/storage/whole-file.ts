/**
 * A small file that appears whole or not at all: written as a temporary sibling, synced, then given its name.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { lstat, open, readFile, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeError } from './io-errors.js';
import { checkFolder, checkName, checkRoom } from './output-place.js';
import { publish, type PublishOptions } from './publish.js';
import { syncFolder } from './sync-folder.js';

/**
 * What can be known before there is anything to write.
 * @throws {InitError} OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE, NO_SPACE
 */
export async function checkWholeFile(path: string, force: boolean, byteLength = 0): Promise<void> {
  await checkFolder(dirname(path));
  await checkName(path, force);
  await checkRoom(dirname(path), byteLength);
}

/** @throws {InitError} OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE, NO_SPACE, IO_FAILED */
export async function writeWholeFile(path: string, force: boolean, bytes: Uint8Array): Promise<void> {
  await checkWholeFile(path, force, bytes.length);
  const temporary = join(dirname(path), `.jumpfill-${randomBytes(6).toString('hex')}.tmp`);
  try {
    await nameSynced(temporary, bytes, path, { force, nextUnnamedPath: () => temporary });
  } catch (cause) {
    await unlink(temporary).catch(() => undefined);
    throw writeError(path, cause);
  }
}

/**
 * Writes a new file, never one, or a link, that somebody put there, and gives it its name durably.
 * @param from  where it is written
 */
export async function nameSynced(
  from: string,
  bytes: Uint8Array,
  to: string,
  options: PublishOptions,
): Promise<void> {
  const handle = await open(from, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
    await publish([{ from, to, handle }], options);
  } finally {
    await handle.close();
  }
  await syncFolder(dirname(to));
}

/** Whether an ordinary file holds just these bytes. Nothing else is read: a pipe would not come to an end. */
export async function holdsBytes(path: string, bytes: Uint8Array): Promise<boolean> {
  const facts = await lstat(path).catch(() => undefined);
  if (!facts?.isFile() || facts.size !== bytes.length) return false;
  const there = await readFile(path).catch(() => undefined);
  return there !== undefined && Buffer.compare(there, bytes) === 0;
}
