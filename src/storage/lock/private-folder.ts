/**
 * Makes a folder that no other user can look into, so that nothing can be planted there.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, open, unlink } from 'node:fs/promises';
import { JumpfillError } from '../../base/errors.js';
import { errorCode } from '../files/io-errors.js';

/**
 * Makes the folder unless it exists.
 * @throws {JumpfillError} OUTPUT_NOT_WRITABLE: the path is another user's folder, or not a folder
 * @throws the system's error
 */
export async function makePrivateFolder(path: string): Promise<void> {
  try {
    await mkdir(path, 0o700);
    return;
  } catch (cause) {
    if (errorCode(cause) !== 'EEXIST') throw cause;
  }
  const stats = await lstat(path);
  if (stats.isDirectory() && (await isOurs(path, stats.uid))) {
    // Some file systems have no permissions.
    if ((stats.mode & 0o077) !== 0) await chmod(path, 0o700).catch(() => undefined);
    return;
  }
  const what = stats.isDirectory() ? 'belongs to another user' : 'is not a folder';
  const found = `The work folder ${path} ${what}.`;
  throw new JumpfillError('OUTPUT_NOT_WRITABLE', found, 'Remove it, or write elsewhere.');
}

/** A file system may give our files another owner than us, so a new file beside the folder shows which. */
async function isOurs(path: string, uid: number): Promise<boolean> {
  if (process.getuid === undefined || uid === process.getuid()) return true;
  const probe = `${path}-${randomBytes(6).toString('hex')}.tmp`;
  const handle = await open(probe, 'wx');
  try {
    return (await handle.stat()).uid === uid;
  } finally {
    await handle.close();
    await unlink(probe);
  }
}
