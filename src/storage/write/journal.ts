/**
 * The journal of a run: a line that says what is being written, then from time to time a line that lists the chunks that are done. What it
 * says is on the disk: files are synced before their chunks are recorded, and each line is synced itself.
 * @module
 */
import { open, type FileHandle } from 'node:fs/promises';
import type { ChunkClaims } from '../../engine/jobs/chunk-claims.js';
import { readError } from '../files/io-errors.js';
import { readFileSafely } from '../files/open-file.js';
import { isHeader, shortHash, type JournalHeader } from './journal-header.js';

/** The content of a journal. */
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

/** A journal that is open for records. */
export class Journal {
  private constructor(readonly handle: FileHandle) {}

  /**
   * Begins a new journal. A run that resumes begins its own as well: an owner that only slept may still add to the old one, about files
   * that may have been replaced, and no run reads that.
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
