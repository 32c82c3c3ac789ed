/**
 * Finds the file or index that a path stands for: itself, or the one checkpoint in a folder.
 * @module
 */
import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { ValueError } from '../../base/errors.js';
import { listNames, shortenPath } from '../../base/wording.js';
import { FILE_ENDING, INDEX_ENDING, isShardName, wholeNameOf } from '../../domain/partition/shards.js';
import { reasonOf } from '../files/io-errors.js';
import { readIndex, type WeightMap } from '../format/index-file.js';

/** The names that most programs expect. */
const USUAL_FILE = `model${FILE_ENDING}`;
const USUAL_INDEX = `model${INDEX_ENDING}`;

/**
 * @param path  absolute
 * @returns     of a folder, its one checkpoint: the first of these groups that is not empty must have one member:
 *   model.safetensors and its index; indices, and files that are called like one; files. Any other path, itself
 * @throws {ValueError} BAD_CHECKPOINT: a folder that cannot be read, or that holds none or several
 */
export async function findCheckpoint(path: string): Promise<string> {
  return (await isFolder(path)) ? join(path, await findInFolder(path)) : path;
}

/** False for what does not exist: opening it gives the error. */
const isFolder = async (path: string): Promise<boolean> =>
  await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );

async function findInFolder(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    const found = `${shortenPath(folder)} cannot be read: ${reasonOf(cause)}.`;
    throw new ValueError('BAD_CHECKPOINT', found, 'Name a file in it.', { cause });
  });
  const listed = entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
  return await chooseCheckpoint(folder, listed, (index) => readIndex(join(folder, index)));
}

/** What a folder holds; links count as files: opening one shows what it is. */
export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/**
 * The one checkpoint of a folder, on a disk or elsewhere.
 * @param folder         for messages
 * @param readWeightMap  of an index in it
 * @throws {ValueError} BAD_CHECKPOINT: none or several, or shards without their index
 */
export async function chooseCheckpoint(
  folder: string,
  entries: readonly FolderEntry[],
  readWeightMap: (index: string) => Promise<WeightMap>,
): Promise<string> {
  const candidates = findCandidates(entries);
  const [only, ...others] = candidates;
  if (only !== undefined && isShardName(only)) throw refuseShards(folder, candidates);
  if (only !== undefined && others.length === 0) return only;
  const index = await findIndexOfSingle(candidates, readWeightMap);
  if (index !== undefined) return index;
  throw new ValueError(
    'BAD_CHECKPOINT',
    `${folder} holds ${describeFolder(candidates, entries)}.`,
    'Name the file or the index.',
  );
}

/** Without an index, nothing says which tensors are missing: a model must not shrink because a download was cut short. */
function refuseShards(folder: string, shards: readonly string[]): ValueError {
  const found = `${folder} holds shards and no index: ${listNames([...shards].sort())}.`;
  const [first = ''] = shards;
  // Only on a disk may they be those of a job.
  const merge = isAbsolute(folder)
    ? ` If parts of a job write them, merge them once all are done: jumpfill merge ${join(folder, wholeNameOf(first))}`
    : '';
  return new ValueError('BAD_CHECKPOINT', found, `Get the rest of the checkpoint, or name one file.${merge}`);
}

function findCandidates(entries: readonly FolderEntry[]): readonly string[] {
  const names = entries.filter(({ isFolder }) => !isFolder).map(({ name }) => name);
  const usual = names.filter((name) => name === USUAL_INDEX || name === USUAL_FILE);
  const indices = names.filter((name) => name.endsWith(INDEX_ENDING));
  const files = names.filter((name) => name.endsWith(FILE_ENDING));
  // A single file of an index's name is another checkpoint, older or newer.
  const namesakes = files.filter((name) => indices.includes(name.replace(FILE_ENDING, INDEX_ENDING)));
  const groups = [usual, [...indices, ...namesakes], files];
  return groups.find((group) => group.length > 0) ?? [];
}

/** The index of a single file that lies beside it, as MLX writes them: one checkpoint, not two. */
async function findIndexOfSingle(
  candidates: readonly string[],
  readWeightMap: (index: string) => Promise<WeightMap>,
): Promise<string | undefined> {
  const index = candidates.find((name) => name.endsWith(INDEX_ENDING));
  const [file, ...others] = candidates.filter((name) => name !== index);
  if (index === undefined || file === undefined || others.length > 0) return undefined;
  const weightMap = await readWeightMap(index).catch(() => undefined);
  const named = new Set(weightMap?.values());
  return named.size === 1 && named.has(file) ? index : undefined;
}

function describeFolder(candidates: readonly string[], entries: readonly FolderEntry[]): string {
  if (candidates.length > 0) return `${candidates.length} checkpoints: ${listNames([...candidates].sort())}`;
  const all = entries.map(({ name, isFolder }) => (isFolder ? `${name}/` : name));
  return all.length === 0 ? 'nothing' : `no safetensors file and no index, but ${listNames(all.sort())}`;
}
