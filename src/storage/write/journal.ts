/**
 * The journal of a run: a line that says what is being written, then from time to time a line of the chunks that are done. What it says
 * is on the disk: files are synced before their chunks are recorded, and each line is synced itself.
 * @module
 */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { BYTE_CONTRACT } from '../../domain/streams/byte-contract.js';
import type { Plan } from '../../domain/partition/chunks.js';
import type { ChunkClaims } from '../../engine/jobs/chunk-claims.js';
import { nameTensor } from '../../base/wording.js';
import type { Layout } from '../format/layout.js';
import { describeTensor } from '../format/digest.js';
import { readVersion } from '../../engine/host/package-version.js';
import { readError } from '../files/io-errors.js';
import { readFileSafely } from '../files/open-file.js';

/** What a run is of. Two runs whose headers are equal write the same bytes, cut in the same chunks. */
export interface JournalHeader {
  readonly version: string;
  readonly byte_contract: number;
  readonly seed: string;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** Name and the beginning of a hash of what it is. */
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

/** What an earlier run left. */
export interface JournalState {
  readonly header: JournalHeader;
  /** Of chunks, [first, last]; those whose bytes are on the disk. */
  readonly done: readonly (readonly [number, number])[];
}

/** More than 10^6 tensors with names of 1000 characters; no journal of ours is longer. */
const MAX_JOURNAL_BYTES = 2 ** 30;

/**
 * The first of these journals that is whole: a header, and at least one record. One that is not was left by a run that was killed before it
 * had changed any file: what was there before holds.
 * @param paths  the youngest first
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

/** Undefined: no journal, or one that ends before its first record, or was damaged. */
export function parseJournal(text: string): JournalState | undefined {
  const [first = '', ...rest] = text.split('\n');
  const header = parseLine(first);
  if (!isHeader(header)) return undefined;
  // A line that was cut short by a power failure is no record; the one before it holds.
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

/** A line with its checksum behind it, so that nothing counts as done because of a byte that has changed. */
const writeLine = (value: unknown): string => {
  const text = JSON.stringify(value);
  return `${text} ${shortHash(text)}\n`;
};

/** Undefined: not what writeLine writes. */
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

/** `0-120,130`, or undefined if it is no such list. */
function parseRanges(text: string, chunks: number): [number, number][] | undefined {
  if (text === '') return [];
  const ranges: [number, number][] = [];
  for (const part of text.split(',')) {
    const [, first = '', last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    const range: [number, number] = [Number(first), Number(last)];
    if (first === '' || range[0] > range[1] || range[1] >= chunks) return undefined;
    ranges.push(range);
  }
  return ranges;
}

/** The done marks as `0-120,130`. */
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

/** What makes another run of it, in words; empty if nothing does. */
export function compareHeaders(there: JournalHeader, here: JournalHeader): string[] {
  const differences: string[] = [];
  const compare = (what: string, a: unknown, b: unknown): void => {
    if (a !== b) differences.push(`${what} is ${String(a)} there and ${String(b)} here`);
  };
  compare('the version of jumpfill', there.version, here.version);
  compare('the byte contract', there.byte_contract, here.byte_contract);
  compare('the seed', there.seed, here.seed);
  compare('the number of tensors', there.tensors.length, here.tensors.length);
  const tensor = here.tensors.findIndex(([name, hash], i) => {
    const [otherName, otherHash] = there.tensors[i] ?? [];
    return name !== otherName || hash !== otherHash;
  });
  const name = here.tensors[tensor]?.[0];
  const nameThere = there.tensors[tensor]?.[0];
  if (name !== undefined && nameThere !== undefined) {
    differences.push(
      name === nameThere
        ? `${nameTensor(name)} has another shape, dtype or init`
        : `tensors[${tensor}] is ${nameTensor(nameThere)} there and ${nameTensor(name)} here`,
    );
  }
  compare('the number of files', there.files.length, here.files.length);
  const file = here.files.findIndex(({ name, bytes }, i) => {
    const other = there.files[i];
    return other !== undefined && (other.name !== name || other.bytes !== bytes);
  });
  const [a, b] = [there.files[file], here.files[file]];
  // Follows from the others, if there are any.
  if (a && b && differences.length === 0) {
    differences.push(
      `file ${file + 1} is ${a.name} of ${a.bytes} bytes there and ${b.name} of ${b.bytes} here`,
    );
  }
  if (differences.length === 0) compare('the size of a chunk', there.chunk_elements, here.chunk_elements);
  if (differences.length === 0) compare('the number of chunks', there.chunks, here.chunks);
  return differences;
}

/** Appends to the journal. */
export class Journal {
  private constructor(readonly handle: FileHandle) {}

  /**
   * A new one. Whoever goes on with an earlier run begins its own as well: what a holder that only slept may still add to the old one, of
   * files that may be replaced by now, is read by nobody.
   * @param done  the chunks that are on the disk by now: formatRanges
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

  /** @param done  the chunks that are on the disk: formatRanges */
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
