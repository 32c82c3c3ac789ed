/**
 * The folder of an output, as `save_pretrained` makes it: a model with its companion files is a folder.
 * @module
 */
import { mkdir, rmdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { syncFolders } from '../../storage/files/sync-folder.js';

/**
 * Makes the folder that a file is to lie in, but not those above it: a mistyped path is still refused by the run. A run that fails and
 * leaves nothing in it leaves no folder either.
 * @param out  path of the file
 */
export async function withFolderOf<T>(out: string, run: () => Promise<T>): Promise<T> {
  const folder = dirname(resolve(out));
  // Whatever the reason, the run says what is wrong with the folder.
  const isMade = await mkdir(folder).then(
    () => true,
    () => false,
  );
  if (!isMade) return await run();
  try {
    await syncFolders([dirname(folder)]);
    return await run();
  } catch (error) {
    await rmdir(folder).catch(() => undefined);
    throw error;
  }
}
