/**
 * Opens files of a work folder: ordinary ones only, and no link that somebody put there.
 * @module
 */
import { constants } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { errorCode } from './io-errors.js';

/** Flags that not every system has: Windows has none of them. */
export const OPTIONAL_FLAGS: Partial<Pick<typeof constants, 'O_NOFOLLOW' | 'O_NONBLOCK'>> = constants;

/** A new file, never one, or a link, that somebody put there. */
export const createFile = (path: string): Promise<FileHandle> => open(path, 'wx+');

/**
 * A file that is there already.
 * @param access  O_RDONLY, O_RDWR, ...
 * @throws the system's error: none (ENOENT), or a link (ELOOP)
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
  // A pipe would keep us waiting for whoever opens its other end.
  return await open(path, access | (O_NOFOLLOW ?? 0) | O_NONBLOCK);
}

export const reopenFile = (path: string): Promise<FileHandle> => openNoFollow(path, constants.O_RDWR);

/**
 * The text of a file; undefined if it is not there, is a link or no ordinary file, or is longer than a file of its kind can be.
 * @throws the system's error: it cannot be read
 */
export async function readFileSafely(path: string, maxBytes: number): Promise<string | undefined> {
  const file = await openNoFollow(path, constants.O_RDONLY).catch((cause: unknown) => {
    if (['ENOENT', 'ELOOP'].includes(errorCode(cause) ?? '')) return undefined;
    throw cause;
  });
  if (file === undefined) return undefined;
  try {
    const facts = await file.stat();
    return facts.isFile() && facts.size <= maxBytes ? await file.readFile('utf8') : undefined;
  } finally {
    await file.close();
  }
}
