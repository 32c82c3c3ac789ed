/**
 * The journal of a run: a line that says what is being written, then from time to time a line of the chunks that are done. What it says
 * is on the disk: files are synced before their chunks are recorded, and each line is synced itself.
 * @module
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { BYTE_CONTRACT } from '../domain/byte-contract.js';
import type { Plan } from '../domain/plan.js';
import type { ControlWords } from '../engine/control.js';
import { nameTensor } from '../domain/tensor.js';
import { describeTensor, type Layout } from './layout.js';
import { readVersion } from './recipe-metadata.js';
import { errorCode } from './io-errors.js';

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

/** Undefined: no journal, or one whose first line was not finished. A link is none. */
export async function readJournal(path: string): Promise<JournalState | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((cause: unknown) => {
    if (errorCode(cause) === 'ENOENT' || errorCode(cause) === 'ELOOP') return undefined;
    throw cause;
  });
  if (file === undefined) return undefined;
  try {
    return parseJournal(await file.readFile('utf8'));
  } finally {
    await file.close();
  }
}

function parseJournal(text: string): JournalState | undefined {
  const [header, ...rest] = text.split('\n').map(parseLine);
  if (!isHeader(header)) return undefined;
  // A line that was cut short by a power failure is no record; the one before it holds.
  const records = rest.filter(isRecord).flatMap(({ done }) => {
    const ranges = parseRanges(done, header.chunks);
    return ranges === undefined ? [] : [ranges];
  });
  return { header, done: records.at(-1) ?? [] };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

function isHeader(line: unknown): line is JournalHeader {
  const header = line as Partial<JournalHeader> | null | undefined;
  return (
    typeof header === 'object' &&
    header !== null &&
    typeof header.version === 'string' &&
    typeof header.byte_contract === 'number' &&
    typeof header.chunk_elements === 'number' &&
    typeof header.seed === 'string' &&
    Array.isArray(header.files) &&
    Array.isArray(header.tensors) &&
    Number.isSafeInteger(header.chunks)
  );
}

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
export function formatRanges(control: Pick<ControlWords, 'chunkCount' | 'isDone'>): string {
  const ranges: string[] = [];
  for (let chunk = 0; chunk < control.chunkCount; chunk++) {
    if (!control.isDone(chunk)) continue;
    const first = chunk;
    while (chunk + 1 < control.chunkCount && control.isDone(chunk + 1)) chunk++;
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
  return differences;
}

/** Appends to the journal. */
export class Journal {
  private constructor(readonly handle: FileHandle) {}

  static async begin(path: string, header: JournalHeader): Promise<Journal> {
    // Of a run that was killed before it had written the first line.
    await unlink(path).catch(() => undefined);
    const journal = new Journal(await open(path, 'wx', 0o600));
    try {
      await journal.handle.appendFile(`${JSON.stringify(header)}\n`);
      return journal;
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  static async goOn(path: string): Promise<Journal> {
    const journal = new Journal(await open(path, constants.O_RDWR | constants.O_NOFOLLOW));
    // What follows must not be glued to a line that was cut short.
    const { size } = await journal.handle.stat();
    await journal.handle.write('\n', size);
    return journal;
  }

  /** @param done  the chunks that are on the disk: formatRanges */
  async record(done: string): Promise<void> {
    const { size } = await this.handle.stat();
    await this.handle.write(`${JSON.stringify({ done })}\n`, size);
    await this.handle.datasync();
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
