/**
 * Finds the bytes of kept tensors in the checkpoint that they are kept of. Headers are read, and a few kilobytes of each tensor.
 * @module
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { checkAt, JumpfillError, ValueError } from '../../base/errors.js';
import { nameTensor, shortenPath, show, suggest } from '../../base/wording.js';
import type { ModelTensor } from '../../domain/specs/model-tensor.js';
import { DTYPES } from '../../domain/tensors/dtypes.js';
import { isSameShape } from '../../domain/tensors/shapes.js';
import { identify } from '../files/file-identity.js';
import { readBytes } from '../files/read-at.js';
import { SAMPLE_DIGITS, type KeptBytes, type KeptTensors } from '../format/kept-record.js';
import { LENGTH_BYTES, parseHeader, readHeaderLength } from '../format/header.js';
import type { CheckpointFiles } from './checkpoint-files.js';
import type { CheckpointSource } from './checkpoint-source.js';
import { checkTwins } from './kept-twins.js';
import { openUnchanged, type StoredFile, type StoredTensor } from './stored-file.js';

export const isKept = ({ recipe }: Pick<ModelTensor, 'recipe'>): boolean => recipe.kind === 'kept';

/**
 * The bytes of a model's kept tensors, and of those that are tied to one.
 * @param source  the checkpoint that the model is like, if there is one
 * @param isListed  the spec lists the tensors: what is tied is so by the spec, else by the source
 * @throws {ValueError} BAD_SPEC: there is none, and what findKept refuses; BAD_CHECKPOINT: tied tensors of the source differ
 * @throws {JumpfillError} IO_FAILED
 */
export async function findKeptTensors(
  source: CheckpointSource | undefined,
  tensors: readonly ModelTensor[],
  isListed: boolean,
): Promise<KeptTensors> {
  const own = tensors.filter((tensor) => isKept(tensor) && !(isListed && tensor.sameAs !== undefined));
  const [first] = own;
  if (first === undefined) return new Map();
  if (source === undefined) throw refuseNoSource(first, own.length);
  const kept = await findKept(
    source,
    own.map((tensor) => ({ ...tensor, nameThere: tensor.listedName ?? tensor.name })),
  );
  checkTwins(source.label, own, kept);
  return new Map(
    tensors.flatMap(({ name, sameAs }) => {
      const bytes = kept.get(sameAs ?? name);
      return bytes === undefined ? [] : [[name, bytes]];
    }),
  );
}

function refuseNoSource({ name }: ModelTensor, count: number): ValueError {
  const others = count > 1 ? `, and ${count - 1} more are` : ' is';
  const found = `${nameTensor(name)}${others} to be kept, but of no checkpoint.`;
  return refuse(found, 'Pass the checkpoint that has the bytes as `like`.');
}

/** A tensor whose bytes are sought. */
export interface SoughtTensor extends Pick<ModelTensor, 'name' | 'shape' | 'dtype'> {
  /** In the source. */
  readonly nameThere: string;
}

/** A tensor that is sought, and found. */
interface FoundTensor {
  readonly sought: SoughtTensor;
  readonly stored: StoredTensor;
}

/**
 * @throws {ValueError} BAD_SPEC: the source is remote, lacks a tensor, or has it in another shape or dtype; BAD_CHECKPOINT
 * @throws {JumpfillError} IO_FAILED
 */
export async function findKept(
  source: CheckpointSource,
  sought: readonly SoughtTensor[],
): Promise<KeptTensors> {
  if (sought.length === 0) return new Map();
  if (source.localPath === undefined) throw refuseRemote(source.label, sought);
  const checkpoint = await source.openFiles();
  const found = sought.map((tensor) => ({ sought: tensor, stored: findStored(checkpoint, tensor) }));
  const inFile = new Map<string, FoundTensor[]>();
  for (const tensor of found) {
    const { path } = tensor.stored;
    const others = inFile.get(path);
    if (others === undefined) inFile.set(path, [tensor]);
    else others.push(tensor);
  }
  const files = checkpoint.files.filter(({ path }) => inFile.has(path));
  const kept = await mapSome(files, (file) => examineFile(file, inFile.get(file.path) ?? []));
  return new Map(kept.flat());
}

const refuse = (found: string, remedy: string): ValueError => new ValueError('BAD_SPEC', found, remedy);

/** `hf:OWNER/NAME@REVISION:FOLDER` */
const HUB_LABEL = /^hf:([^@:]+)(?:@([^:]+))?/;

function refuseRemote(label: string, [first]: readonly SoughtTensor[]): ValueError {
  const found = `${nameTensor(first?.name ?? '')} is to be kept, but of ${label} headers alone are read.`;
  const [, name, revision] = HUB_LABEL.exec(label) ?? [];
  const download =
    name === undefined
      ? 'Download the checkpoint, and pass its path.'
      : `Run \`hf download ${name}${revision === undefined ? '' : ` --revision ${revision}`}\`, then run this again: the cache is read. Or pass the folder that it prints.`;
  return refuse(found, download);
}

function findStored({ path, tensors }: CheckpointFiles, sought: SoughtTensor): StoredTensor {
  const { nameThere, shape, dtype } = sought;
  const stored = tensors.get(nameThere);
  if (stored === undefined) {
    const found = `${nameTensor(sought.name)} is to be kept, and ${path} has no tensor ${show(nameThere)}.`;
    throw refuse(found, suggest(nameThere, [...tensors.keys()]));
  }
  if (isSameShape(shape, stored.shape) && dtype === stored.dtype) return stored;
  const there = `${stored.storedDtype} ${show(stored.shape)}`;
  const here = `${DTYPES[dtype].safetensors} ${show(shape)}`;
  const found = `${nameTensor(sought.name)} is to be kept as ${here}, but is ${there} in ${path}.`;
  throw refuse(found, 'A kept tensor has the shape and dtype that it has there.');
}

/** More would only queue for Node's four file threads. */
const FILES_AT_ONCE = 4;

/** Maps a few at a time; the results are in order. */
async function mapSome<T, R>(items: readonly T[], map: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const work = async (): Promise<void> => {
    for (const [i, item] of queue) results[i] = await map(item);
  };
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, work));
  return results;
}

async function examineFile(
  stored: StoredFile,
  found: readonly FoundTensor[],
): Promise<readonly (readonly [string, KeptBytes])[]> {
  const { path } = stored;
  const file = await openUnchanged(stored);
  try {
    const identity = await identify(file, path);
    const json = await readJson(file, stored);
    checkPlaces(
      path,
      json,
      found.map((tensor) => tensor.stored),
    );
    const header = sha256(json);
    const kept: [string, KeptBytes][] = [];
    for (const { sought, stored: tensor } of found) {
      const { name, position, byteLength } = tensor;
      const sample = await hashSample(file, tensor);
      const place = { path, file: basename(path), position, byteLength };
      kept.push([sought.name, { name, ...place, header, sample, identity }]);
    }
    return kept;
  } finally {
    await file.close();
  }
}

const sha256 = (...bytes: readonly Uint8Array[]): string => {
  const hash = createHash('sha256');
  for (const piece of bytes) hash.update(piece);
  return hash.digest('hex');
};

async function readJson(file: FileHandle, { path, byteLength }: StoredFile): Promise<Uint8Array> {
  const prefix = await readBytes(file, path, 0, LENGTH_BYTES);
  const length = checkAt(path, () => readHeaderLength(prefix, byteLength));
  return await readBytes(file, path, LENGTH_BYTES, length);
}

/**
 * The file may be another than the one whose header was read, as long by chance: then tensors lie elsewhere.
 * @throws {JumpfillError} IO_FAILED
 */
function checkPlaces(path: string, json: Uint8Array, tensors: readonly StoredTensor[]): void {
  const { entries } = checkAt(path, () => parseHeader(json));
  const there = new Map(entries.map((entry) => [entry.name, entry]));
  for (const { name, storedDtype, shape, position } of tensors) {
    const entry = there.get(name);
    const begin = LENGTH_BYTES + json.length + (entry?.begin ?? NaN);
    if (begin === position && entry?.dtype === storedDtype && isSameShape(entry.shape, shape)) continue;
    const found = `${shortenPath(path)} has changed since its header was read: ${show(name)} lies elsewhere.`;
    throw new JumpfillError('IO_FAILED', found, 'Another program changed it: run again once it is complete.');
  }
}

/** Of the bytes at either end of a tensor: see KeptRecord. */
const SAMPLE_BYTES = 4096;

/** Whether a hash is of all bytes of a tensor. */
export const isSampledWhole = (byteLength: number): boolean => byteLength <= 2 * SAMPLE_BYTES;

export async function hashSample(
  file: FileHandle,
  { path, position, byteLength }: Pick<StoredTensor, 'path' | 'position' | 'byteLength'>,
): Promise<string> {
  const isShort = isSampledWhole(byteLength);
  const begin = await readBytes(file, path, position, isShort ? byteLength : SAMPLE_BYTES);
  const last = isShort ? 0 : SAMPLE_BYTES;
  const end = await readBytes(file, path, position + byteLength - last, last);
  return sha256(begin, end).slice(0, SAMPLE_DIGITS);
}
