/**
 * The files of one checkpoint: a safetensors file, or those that an index names.
 * @module
 */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { FILE_ENDING, INDEX_ENDING } from '../domain/shards.js';
import { nameTensor } from '../domain/tensor.js';
import { listNames, shortenPath, show } from '../domain/words.js';
import { requireLittleEndian } from '../engine/platform.js';
import { checkAt, ValueError } from '../errors.js';
import { errorCode, reasonOf } from './io-errors.js';
import { decodeUtf8, JsonReader } from './json-reader.js';
import { MAX_HEADER_BYTES } from './safetensors.js';
import { openOrdinary, readBytes, readHeader } from './safetensors-reader.js';
import type { StoredFile, StoredTensor } from './stored.js';

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
}

/** The file of a tensor. */
export function fileOf({ files }: CheckpointFiles, { path, name }: StoredTensor): StoredFile {
  const file = files.find((candidate) => candidate.path === path);
  if (file === undefined) throw new RangeError(`${name} is of no file of the checkpoint`);
  return file;
}

const USUAL_FILE = `model${FILE_ENDING}`;
const USUAL_INDEX = `model${INDEX_ENDING}`;

/** As much as a header may have. */
const MAX_INDEX_BYTES = MAX_HEADER_BYTES;

/** Headers that are read at once: more would only queue for Node's four threads. */
const READS_AT_ONCE = 8;

const refuse = (found: string, remedy: string): ValueError => new ValueError('BAD_CHECKPOINT', found, remedy);

/**
 * Finds and checks every file of a checkpoint; no tensor is read.
 * @param path  a safetensors file, an index, or a folder that holds one checkpoint
 * @throws {ValueError} BAD_CHECKPOINT
 * @throws {InitError} IO_FAILED, UNSUPPORTED_PLATFORM
 */
export async function openCheckpointFiles(path: string): Promise<CheckpointFiles> {
  requireLittleEndian();
  const absolute = resolve(path);
  const found = (await isFolder(absolute)) ? await findInFolder(absolute) : absolute;
  if (found.endsWith(INDEX_ENDING)) return await openIndexed(absolute, found);
  const file = await readHeader(found);
  const tensors = new Map(file.tensors.map((tensor) => [tensor.name, tensor]));
  return { path: absolute, indexPath: undefined, metadata: file.metadata, files: [file], tensors };
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
  throw refuse(
    `${folder} holds ${describeFolder(candidates, entries)}.`,
    'Name the file or the index that is meant.',
  );
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
  const tensors = collectTensors(indexPath, places, names, files);
  return { path, indexPath, metadata: commonMetadata(files), files, tensors };
}

const INDEX_REMEDY = 'The index is damaged or of something else: get it or write it again.';

/** Which file holds each tensor, relative to the index. */
async function readIndex(path: string): Promise<ReadonlyMap<string, string>> {
  const { file, byteLength } = await openOrdinary(path);
  try {
    if (byteLength > MAX_INDEX_BYTES) {
      throw refuse(`${path}: an index of ${byteLength} bytes, more than ${MAX_INDEX_BYTES}.`, INDEX_REMEDY);
    }
    const bytes = await readBytes(file, path, 0, byteLength);
    return checkAt(path, () => parseIndex(decodeUtf8(bytes, INDEX_REMEDY)));
  } finally {
    await file.close();
  }
}

function parseIndex(text: string): ReadonlyMap<string, string> {
  const reader = new JsonReader(text, INDEX_REMEDY);
  let places: Map<string, string> | undefined;
  reader.readObject((key) => {
    if (key === 'weight_map') places = checkAt(key, () => readPlaces(reader));
    else reader.skipValue();
  });
  reader.end();
  if (places === undefined) throw refuse('weight_map is missing.', INDEX_REMEDY);
  return places;
}

function readPlaces(reader: JsonReader): Map<string, string> {
  const places = new Map<string, string>();
  reader.readObject((name) => {
    const file = checkAt(nameTensor(name), () => checkPlace(reader.readString()));
    places.set(name, file);
  });
  return places;
}

/** A file in the index's folder or below it: an index may come from anywhere, and must not reach beyond. */
function checkPlace(file: string): string {
  const steps = file.split('/');
  const isWithin = steps.every((step) => step !== '' && step !== '.' && step !== '..');
  if (isWithin && !/[\\\0]/.test(file)) return file;
  throw refuse(`${show(file)} is no file in the folder of the index.`, INDEX_REMEDY);
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
  indexPath: string,
  places: ReadonlyMap<string, string>,
  names: readonly string[],
  files: readonly StoredFile[],
): ReadonlyMap<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const [i, file] of files.entries()) {
    for (const tensor of file.tensors)
      if (places.get(tensor.name) === names[i]) tensors.set(tensor.name, tensor);
  }
  if (tensors.size === places.size) return tensors;
  const lost = [...places].filter(([name]) => !tensors.has(name)).map(([name, file]) => `${name} in ${file}`);
  const found = `${indexPath} names ${lost.length} tensors that their files do not hold: ${listNames([...lost].sort())}.`;
  throw refuse(found, 'The index and the files are not of one checkpoint: get them again.');
}

function commonMetadata(files: readonly StoredFile[]): ReadonlyMap<string, string> {
  const [first, ...others] = files;
  const entries = [...(first?.metadata ?? [])];
  return new Map(
    entries.filter(([key, value]) => others.every(({ metadata }) => metadata.get(key) === value)),
  );
}
