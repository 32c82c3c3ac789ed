/**
 * Checks of companion files before a byte is written: whether they can get their names, and what they would lie beside.
 * @module
 */
import { dirname, join } from 'node:path';
import { JumpfillError } from '../../base/errors.js';
import type { Companion } from '../companions/read-companions.js';
import type { Layout } from '../format/layout.js';
import { holdsBytes } from './atomic-file.js';
import { checkOutputName, isThere, outputExists } from './output-checks.js';
import { describeOlderFiles } from './output-warnings.js';

/** The files that a folder does not have byte for byte. A link does not count: what it leads to may change. */
export async function findAbsent(folder: string, files: readonly Companion[]): Promise<readonly Companion[]> {
  const same = await Promise.all(files.map(({ name, bytes }) => holdsBytes(join(folder, name), bytes)));
  return files.filter((_, i) => same[i] !== true);
}

interface CheckedOutput {
  /** Absolute path of the file, or what the shards' names are made of. */
  readonly path: string;
  readonly companions: readonly Companion[];
  readonly force: boolean;
}

/**
 * Checks that every companion file has its name already or can get it.
 * @throws {JumpfillError} OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE
 */
export async function checkCompanions(
  { path, companions, force }: CheckedOutput,
  layout: Layout,
): Promise<void> {
  const folder = dirname(path);
  const absent = await findAbsent(folder, companions);
  for (const { name } of absent) await checkName(join(folder, name), force);
  const older = absent.length === 0 ? undefined : await describeOlderFiles(path, layout);
  if (older === undefined) return;
  // Not even with force: nothing of this run replaces those weights, and a config.json that is not theirs would open them.
  const remedy = 'Loaders may take those for what is written: remove them, or write into another folder.';
  throw new JumpfillError('OUTPUT_EXISTS', older, remedy);
}

async function checkName(path: string, force: boolean): Promise<void> {
  // Not even force replaces a folder or a device.
  await checkOutputName(path, true);
  if (force || !(await isThere(path))) return;
  throw outputExists(path, ', with other content than the file that `withConfig` copies');
}
