/**
 * A checkpoint of any size for readers of headers: real headers and a real index, with holes instead of tensors.
 * @module
 */
import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { at } from '#built/base/at.js';
import type { Layout, ShardFile } from '#built/storage/format/layout.js';

/** The errors of file systems without sparse files. */
const REFUSALS: readonly unknown[] = ['EFBIG', 'ENOSPC', 'EINVAL'];

/** @returns path of the index, or of the only file; undefined where the file system has no such files */
export function writeSparseCheckpoint({ files, index }: Layout, folder: string): string | undefined {
  try {
    for (const file of files) writeSparseFile(file, folder);
  } catch (error) {
    if (REFUSALS.includes((error as NodeJS.ErrnoException).code)) return undefined;
    throw error;
  }
  const path = join(folder, index?.name ?? at(files, 0).name);
  if (index) writeFileSync(path, index.bytes);
  return path;
}

function writeSparseFile({ name, header, byteLength }: ShardFile, folder: string): void {
  const descriptor = openSync(join(folder, name), 'wx');
  try {
    writeSync(descriptor, header);
    ftruncateSync(descriptor, byteLength);
  } finally {
    closeSync(descriptor);
  }
}
