/**
 * An output may not be a file of the checkpoint that its tensors are kept of, whichever links lead to it: it would be replaced, and a run that
 * resumes would read what it has written.
 * @module
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ValueError } from '../../base/errors.js';
import { shortenPath } from '../../base/wording.js';
import type { Layout } from '../format/layout.js';
import type { CheckpointSource } from '../read/checkpoint-source.js';

/**
 * @param source  the checkpoint that the output is like, if there is one
 * @param folder  of the output
 * @throws {ValueError} BAD_OPTION
 */
export async function refuseSource(
  source: CheckpointSource | undefined,
  { files, index, kept }: Pick<Layout, 'files' | 'index' | 'kept'>,
  folder: string,
): Promise<void> {
  if (source === undefined || kept.size === 0) return;
  const { files: stored, indexPath } = await source.openFiles();
  const paths = [...stored.map(({ path }) => path), ...(indexPath === undefined ? [] : [indexPath])];
  const taken = new Set(await Promise.all(paths.map(numberOf)));
  for (const { name } of [...files, ...(index ? [index] : [])]) {
    const path = join(folder, name);
    const number = await numberOf(path);
    if (number === undefined || !taken.has(number)) continue;
    const found = `writeCheckpoint: the output ${shortenPath(path)} is a file of ${source.label}, from which tensors are kept.`;
    throw new ValueError('BAD_OPTION', found, 'Name another file, or write into another folder.');
  }
}

/** Device and inode of a file, through links; undefined if there is none. */
const numberOf = (path: string): Promise<string | undefined> =>
  stat(path, { bigint: true }).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => undefined,
  );
