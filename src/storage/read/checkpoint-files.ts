/**
 * The files of one checkpoint: a safetensors file, or those that an index names.
 * @module
 */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { FILE_ENDING, INDEX_ENDING } from '../../domain/partition/shards.js';
import { listNames, shortenPath } from '../../base/wording.js';
import { requireLittleEndian } from '../../engine/host/platform.js';
import { ValueError } from '../../base/errors.js';
import { escapeControls } from '../../text/printable.js';
import { errorCode, reasonOf } from '../files/io-errors.js';
import { readIndex } from '../format/index-reader.js';
import { readHeader } from './safetensors-reader.js';
import type { StoredFile, StoredTensor } from '../format/stored.js';

export interface CheckpointFiles {
  /** As it was asked for, absolute: a file, an index or a folder. */
  readonly path: string;
  /** Absolute; undefined of a checkpoint of one file. */
  readonly indexPath: string | undefined;
  /** What all files say alike in `__metadata__`. */
  readonly metadata: ReadonlyMap<string, string>;
  /** In the order of their names. */
  readonly files: readonly StoredFile[];
  /** By name, in the order of the files. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Tensors that the index names and their files do not hold, each with that file's name. */
  readonly lost: ReadonlyMap<string, string>;
  /** What the files hold and the index does not name is not read, and not passed over in silence. */
  readonly warnings: readonly string[];
}

export interface OpenFilesOptions {
  /** Go on without the tensors that the index names and the files do not hold. @defaultValue false */
  readonly allowLost?: boolean;
}

/** The file of a tensor. */
export function fileOf({ files }: CheckpointFiles, { path, name }: StoredTensor): StoredFile {
  const file = files.find((candidate) => candidate.path === path);
  if (file === undefined) throw new RangeError(`${name} is of no file of the checkpoint`);
  return file;
}

const USUAL_FILE = `model${FILE_ENDING}`;
const USUAL_INDEX = `model${INDEX_ENDING}`;

/** Headers that are read at once: more would only queue for Node's four threads. */
const READS_AT_ONCE = 8;

const refuse = (found: string, remedy: string): ValueError => new ValueError('BAD_CHECKPOINT', found, remedy);

/**
 * Finds and checks every file of a checkpoint; no tensor is read.
 * @param path  a safetensors file, an index, or a folder that holds one checkpoint
 * @throws {ValueError} BAD_CHECKPOINT
 * @throws {JumpfillError} IO_FAILED, UNSUPPORTED_PLATFORM
 */
export async function openCheckpointFiles(
  path: string,
  { allowLost = false }: OpenFilesOptions = {},
): Promise<CheckpointFiles> {
  requireLittleEndian();
  const absolute = resolve(path);
  const found = (await isFolder(absolute)) ? await findInFolder(absolute) : absolute;
  if (found.endsWith(INDEX_ENDING)) {
    const checkpoint = await openIndexed(absolute, found);
    if (!allowLost) refuseLost(found, checkpoint.lost);
    return checkpoint;
  }
  const file = await readHeader(found);
  const tensors = new Map(file.tensors.map((tensor) => [tensor.name, tensor]));
  const { metadata } = file;
  return {
    path: absolute,
    indexPath: undefined,
    metadata,
    files: [file],
    tensors,
    lost: new Map(),
    warnings: [],
  };
}

/** False of what is not there: opening it will say so. */
const isFolder = async (path: string): Promise<boolean> =>
  await stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );

/** The one file or index of a folder that makes a checkpoint. */
async function findInFolder(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    const found = `${shortenPath(folder)} cannot be read: ${reasonOf(cause)}.`;
    throw new ValueError('BAD_CHECKPOINT', found, 'Name a file in it.', { cause });
  });
  // Links are taken for files: opening one will tell.
  const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  const usual = names.filter((name) => name === USUAL_INDEX || name === USUAL_FILE);
  const indices = names.filter((name) => name.endsWith(INDEX_ENDING));
  const files = names.filter((name) => name.endsWith(FILE_ENDING));
  // A single file of an index's name is another checkpoint, older or newer.
  const namesakes = files.filter((name) => indices.includes(name.replace(FILE_ENDING, INDEX_ENDING)));
  const groups = [usual, [...indices, ...namesakes], files];
  const candidates = groups.find((group) => group.length > 0) ?? [];
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return join(folder, only);
  const index = await findIndexOfOne(folder, candidates);
  if (index !== undefined) return join(folder, index);
  throw refuse(
    `${folder} holds ${describeFolder(candidates, entries)}.`,
    'Name the file or the index that is meant.',
  );
}

/** The index of a single file beside that file, as MLX writes them: one checkpoint, not two. */
async function findIndexOfOne(folder: string, candidates: readonly string[]): Promise<string | undefined> {
  const index = candidates.find((name) => name.endsWith(INDEX_ENDING));
  const [file, ...others] = candidates.filter((name) => name !== index);
  if (index === undefined || file === undefined || others.length > 0) return undefined;
  const places = await readIndex(join(folder, index)).catch(() => undefined);
  const named = new Set(places?.values());
  return named.size === 1 && named.has(file) ? index : undefined;
}

function describeFolder(candidates: readonly string[], entries: readonly Dirent[]): string {
  if (candidates.length > 0) return `${candidates.length} checkpoints: ${listNames([...candidates].sort())}`;
  const all = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
  return all.length === 0 ? 'nothing' : `no safetensors file and no index, but ${listNames(all.sort())}`;
}

async function openIndexed(path: string, indexPath: string): Promise<CheckpointFiles> {
  const places = await readIndex(indexPath);
  const names = [...new Set(places.values())].sort();
  const files = await readHeaders(indexPath, names);
  const tensors = collectTensors(places, names, files);
  const lost = new Map([...places].filter(([name]) => !tensors.has(name)));
  const warnings = warnOfUnnamed(places, names, files);
  return { path, indexPath, metadata: commonMetadata(files), files, tensors, lost, warnings };
}

async function readHeaders(indexPath: string, names: readonly string[]): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  const missing: string[] = [];
  const queue = names.entries();
  const readNext = async (): Promise<void> => {
    for (const [i, name] of queue) {
      const file = await readHeader(join(dirname(indexPath), name)).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
        missing.push(name);
      });
      if (file) files[i] = file;
    }
  };
  await Promise.all(Array.from({ length: READS_AT_ONCE }, readNext));
  if (missing.length === 0) return files;
  const found = `${indexPath} names ${names.length} files, of which ${missing.length} are missing: ${listNames(missing.sort())}.`;
  throw refuse(found, 'Get the rest of the checkpoint.');
}

function isMissing(error: unknown): boolean {
  const code = error instanceof ValueError ? errorCode(error.cause) : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** The tensors of the index, each from the file where the index has it. */
function collectTensors(
  places: ReadonlyMap<string, string>,
  names: readonly string[],
  files: readonly StoredFile[],
): ReadonlyMap<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const [i, file] of files.entries()) {
    for (const tensor of file.tensors)
      if (places.get(tensor.name) === names[i]) tensors.set(tensor.name, tensor);
  }
  return tensors;
}

function refuseLost(indexPath: string, lost: CheckpointFiles['lost']): void {
  if (lost.size === 0) return;
  const listed = [...lost].map(([name, file]) => `${name} in ${file}`).sort();
  const found = `${indexPath} names ${lost.size} tensors that their files do not hold: ${listNames(listed)}.`;
  throw refuse(found, 'The index and the files are not of one checkpoint: get them again.');
}

/** Loaders differ: some take every tensor of a file, others those that the index names. */
function warnOfUnnamed(
  places: ReadonlyMap<string, string>,
  names: readonly string[],
  files: readonly StoredFile[],
): string[] {
  return files.flatMap(({ path, tensors }, i) => {
    const unnamed = tensors.filter(({ name }) => places.get(name) !== names[i]).map(({ name }) => name);
    if (unnamed.length === 0) return [];
    const [what, end] =
      unnamed.length === 1
        ? ['a tensor', 'It is not read.']
        : [`${unnamed.length} tensors`, 'They are not read.'];
    const where = `${escapeControls(path)} holds ${what} that the index does not name there`;
    return [`${where}: ${listNames(unnamed)}. ${end}`];
  });
}

function commonMetadata(files: readonly StoredFile[]): ReadonlyMap<string, string> {
  const [first, ...others] = files;
  const entries = [...(first?.metadata ?? [])];
  return new Map(
    entries.filter(([key, value]) => others.every(({ metadata }) => metadata.get(key) === value)),
  );
}
