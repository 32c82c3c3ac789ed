/**
 * Makes the names in a folder durable.
 * @module
 */
import { open } from 'node:fs/promises';

/** Where folders cannot be synced, as on Windows, nothing happens. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
