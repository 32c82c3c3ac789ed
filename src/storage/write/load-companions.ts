/**
 * The companion files that a run would copy: read from beside the checkpoint that it is like, and compared with what is there.
 * @module
 */
import { basename, join } from 'node:path';
import { ValueError } from '../../base/errors.js';
import type { Companion } from '../companions/read-companions.js';
import { holdsBytes } from './atomic-file.js';
import { isThere } from './output-checks.js';
import type { ResolvedContents } from './resolve-model.js';

export interface PlannedCompanion {
  readonly name: string;
  readonly byteLength: number;
  /** What has the name in the output's folder: writeCheckpoint keeps the same bytes, and refuses others without `force`. */
  readonly found: 'nothing' | 'same' | 'other';
}

export interface LoadedCompanions {
  readonly files: readonly Companion[];
  readonly warnings: readonly string[];
}

/** @throws {ValueError} BAD_OPTION */
export function requireLike(where: string, withConfig: unknown, like: unknown): void {
  if (withConfig !== true || like !== undefined) return;
  const found = `${where}: withConfig copies the files beside the checkpoint of \`like\`, and there is none.`;
  throw new ValueError('BAD_OPTION', found, 'Pass `like` as well, or leave out `withConfig`.');
}

/**
 * @param path  of the output
 * @throws {ValueError} BAD_CHECKPOINT, TOO_LARGE
 * @throws {JumpfillError} IO_FAILED
 */
export async function loadCompanions(
  { source, tensors }: Pick<ResolvedContents, 'source' | 'tensors'>,
  withConfig: boolean | undefined,
  path: string,
): Promise<LoadedCompanions | undefined> {
  if (!withConfig || source === undefined) return undefined;
  const { readCompanions } = await import('../companions/read-companions.js');
  const { warnOfConfigs } = await import('../companions/config-warnings.js');
  const { files, configs } = await readCompanions(source);
  const { tensors: stored } = await source.openFiles();
  return { files, warnings: warnOfConfigs(configs, tensors, stored, basename(path)) };
}

/** What a run would find under the names. */
export const planCompanions = (folder: string, files: readonly Companion[]): Promise<PlannedCompanion[]> =>
  Promise.all(
    files.map(async ({ name, bytes }): Promise<PlannedCompanion> => {
      const path = join(folder, name);
      const byteLength = bytes.length;
      if (!(await isThere(path))) return { name, byteLength, found: 'nothing' };
      return { name, byteLength, found: (await holdsBytes(path, bytes)) ? 'same' : 'other' };
    }),
  );
