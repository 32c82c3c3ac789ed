/**
 * Writes a checkpoint from a spec: one safetensors file, or shards with their index.
 * @module
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { at } from '../../base/at.js';
import { ValueError } from '../../base/errors.js';
import { readPart, type Part } from '../../domain/partition/part.js';
import { checkSeed } from '../../domain/streams/seed.js';
import { countElements } from '../../domain/tensors/shapes.js';
import type { Coordinator } from '../../engine/jobs/coordinator.js';
import { readError } from '../files/io-errors.js';
import { layOut, type Layout } from '../format/layout.js';
import { findJournals } from '../lock/work-folder.js';
import { workFolderOf } from '../lock/work-names.js';
import { readJournals } from './journal.js';
import { warnOfOlderFiles, warnOfPart } from './output-warnings.js';
import {
  reportTensors,
  resolveContents,
  warnOfTensors,
  type EngineFacts,
  type ResolvedContents,
  type TensorReport,
} from './resolve-model.js';
import { writeLayout, type WrittenLayout } from './write-layout.js';
import { checkWriteOptions, toWaitMs, type WriteCheckpointOptions } from './write-options.js';

/** A file that was written. */
export interface FileReport {
  /** Absolute. */
  readonly path: string;
  readonly byteLength: number;
  /** In hex; only with `checksum`. */
  readonly sha256?: string;
}

export interface WriteReport {
  /** Absolute path of the file, or of the index of several shards, even where a part leaves that to mergeCheckpoint. */
  readonly path: string;
  /** Only if one part was written. */
  readonly part?: Part;
  readonly files: readonly FileReport[];
  /** In decimal digits. */
  readonly seed: string;
  readonly threads: number;
  /** Elements in these files. */
  readonly elementCount: number;
  /** Bytes of these files, headers included. */
  readonly byteLength: number;
  /** Elements that an earlier run had written. */
  readonly keptElements: number;
  /** Until the files were synced and had their names, without the time of the checksums. */
  readonly elapsedMs: number;
  /** Of a single file, in hex; only with `checksum`. */
  readonly sha256?: string;
  readonly tensors: readonly TensorReport[];
  /** For a person: WAGE layers that collapse, unused rules, older files beside the output, parts without work. */
  readonly warnings: readonly string[];
}

const RECORD_INTERVAL_MS = 5000;

/** @throws see Engine.writeCheckpoint */
export async function writeCheckpoint(
  coordinator: Coordinator,
  engine: EngineFacts,
  spec: unknown,
  options: WriteCheckpointOptions,
): Promise<WriteReport> {
  const startedAt = performance.now();
  checkWriteOptions(options);
  const { force = false, resume = false, checksum = false, signal, onProgress } = options;
  const part =
    options.part === undefined ? undefined : readPart(options.part, 'writeCheckpoint: part', process.env);
  const { recordIntervalMs = RECORD_INTERVAL_MS, takeOver = false, waitForLock = false, onWait } = options;
  const path = resolve(options.out);
  const contents = await resolveContents(spec, options, engine);
  if (part !== undefined) requireSeed(contents);
  const planned = layOut(contents, basename(path));
  const settle = async (): Promise<Layout> => {
    const seed = resume ? await readSeed(contents, path, part) : contents.seed;
    return seed === contents.seed ? planned : layOut({ ...contents, seed }, basename(path));
  };
  signal?.throwIfAborted();
  const sums: string[] = [];
  let hashMs = 0;
  const examine = async (paths: readonly string[]): Promise<void> => {
    const begunAt = performance.now();
    if (checksum) for (const file of paths) sums.push(await hashFile(file, signal));
    hashMs = performance.now() - begunAt;
  };
  const written = await writeLayout(
    coordinator,
    engine.threads,
    planned,
    settle,
    { path, force, resume, part, recordIntervalMs, takeOver, waitMs: toWaitMs(waitForLock), onWait, examine },
    { signal, onProgress },
  );
  const elapsedMs = performance.now() - startedAt - hashMs;
  const { layout } = written;
  const warnings = [
    ...contents.warnings,
    ...(await warnOfOlderFiles(path, layout)),
    ...warnOfPart(layout, part),
  ];
  return makeReport(path, written, sums, {
    ...(part && { part }),
    threads: engine.threads,
    elapsedMs,
    warnings,
  });
}

/** @throws {ValueError} BAD_OPTION */
function requireSeed({ isSeedRandom }: ResolvedContents): void {
  if (!isSeedRandom) return;
  const found = 'A part needs a seed: without one, each part would draw its own.';
  throw new ValueError('BAD_OPTION', found, 'Pass --seed (seed), or put a seed in the spec.');
}

/** A run that resumes without a seed takes the earlier run's. */
async function readSeed(contents: ResolvedContents, path: string, part: Part | undefined): Promise<bigint> {
  if (!contents.isSeedRandom) return contents.seed;
  const state = await readJournals(await findJournals(workFolderOf(path, part)));
  return state === undefined ? contents.seed : checkSeed(BigInt(state.header.seed));
}

function makeReport(
  path: string,
  { layout, files, keptElements }: WrittenLayout,
  sums: readonly string[],
  facts: Pick<WriteReport, 'part' | 'threads' | 'elapsedMs' | 'warnings'>,
): WriteReport {
  const tensors = reportTensors(layout, new Set(files));
  const reports = files.map((i, k): FileReport => {
    const { name, byteLength } = at(layout.files, i);
    const sha256 = sums[k];
    return { path: join(dirname(path), name), byteLength, ...(sha256 !== undefined && { sha256 }) };
  });
  const [sha256] = sums;
  return {
    path: layout.index === undefined ? path : join(dirname(path), layout.index.name),
    files: reports,
    seed: String(layout.seed),
    elementCount: tensors.reduce((sum, { shape }) => sum + countElements(shape), 0),
    byteLength: reports.reduce((sum, file) => sum + file.byteLength, 0),
    keptElements,
    ...(sha256 !== undefined && layout.files.length === 1 && { sha256 }),
    tensors,
    ...facts,
    warnings: [...facts.warnings, ...warnOfTensors(tensors)],
  };
}

async function hashFile(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 2 ** 20 })) {
      signal?.throwIfAborted();
      hash.update(bytes as Uint8Array);
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw readError(path, cause);
  }
  return hash.digest('hex');
}
