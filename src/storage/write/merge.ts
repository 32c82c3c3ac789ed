/**
 * Makes one checkpoint of shards that parts have written: checks that all are there and are of one whole, then writes the index.
 * @module
 */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { INDEX_ENDING, INDEX_SUFFIX, nameShards, shardCountOf } from '../../domain/partition/shards.js';
import { checkKeys, listNames, show } from '../../base/wording.js';
import { requireLittleEndian } from '../../engine/host/platform.js';
import { JumpfillError, ValueError } from '../../base/errors.js';
import { formatIndex, totalsOf, type IndexEntry, type Totals } from '../format/index-text.js';
import { checkOneWhole, isShard, type ShardRecipe } from '../read/shard-set.js';
import { checkFolder, checkName, checkOut } from './output-checks.js';
import { readHeader } from '../read/safetensors-reader.js';
import type { StoredFile } from '../format/stored.js';
import { readFileRecipe } from '../format/file-recipe.js';
import { withOutputLock, holdsBytes, publishBytes } from './atomic-file.js';
import { isPartFolder, readUse, type WorkFolder } from '../lock/work-folder.js';

export interface MergeCheckpointOptions {
  /** What the parts were given: the path that the shards' names are made of. */
  readonly out: string;
  /** Replace an index that is there and says something else. @defaultValue false */
  readonly force?: boolean | undefined;
}

export interface MergeReport {
  /** Absolute. */
  readonly indexPath: string;
  readonly files: readonly { readonly path: string; readonly byteLength: number }[];
  readonly tensorCount: number;
  /** Of the tensors: the index's `total_size`. */
  readonly totalSize: number;
  readonly seed: bigint;
}

const refuse = (found: string, remedy: string): ValueError => new ValueError('BAD_CHECKPOINT', found, remedy);

/**
 * Reads headers only: whether the tensors' bytes are right is for verify to say.
 * @throws {ValueError} BAD_CHECKPOINT: shards are missing, or not of one checkpoint
 * @throws {JumpfillError} OUTPUT_UNFINISHED, OUTPUT_LOCKED: a part, or the whole, is unfinished or still at work; LOCK_LOST, OUTPUT_EXISTS,
 *   OUTPUT_NOT_WRITABLE, IO_FAILED, UNSUPPORTED_PLATFORM
 */
export async function mergeCheckpoint(options: MergeCheckpointOptions): Promise<MergeReport> {
  requireLittleEndian();
  checkKeys(options, ['out', 'force'], 'mergeCheckpoint', 'BAD_OPTION');
  const { force = false } = options;
  const path = resolve(withoutSuffix(checkOut(options.out, 'mergeCheckpoint')));
  await checkFolder(dirname(path));
  // Before anybody is kept from anything: merging too early is a common mistake.
  await findShards(dirname(path), basename(path));
  // Whoever holds the place of the whole keeps parts from beginning: no shard is replaced between the look and the index.
  return await withOutputLock(path, (work) => mergeInPlace(work, path, force));
}

async function mergeInPlace(work: WorkFolder, path: string, force: boolean): Promise<MergeReport> {
  const folder = dirname(path);
  const names = await findShards(folder, basename(path));
  await refuseParts(folder, basename(path), work.lock.takenAt);
  const files = await Promise.all(names.files.map((name) => readHeader(join(folder, name))));
  const recipes = files.map(readShardRecipe);
  checkOneWhole(path, recipes);
  checkPlaces(recipes);
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
    seed: recipes[0]?.seed ?? 0n,
  };
}

/** @throws {JumpfillError} OUTPUT_LOCKED: one is at work; OUTPUT_UNFINISHED: one is not, and not finished */
async function refuseParts(folder: string, fileName: string, now: number): Promise<void> {
  const parts = (await readdir(folder)).filter((name) => isPartFolder(name, fileName));
  for (const part of parts) {
    const { isRun, locked } = await readUse(join(folder, part), now);
    if (locked) throw locked;
    if (!isRun) continue;
    const found = `A part of ${show(fileName)} in ${folder} is unfinished: ${part}.`;
    throw new JumpfillError('OUTPUT_UNFINISHED', found, 'Finish it with --resume, then merge.');
  }
}

/** Whoever names the index means the same. */
const withoutSuffix = (out: string): string =>
  out.endsWith(INDEX_ENDING) ? out.slice(0, -INDEX_SUFFIX.length) : out;

/** The names of all shards, all of which are there. */
async function findShards(
  folder: string,
  fileName: string,
): Promise<{ files: readonly string[]; index: string }> {
  const there = new Set(await readdir(folder));
  const counts = new Set([...there].flatMap((name) => shardCountOf(name, fileName) ?? []));
  const [count] = counts;
  if (count === undefined) {
    const found = `${folder} holds no shard of ${show(fileName)}, such as model-00001-of-00002.safetensors of model.safetensors.`;
    throw refuse(
      found,
      'Pass the --out that the parts were given. A checkpoint of one file needs no merging.',
    );
  }
  if (counts.size > 1) {
    const found = `${folder} holds shards of ${counts.size} checkpoints: of ${[...counts].join(' and of ')} shards.`;
    throw refuse(found, 'Move those of one of them elsewhere.');
  }
  const { files, index } = nameShards(fileName, count);
  const missing = files.filter((name) => !there.has(name));
  if (missing.length > 0 || index === undefined) throw refuseMissing(folder, fileName, missing, count, there);
  return { files, index };
}

function refuseMissing(
  folder: string,
  fileName: string,
  missing: readonly string[],
  count: number,
  there: ReadonlySet<string>,
): ValueError {
  const unfinished = [...there].filter((name) => isPartFolder(name, fileName));
  const hint = unfinished.length === 0 ? '' : ` Unfinished parts: ${listNames(unfinished)}.`;
  const found = `${folder} lacks ${missing.length} of ${count} shards: ${listNames(missing)}.${hint}`;
  return refuse(found, 'Write the parts that they are of, with --resume those that were begun.');
}

function readShardRecipe(file: StoredFile): ShardRecipe {
  const recipe = readFileRecipe(file);
  if (recipe && recipe.lost.length > 0) {
    throw refuse(
      `${file.path} lacks ${recipe.lost.length} of its tensors: ${listNames(recipe.lost)}.`,
      'It was saved again without them: write it again.',
    );
  }
  if (recipe && isShard(recipe)) return recipe;
  throw refuse(
    `${file.path} does not say which checkpoint it is a shard of.`,
    "Only jumpfill's shards can be merged.",
  );
}

/** Each in its place. */
function checkPlaces(recipes: readonly ShardRecipe[]): void {
  for (const [i, { file, shard }] of recipes.entries()) {
    if (shard.shard === i + 1) continue;
    throw refuse(
      `${file.path} says that it is shard ${shard.shard} of ${shard.shards}.`,
      'It was renamed: give it its name again.',
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
  const bytes = formatIndex(entries, totals);
  // Merging twice changes nothing; what 0.4 has merged says the same.
  const same = [bytes, formatIndex(entries, { byteLength: totals.byteLength })];
  for (const text of same) if (await holdsBytes(indexPath, text)) return;
  await checkName(indexPath, force);
  await publishBytes(work, bytes, indexPath, force);
}
