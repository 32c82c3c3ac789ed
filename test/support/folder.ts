/** A folder of its own for a test, removed after it. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'jumpfill-test-'));
  folders.push(folder);
  return folder;
}

export const listFolder = (folder: string): string[] => readdirSync(folder).sort();
