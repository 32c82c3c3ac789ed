/**
 * The journal of a run: a line that says what is being written, then from time to time a line that lists the chunks that are done. What it
 * says is on the disk: files are synced before their chunks are recorded, and each line is synced itself.
 * @module
 */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { at } from '../../base/at.js';
import { BYTE_CONTRACT } from '../../domain/streams/byte-contract.js';
import type { Plan } from '../../domain/partition/chunks.js';
import type { ChunkClaims } from '../../engine/jobs/chunk-claims.js';
import { nameTensor } from '../../base/wording.js';
import type { Layout } from '../format/layout.js';
import { describeTensor } from '../format/digest.js';
import { readVersion } from '../../engine/host/package-version.js';
import { readError } from '../files/io-errors.js';
import { readFileSafely } from '../files/open-file.js';

/** What a run writes. Two runs with equal headers write the same bytes, cut into the same chunks. */
export interface JournalHeader {
  readonly version: string;
  readonly byte_contract: number;
  readonly seed: string;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** The name, and a short hash of dtype, shape and initialiser. */
  readonly tensors: readonly (readonly [string, string])[];
  readonly chunk_elements: number;
  readonly chunks: number;
}

export function describeRun(layout: Layout, plan: Plan): JournalHeader {
  return {
    version: readVersion(),
    byte_contract: BYTE_CONTRACT,
    seed: String(layout.seed),
    files: layout.files.map(({ name, byteLength }) => ({ name, bytes: byteLength })),
    tensors: layout.tensors.map((tensor) => [tensor.name, shortHash(JSON.stringify(describeTensor(tensor)))]),
    chunk_elements: plan.chunkElements,
    chunks: plan.chunkCount,
  };
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** What a journal says. */
export interface JournalState {
  readonly header: JournalHeader;
  /** Chunks whose bytes are on the disk, as ranges [first, last]. */
  readonly done: readonly (readonly [number, number])[];
}

/** Enough for 10^6 tensors with names of 1000 characters; no journal of ours is longer. */
const MAX_JOURNAL_BYTES = 2 ** 30;

/**
 * Reads the first of these journals that has a header and at least one record. A run that left less was killed before it changed any
 * file, so the journal before it holds.
 * @param paths  the newest first
 * @throws {JumpfillError} IO_FAILED
 */
export async function readJournals(paths: readonly string[]): Promise<JournalState | undefined> {
  for (const path of paths) {
    const text = await readFileSafely(path, MAX_JOURNAL_BYTES).catch((cause: unknown) => {
      throw readError(path, cause);
    });
    const state = text === undefined ? undefined : parseJournal(text);
    if (state !== undefined) return state;
  }
  return undefined;
}

/** Undefined if the text is not a journal, ends before its first record, or is damaged. */
export function parseJournal(text: string): JournalState | undefined {
  const [first = '', ...rest] = text.split('\n');
  const header = parseLine(first);
  if (!isHeader(header)) return undefined;
  // A line that a power failure cut short is not a record; the one before it holds.
  const records = rest
    .map(parseLine)
    .filter(isRecord)
    .flatMap(({ done }) => {
      const ranges = parseRanges(done, header.chunks);
      return ranges === undefined ? [] : [ranges];
    });
  const done = records.at(-1);
  return done && { header, done };
}

/** A line with its checksum, so that no changed byte makes anything count as done. */
const writeLine = (value: unknown): string => {
  const text = JSON.stringify(value);
  return `${text} ${shortHash(text)}\n`;
};

/** Undefined if the line is not what writeLine writes. */
function parseLine(line: string): unknown {
  const end = line.lastIndexOf(' ');
  const text = line.slice(0, Math.max(0, end));
  if (shortHash(text) !== line.slice(end + 1)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function isHeader(line: unknown): line is JournalHeader {
  if (typeof line !== 'object' || line === null) return false;
  const header = line as Partial<Record<keyof JournalHeader, unknown>>;
  return (
    isText(header.version) &&
    isText(header.seed) &&
    /^\d{1,20}$/.test(header.seed) &&
    [header.byte_contract, header.chunk_elements, header.chunks].every(isCount) &&
    Array.isArray(header.files) &&
    header.files.every(isFile) &&
    Array.isArray(header.tensors) &&
    header.tensors.every(isTensor)
  );
}

function isFile(file: unknown): boolean {
  const { name, bytes } = (file ?? {}) as { name?: unknown; bytes?: unknown };
  return isText(name) && isCount(bytes);
}

const isTensor = (tensor: unknown): boolean =>
  Array.isArray(tensor) && tensor.length === 2 && tensor.every(isText);

function isRecord(line: unknown): line is { readonly done: string } {
  return typeof (line as { done?: unknown } | null | undefined)?.done === 'string';
}

/** Parses `0-120,130`; undefined if the text is not such a list. */
function parseRanges(text: string, chunks: number): [number, number][] | undefined {
  if (text === '') return [];
  const ranges: [number, number][] = [];
  for (const item of text.split(',')) {
    const [, first = '', last = first] = /^(\d+)(?:-(\d+))?$/.exec(item) ?? [];
    const range: [number, number] = [Number(first), Number(last)];
    if (first === '' || range[0] > range[1] || range[1] >= chunks) return undefined;
    ranges.push(range);
  }
  return ranges;
}

/** Writes the done marks as `0-120,130`. */
export function formatRanges(claims: Pick<ChunkClaims, 'chunkCount' | 'isDone'>): string {
  const ranges: string[] = [];
  for (let chunk = 0; chunk < claims.chunkCount; chunk++) {
    if (!claims.isDone(chunk)) continue;
    const first = chunk;
    while (chunk + 1 < claims.chunkCount && claims.isDone(chunk + 1)) chunk++;
    ranges.push(first === chunk ? String(first) : `${first}-${chunk}`);
  }
  return ranges.join(',');
}

/** Describes what differs between two headers; empty if they are equal. */
export function compareHeaders(there: JournalHeader, here: JournalHeader): string[] {
  const compare = (what: string, a: unknown, b: unknown): string[] =>
    a === b ? [] : [`${what} is ${String(a)} there and ${String(b)} here`];
  const differences = [
    ...compare('the version of jumpfill', there.version, here.version),
    ...compare('the byte contract', there.byte_contract, here.byte_contract),
    ...compare('the seed', there.seed, here.seed),
    ...compare('the number of tensors', there.tensors.length, here.tensors.length),
    ...compareTensors(there, here),
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

/** Describes the first tensor that differs, if both have one in its place. */
function compareTensors(there: JournalHeader, here: JournalHeader): string[] {
  for (const [i, [name, hash]] of here.tensors.entries()) {
    const other = there.tensors[i];
    if (other === undefined) return [];
    const [otherName, otherHash] = other;
    if (name !== otherName)
      return [`tensors[${i}] is ${nameTensor(otherName)} there and ${nameTensor(name)} here`];
    if (hash !== otherHash) return [`${nameTensor(name)} has another shape, dtype or init`];
  }
  return [];
}

function compareFiles(there: JournalHeader, here: JournalHeader): string[] {
  for (const [i, { name, bytes }] of here.files.entries()) {
    const other = at(there.files, i);
    if (name === other.name && bytes === other.bytes) continue;
    return [`file ${i + 1} is ${other.name} of ${other.bytes} bytes there and ${name} of ${bytes} here`];
  }
  return [];
}

/** A journal that is open for records. */
export class Journal {
  private constructor(readonly handle: FileHandle) {}

  /**
   * Begins a new journal. A run that resumes begins its own as well: an owner that only slept may still add to the old one, about files
   * that may have been replaced, and nobody reads that.
   * @param done  the chunks that are on the disk by now: formatRanges
   * @throws the system's error
   */
  static async begin(path: string, header: JournalHeader, done: string): Promise<Journal> {
    const journal = new Journal(await open(path, 'wx', 0o600));
    try {
      await journal.handle.appendFile(writeLine(header) + writeLine({ done }));
      return journal;
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  /**
   * @param done  the chunks that are on the disk: formatRanges
   * @throws the system's error
   */
  async record(done: string): Promise<void> {
    await this.handle.appendFile(writeLine({ done }));
    await this.sync();
  }

  async sync(): Promise<void> {
    await this.handle.datasync();
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
