/**
 * Makes one checkpoint of the shards that parts have written: checks that all exist and belong together, then writes the index.
 * @module
 */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import {
  INDEX_ENDING,
  INDEX_SUFFIX,
  isShardName,
  nameShards,
  shardCountOf,
  wholeNameOf,
} from '../../domain/partition/shards.js';
import type { GeneratorName } from '../../domain/streams/generators.js';
import { at } from '../../base/at.js';
import { checkBoolean } from '../../base/option-checks.js';
import { checkKeys, listNames, shortenPath, show } from '../../base/wording.js';
import { requireLittleEndian } from '../../engine/host/platform.js';
import { JumpfillError, ValueError } from '../../base/errors.js';
import { encodeIndex, totalsOf, type IndexEntry, type Totals } from '../format/index-file.js';
import { readFileRecipe } from '../read/file-recipe.js';
import { checkShardSet, isShard, type ShardRecipe } from '../read/shard-set.js';
import { readHeader, type StoredFile } from '../read/stored-file.js';
import { withOutputLock, holdsBytes, publishBytes } from './atomic-file.js';
import { checkFolder, checkOutputName, checkOut } from './output-checks.js';
import { readFolderUse } from '../lock/divisions.js';
import type { WorkFolder } from '../lock/work-folder.js';
import { partOfFolder } from '../lock/work-names.js';

export interface MergeCheckpointOptions {
  /** The parts' own `out`: the shards' names are made from it. */
  readonly out: string;
  /** Replace an index with other contents. @defaultValue false */
  readonly force?: boolean | undefined;
}

export interface MergeReport {
  /** Absolute. */
  readonly indexPath: string;
  readonly files: readonly { readonly path: string; readonly byteLength: number }[];
  readonly tensorCount: number;
  /** Bytes of all tensors: the index's `total_size`. */
  readonly totalSize: number;
  readonly generator: GeneratorName;
  /** In decimal digits. */
  readonly seed: string;
}

const refuse = (found: string, remedy: string): ValueError => new ValueError('BAD_CHECKPOINT', found, remedy);

/**
 * Reads headers only: verifying checks the tensors' bytes.
 * @throws {ValueError} BAD_CHECKPOINT: shards are missing or belong to different checkpoints
 * @throws {JumpfillError} OUTPUT_UNFINISHED, OUTPUT_LOCKED: a part, or a run that writes all shards, is unfinished or running; LOCK_LOST,
 *   OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE, IO_FAILED, UNSUPPORTED_PLATFORM
 */
export async function mergeCheckpoint(options: MergeCheckpointOptions): Promise<MergeReport> {
  requireLittleEndian();
  checkKeys(options, ['out', 'force'], 'mergeCheckpoint', 'BAD_OPTION');
  const { force = false } = options;
  checkBoolean(force, 'mergeCheckpoint: force');
  const path = resolve(withoutSuffix(checkOut(options.out, 'mergeCheckpoint')));
  await refuseFolder(path);
  await checkFolder(dirname(path));
  // Before the lock, which would stop parts from starting: merging too early is a common mistake.
  await findShards(dirname(path), basename(path));
  // While the output is locked no part starts, so no shard changes between the check and the index.
  return await withOutputLock(path, (work) => mergeLocked(work, path, force));
}

async function mergeLocked(work: WorkFolder, path: string, force: boolean): Promise<MergeReport> {
  const folder = dirname(path);
  const names = await findShards(folder, basename(path));
  await refuseParts(folder, basename(path), work.lock.takenAt);
  const files = await Promise.all(names.files.map((name) => readHeader(join(folder, name))));
  const recipes = files.map(readShardRecipe);
  checkShardSet(path, recipes);
  checkFileNames(recipes);
  const stored = files.flatMap((file) =>
    file.tensors.map((tensor) => ({ ...tensor, file: basename(file.path) })),
  );
  const totals = totalsOf(stored);
  const indexPath = join(folder, names.index);
  const entries = stored.map(({ name, file }): IndexEntry => [name, file]);
  await writeIndex(work, indexPath, entries, totals, force);
  return {
    indexPath,
    files: files.map(({ path: file, byteLength }) => ({ path: file, byteLength })),
    tensorCount: stored.length,
    totalSize: totals.byteLength,
    generator: at(recipes, 0).generator,
    seed: String(at(recipes, 0).seed),
  };
}

/** @throws {ValueError} BAD_OPTION: the folder of the shards, not the file that they are named after */
async function refuseFolder(path: string): Promise<void> {
  const names = await readdir(path).catch(() => undefined);
  if (names === undefined) return;
  const whole = wholeNameOf(names.find(isShardName) ?? 'model.safetensors');
  const found = `${shortenPath(path)} is a folder.`;
  throw new ValueError(
    'BAD_OPTION',
    found,
    `Name the file that its shards are named after: ${join(path, whole)}`,
  );
}

/** @throws {JumpfillError} OUTPUT_LOCKED: a part is running; OUTPUT_UNFINISHED: one has stopped before its end */
async function refuseParts(folder: string, fileName: string, now: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const part = partOfFolder(name, fileName);
    if (part === undefined) continue;
    const { isRun, locked } = await readFolderUse(join(folder, fileName), part, now);
    if (locked) throw locked;
    if (!isRun) continue;
    const found = `A part of ${show(fileName)} in ${folder} is unfinished: ${name}.`;
    throw new JumpfillError('OUTPUT_UNFINISHED', found, 'Finish it with `resume`, then merge.');
  }
}

/** The name of the index is accepted for the output, too. */
const withoutSuffix = (out: string): string =>
  out.endsWith(INDEX_ENDING) ? out.slice(0, -INDEX_SUFFIX.length) : out;

/** The names of all shards and of their index; every shard exists. */
async function findShards(
  folder: string,
  fileName: string,
): Promise<{ files: readonly string[]; index: string }> {
  const present = new Set(await readdir(folder));
  const counts = new Set([...present].flatMap((name) => shardCountOf(name, fileName) ?? []));
  const [count] = counts;
  if (count === undefined) {
    const found = `${folder} holds no shard of ${show(fileName)}, such as model-00001-of-00002.safetensors of model.safetensors.`;
    throw present.has(fileName)
      ? refuse(
          `${folder} holds ${show(fileName)} as one file, and no shard of it.`,
          'One file needs no merging.',
        )
      : refuse(found, 'Pass the `out` of the parts.');
  }
  if (counts.size > 1) {
    const found = `${folder} holds shards of ${counts.size} checkpoints: one of ${[...counts].join(' shards, one of ')} shards.`;
    throw refuse(found, 'Move the shards of all but one of them elsewhere.');
  }
  const { files, index } = nameShards(fileName, count);
  const missing = files.filter((name) => !present.has(name));
  if (missing.length > 0 || index === undefined)
    throw refuseMissing(folder, fileName, missing, count, present);
  return { files, index };
}

function refuseMissing(
  folder: string,
  fileName: string,
  missing: readonly string[],
  count: number,
  present: ReadonlySet<string>,
): ValueError {
  const unfinished = [...present].filter((name) => partOfFolder(name, fileName) !== undefined);
  const hint = unfinished.length === 0 ? '' : ` Unfinished parts: ${listNames(unfinished)}.`;
  const found = `${folder} lacks ${missing.length} of ${count} shards: ${listNames(missing)}.${hint}`;
  return refuse(found, 'Write the parts that are missing; finish unfinished ones with `resume`.');
}

function readShardRecipe(file: StoredFile): ShardRecipe {
  const recipe = readFileRecipe(file);
  if (recipe && recipe.omitted.length > 0) {
    throw refuse(
      `${file.path} lacks ${recipe.omitted.length} of its tensors: ${listNames(recipe.omitted)}.`,
      'Another program saved it without them: write it again.',
    );
  }
  if (recipe && isShard(recipe)) return recipe;
  throw refuse(
    `${file.path} does not record which checkpoint it is a shard of.`,
    'Only shards that jumpfill wrote can be merged.',
  );
}

/** Each shard has the name of its number. */
function checkFileNames(recipes: readonly ShardRecipe[]): void {
  for (const [i, { file, shard }] of recipes.entries()) {
    if (shard.shard === i + 1) continue;
    throw refuse(
      `${file.path} records that it is shard ${shard.shard} of ${shard.shards}.`,
      'It was renamed: restore its name.',
    );
  }
}

async function writeIndex(
  work: WorkFolder,
  indexPath: string,
  entries: readonly IndexEntry[],
  totals: Totals,
  force: boolean,
): Promise<void> {
  const bytes = encodeIndex(entries, totals);
  // Merging twice changes nothing. 0.4 left out the number of elements.
  const equivalent = [bytes, encodeIndex(entries, { byteLength: totals.byteLength })];
  for (const same of equivalent) if (await holdsBytes(indexPath, same)) return;
  await checkOutputName(indexPath, force);
  await publishBytes(work, bytes, indexPath, force);
}
