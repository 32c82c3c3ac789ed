/**
 * Opens files of a work folder, and never follows links: another user may have planted them.
 * @module
 */
import { constants } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { errorCode } from './io-errors.js';

/** Flags that Windows lacks. */
export const OPTIONAL_FLAGS: Partial<Pick<typeof constants, 'O_NOFOLLOW' | 'O_NONBLOCK'>> = constants;

/** Creates a file; fails if the path exists, even as a link. */
export const createFile = (path: string): Promise<FileHandle> => open(path, 'wx+');

/**
 * Opens a file that exists.
 * @param access  O_RDONLY, O_RDWR, ...
 * @throws the system's error: the path does not exist (ENOENT), is a link (ELOOP), ...
 */
export async function openNoFollow(
  path: string,
  access: number,
  flags = OPTIONAL_FLAGS,
): Promise<FileHandle> {
  const { O_NOFOLLOW, O_NONBLOCK = 0 } = flags;
  if (O_NOFOLLOW === undefined && (await lstat(path)).isSymbolicLink()) {
    throw Object.assign(new Error(`ELOOP: ${path} is a link`), { code: 'ELOOP' });
  }
  // O_NONBLOCK: opening a pipe would wait for its other end.
  return await open(path, access | (O_NOFOLLOW ?? 0) | O_NONBLOCK);
}

/**
 * Reads the text of a file; undefined if the path does not exist, is not a regular file, or is longer than a file of its kind can be.
 * @throws the system's error: the file cannot be read
 */
export async function readFileSafely(path: string, maxBytes: number): Promise<string | undefined> {
  const file = await openNoFollow(path, constants.O_RDONLY).catch((cause: unknown) => {
    if (['ENOENT', 'ELOOP'].includes(errorCode(cause) ?? '')) return undefined;
    throw cause;
  });
  if (file === undefined) return undefined;
  try {
    const stats = await file.stat();
    return stats.isFile() && stats.size <= maxBytes ? await file.readFile('utf8') : undefined;
  } finally {
    await file.close();
  }
}
