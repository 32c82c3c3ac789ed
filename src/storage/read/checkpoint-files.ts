/**
 * The files of one checkpoint: a safetensors file, or those that an index names. No tensor is read.
 * @module
 */
import { basename, dirname, join, resolve } from 'node:path';
import { at } from '../../base/at.js';
import { ValueError } from '../../base/errors.js';
import { listNames } from '../../base/wording.js';
import { INDEX_ENDING } from '../../domain/partition/shards.js';
import { requireLittleEndian } from '../../engine/host/platform.js';
import { escapeControls } from '../../text/printable.js';
import { isGone } from '../files/io-errors.js';
import { readIndex, type WeightMap } from '../format/index-file.js';
import { findCheckpoint } from './find-checkpoint.js';
import { readHeader, type StoredFile, type StoredTensor } from './stored-file.js';

export interface CheckpointFiles {
  /** The absolute path that the caller passed: of a file, an index or a folder. */
  readonly path: string;
  /** Absolute; undefined for a checkpoint of one file. */
  readonly indexPath: string | undefined;
  /** The entries of `__metadata__` that all files share. */
  readonly metadata: ReadonlyMap<string, string>;
  /** In the order of their names. */
  readonly files: readonly StoredFile[];
  /** The same, in the order in which the index first names them. */
  readonly listedFiles: readonly StoredFile[];
  /** By name, in the order of the files. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Tensors that the index names and their files lack, each with the file's name. */
  readonly absent: ReadonlyMap<string, string>;
  /** Tensors that the files hold and the index does not name: they are not read. */
  readonly warnings: readonly string[];
}

export interface OpenFilesOptions {
  /** Called before the first header and after each. */
  readonly onHeaders?: ((read: HeadersRead) => void) | undefined;
  /** Go on without the tensors that the index names and the files lack. @defaultValue false */
  readonly allowAbsent?: boolean;
}

/** The file of a tensor. */
export function fileOf({ files }: CheckpointFiles, { path, name }: StoredTensor): StoredFile {
  const file = files.find((candidate) => candidate.path === path);
  if (file === undefined) throw new RangeError(`${name} is in none of the checkpoint's files`);
  return file;
}

const refuse = (found: string, remedy: string): ValueError => new ValueError('BAD_CHECKPOINT', found, remedy);

/** Headers that were read, of those to read: the total is known once the index is. */
export interface HeadersRead {
  readonly doneFiles: number;
  readonly totalFiles: number;
}

/** The folder of a checkpoint, on a disk or elsewhere. */
export interface CheckpointFolder {
  /** The path or address of a file in it. */
  readonly pathOf: (name: string) => string;
  /** Throws a ValueError whose cause says that the file is gone (isGone), if it is. */
  readonly readHeader: (name: string) => Promise<StoredFile>;
  readonly readIndex: (name: string) => Promise<WeightMap>;
  /** Called before the first header and after each. */
  readonly onHeaders?: ((read: HeadersRead) => void) | undefined;
}

/**
 * Finds every file of a checkpoint and checks their headers.
 * @param path  a safetensors file, an index, or a folder that holds one checkpoint
 * @throws {ValueError} BAD_CHECKPOINT
 * @throws {JumpfillError} IO_FAILED, UNSUPPORTED_PLATFORM
 */
export async function openCheckpointFiles(
  path: string,
  options: OpenFilesOptions = {},
): Promise<CheckpointFiles> {
  requireLittleEndian();
  const absolute = resolve(path);
  const found = await findCheckpoint(absolute);
  const folder = dirname(found);
  const pathOf = (name: string): string => join(folder, name);
  return await openFilesIn(
    {
      pathOf,
      readHeader: (name) => readHeader(pathOf(name)),
      readIndex: (name) => readIndex(pathOf(name)),
      onHeaders: options.onHeaders,
    },
    basename(found),
    absolute,
    options,
  );
}

/**
 * Reads and checks the headers of the files of a checkpoint.
 * @param name  of its file or index, in the folder
 * @param path  that the caller passed
 * @throws {ValueError} BAD_CHECKPOINT
 * @throws {JumpfillError} IO_FAILED
 */
export async function openFilesIn(
  folder: CheckpointFolder,
  name: string,
  path: string,
  { allowAbsent = false }: OpenFilesOptions = {},
): Promise<CheckpointFiles> {
  if (!name.endsWith(INDEX_ENDING)) {
    folder.onHeaders?.({ doneFiles: 0, totalFiles: 1 });
    const file = await folder.readHeader(name);
    folder.onHeaders?.({ doneFiles: 1, totalFiles: 1 });
    return openSingle(path, file);
  }
  const checkpoint = await openIndexed(path, folder, name);
  if (!allowAbsent) refuseAbsent(folder.pathOf(name), checkpoint.absent);
  return checkpoint;
}

function openSingle(path: string, file: StoredFile): CheckpointFiles {
  const tensors = new Map(file.tensors.map((tensor) => [tensor.name, tensor]));
  const { metadata } = file;
  const files = [file];
  const listedFiles = files;
  return {
    path,
    indexPath: undefined,
    metadata,
    files,
    listedFiles,
    tensors,
    absent: new Map(),
    warnings: [],
  };
}

async function openIndexed(path: string, folder: CheckpointFolder, index: string): Promise<CheckpointFiles> {
  const weightMap = await folder.readIndex(index);
  const indexPath = folder.pathOf(index);
  const listed = [...new Set(weightMap.values())];
  const names = [...listed].sort();
  const files = await readHeaders(folder, indexPath, names);
  const byName = new Map(names.map((name, i) => [name, at(files, i)]));
  const listedFiles = listed.flatMap((name) => byName.get(name) ?? []);
  const tensors = collectTensors(weightMap, names, files);
  const absent = new Map([...weightMap].filter(([name]) => !tensors.has(name)));
  const warnings = warnOfUnnamed(weightMap, names, files);
  const metadata = commonMetadata(files);
  return { path, indexPath, metadata, files, listedFiles, tensors, absent, warnings };
}

/** From a disk more would only queue for Node's four file threads; a server may count more as an attack. */
const READS_AT_ONCE = 8;

/** Then the others are not looked for: the index of a server may name a million. */
const MOST_MISSING = 100;

async function readHeaders(
  { readHeader, onHeaders }: CheckpointFolder,
  indexPath: string,
  names: readonly string[],
): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  const missing: string[] = [];
  const queue = names.entries();
  let doneFiles = 0;
  onHeaders?.({ doneFiles, totalFiles: names.length });
  const readNext = async (): Promise<void> => {
    for (const [i, name] of queue) {
      if (missing.length > MOST_MISSING) return;
      const file = await readHeader(name).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
        missing.push(name);
      });
      if (file) files[i] = file;
      onHeaders?.({ doneFiles: ++doneFiles, totalFiles: names.length });
    }
  };
  await Promise.all(Array.from({ length: READS_AT_ONCE }, readNext));
  if (missing.length === 0) return files;
  const count = missing.length > MOST_MISSING ? `more than ${MOST_MISSING}` : missing.length;
  const areMissing = count === 1 ? '1 is missing' : `${count} are missing`;
  const found = `${indexPath} names ${names.length} files, and ${areMissing}: ${listNames(missing.sort())}.`;
  throw refuse(found, 'Get the rest of the checkpoint.');
}

const isMissing = (error: unknown): boolean => error instanceof ValueError && isGone(error.cause);

/** The tensors of the index, each from the file that it names. */
function collectTensors(
  weightMap: WeightMap,
  names: readonly string[],
  files: readonly StoredFile[],
): ReadonlyMap<string, StoredTensor> {
  const tensors = files.flatMap((file, i) =>
    file.tensors.filter(({ name }) => weightMap.get(name) === names[i]),
  );
  return new Map(tensors.map((tensor) => [tensor.name, tensor]));
}

function refuseAbsent(indexPath: string, absent: CheckpointFiles['absent']): void {
  if (absent.size === 0) return;
  const listed = [...absent].map(([name, file]) => `${name} in ${file}`).sort();
  const found = `${indexPath} names ${absent.size} tensors that their files do not hold: ${listNames(listed)}.`;
  throw refuse(found, 'The index and the files belong to different checkpoints: get them again.');
}

/** Loaders differ: some take every tensor of a file, others only those that the index names. */
function warnOfUnnamed(
  weightMap: WeightMap,
  names: readonly string[],
  files: readonly StoredFile[],
): string[] {
  return files.flatMap(({ path, tensors }, i) => {
    const unnamed = tensors.filter(({ name }) => weightMap.get(name) !== names[i]).map(({ name }) => name);
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
