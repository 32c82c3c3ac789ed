/**
 * The first line of a journal: what is being written.
 * @module
 */
import { createHash } from 'node:crypto';
import { at } from '../../base/at.js';
import { nameTensor } from '../../base/wording.js';
import type { Chunks } from '../../domain/partition/chunks.js';
import { DEFAULT_GENERATOR, GENERATORS, namedGenerator } from '../../domain/streams/generators.js';
import type { Layout } from '../format/layout.js';
import { describeChange, isIdentity, type FileIdentity } from '../files/file-identity.js';
import { describeTensor } from '../format/digest.js';
import { recordKept, type KeptTensors } from '../format/kept-record.js';
import { readVersion } from '../../engine/host/package-version.js';

/** A description of what a run writes. Two runs with equal headers write the same bytes, cut into the same chunks. */
export interface JournalHeader {
  readonly version: string;
  readonly byte_contract: number;
  /** Undefined for the default one. */
  readonly generator?: string | undefined;
  readonly seed: string;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** The name, and a short hash of dtype, shape, initialiser and origin. */
  readonly tensors: readonly (readonly [string, string])[];
  /** What kept tensors are copied from. Undefined if none are. */
  readonly sources?: readonly SourceRecord[] | undefined;
  readonly chunk_elements: number;
  readonly chunks: number;
}

/** A file that tensors are kept of, by its name without folders. */
type SourceRecord = FileIdentity & { readonly file: string };

export function makeJournalHeader(layout: Layout, chunks: Chunks): JournalHeader {
  const { generator } = layout;
  return {
    version: readVersion(),
    byte_contract: GENERATORS[generator].contract,
    ...namedGenerator(generator),
    seed: String(layout.seed),
    files: layout.files.map(({ name, byteLength }) => ({ name, bytes: byteLength })),
    tensors: layout.tensors.map((tensor) => {
      const kept = recordKept(tensor.name, layout.kept);
      return [tensor.name, shortHash(JSON.stringify(describeTensor({ ...tensor, kept })))];
    }),
    ...sourcesOf(layout.kept),
    chunk_elements: chunks.chunkElements,
    chunks: chunks.chunkCount,
  };
}

/** By their paths: each file that tensors are kept of. */
function sourcesOf(kept: KeptTensors): Pick<JournalHeader, 'sources'> {
  const files = new Map(
    Array.from(kept.values(), ({ path, file, identity }) => [path, { file, ...identity }]),
  );
  return files.size === 0 ? {} : { sources: [...files.values()] };
}

/** The first 64 bits of a SHA-256, in hex. */
export const shortHash = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 16);

const isText = (value: unknown): value is string => typeof value === 'string';

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

export function isHeader(line: unknown): line is JournalHeader {
  if (typeof line !== 'object' || line === null) return false;
  const header = line as Partial<Record<keyof JournalHeader, unknown>>;
  return (
    isText(header.version) &&
    (header.generator === undefined || isText(header.generator)) &&
    isText(header.seed) &&
    /^\d{1,20}$/.test(header.seed) &&
    [header.byte_contract, header.chunk_elements, header.chunks].every(isCount) &&
    Array.isArray(header.files) &&
    header.files.every(isFile) &&
    Array.isArray(header.tensors) &&
    header.tensors.every(isTensor) &&
    (header.sources === undefined || (Array.isArray(header.sources) && header.sources.every(isSource)))
  );
}

function isFile(file: unknown): boolean {
  const { name, bytes } = (file ?? {}) as { name?: unknown; bytes?: unknown };
  return isText(name) && isCount(bytes);
}

const isSource = (source: unknown): boolean => isIdentity(source) && 'file' in source && isText(source.file);

const isTensor = (tensor: unknown): boolean =>
  Array.isArray(tensor) && tensor.length === 2 && tensor.every(isText);

/** Describes what differs between two headers; empty if they are equal. */
export function compareHeaders(there: JournalHeader, here: JournalHeader): string[] {
  const compare = (what: string, a: unknown, b: unknown): string[] =>
    a === b ? [] : [`${what} is ${String(a)} there and ${String(b)} here`];
  const differences = [
    ...compare('the version of jumpfill', there.version, here.version),
    ...compare('the byte contract', there.byte_contract, here.byte_contract),
    ...compare('the generator', nameGenerator(there), nameGenerator(here)),
    ...compare('the seed', there.seed, here.seed),
    ...compare('the number of tensors', there.tensors.length, here.tensors.length),
    ...compareContents(there, here),
    ...compare('the number of files', there.files.length, here.files.length),
  ];
  // Files and chunks follow from the rest, and are named only if the rest is equal.
  if (differences.length > 0) return differences;
  return [
    ...compareFiles(there, here),
    ...compare('the size of a chunk', there.chunk_elements, here.chunk_elements),
    ...compare('the number of chunks', there.chunks, here.chunks),
  ].slice(0, 1);
}

const nameGenerator = ({ generator = DEFAULT_GENERATOR }: JournalHeader): string => generator;

/** Describes the first tensor that differs, if both have one in its place. */
function compareTensors(there: JournalHeader, here: JournalHeader): string[] {
  for (const [i, [name, hash]] of here.tensors.entries()) {
    const other = there.tensors[i];
    if (other === undefined) return [];
    const [otherName, otherHash] = other;
    if (name !== otherName)
      return [`tensors[${i}] is ${nameTensor(otherName)} there and ${nameTensor(name)} here`];
    const word = here.generator === undefined ? '' : ', or another first word';
    if (hash !== otherHash && !isOfSeed(there, here))
      return [`${nameTensor(name)} has another shape, dtype or init${word}`];
  }
  return [];
}

/** A source that has changed explains tensors that differ. */
function compareContents(there: JournalHeader, here: JournalHeader): string[] {
  const sources = compareSources(there, here);
  return sources.length > 0 ? sources : compareTensors(there, here);
}

/** Describes the first source that differs. */
function compareSources(
  { sources: there = [] }: JournalHeader,
  { sources: here = [] }: JournalHeader,
): string[] {
  for (const [i, source] of here.entries()) {
    const other = there[i];
    if (other === undefined) break;
    if (other.file !== source.file)
      return [`the source ${i + 1} is ${other.file} there and ${source.file} here`];
    const change = describeChange(other, source);
    if (change !== undefined) return [`the source ${source.file} has changed: ${change}`];
  }
  if (there.length === here.length) return [];
  return [`tensors are kept of ${there.length} files there and of ${here.length} here`];
}

/** The hash of a tensor that follows one sequence covers its cached normal, which another seed changes. */
const isOfSeed = (there: JournalHeader, here: JournalHeader): boolean =>
  there.seed !== here.seed && here.generator !== undefined;

function compareFiles(there: JournalHeader, here: JournalHeader): string[] {
  for (const [i, { name, bytes }] of here.files.entries()) {
    const other = at(there.files, i);
    if (name === other.name && bytes === other.bytes) continue;
    return [`file ${i + 1} is ${other.name} of ${other.bytes} bytes there and ${name} of ${bytes} here`];
  }
  return [];
}
