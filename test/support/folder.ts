/** A folder of its own for a test, removed after it. */
import { accessSync, constants, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];

/** Called after each test (setup.ts). */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export function makeFolder(parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, 'jumpfill-test-'));
  folders.push(folder);
  return folder;
}

export const listFolder = (folder: string): string[] => readdirSync(folder).sort();

/** In memory if the system has such a folder: for tests with thousands of small files whose syncs would keep a disk busy. */
export const makeQuickFolder = (): string => makeFolder(isWritable('/dev/shm') ? '/dev/shm' : undefined);

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
