/**
 * Makes the names in folders durable.
 * @module
 */
import { open } from 'node:fs/promises';

/** Does nothing where folders cannot be synced, as on Windows. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** Syncs one folder after another. */
export async function syncFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders) await syncFolder(folder);
}
