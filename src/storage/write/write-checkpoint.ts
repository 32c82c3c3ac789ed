/**
 * A model's weights, from a spec to a checkpoint: one safetensors file, or shards with their index.
 * @module
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { readPart, type Part } from '../../domain/partition/part.js';
import { checkSeed } from '../../domain/streams/seed.js';
import { countElements } from '../../domain/tensors/shapes.js';
import { checkKeys, show } from '../../base/wording.js';
import { checkRunOptions, type Coordinator, type RunOptions } from '../../engine/jobs/coordinator.js';
import { ValueError, type JumpfillError } from '../../base/errors.js';
import {
  CONTENTS_KEYS,
  reportTensors,
  resolveContents,
  warnOfTensors,
  type ContentsOptions,
  type EngineFacts,
  type ResolvedContents,
  type TensorReport,
} from './resolve-model.js';
import { readError } from '../files/io-errors.js';
import { readJournals } from './journal.js';
import { layOut, type Layout } from '../format/layout.js';
import { warnOfOlderFiles, warnOfPart } from './output-warnings.js';
import { checkOut } from './output-checks.js';
import { findJournals } from '../lock/work-folder.js';
import { workFolderOf } from '../lock/work-names.js';
import { writeLayout, type WrittenLayout } from './write-layout.js';

export interface WriteCheckpointOptions extends RunOptions, ContentsOptions {
  /** Path of the safetensors file; several shards have their names made of it. */
  readonly out: string;
  /** Replace files that are there. @defaultValue false */
  readonly force?: boolean | undefined;
  /** Go on with what a run that was killed has left, if one has. @defaultValue false */
  readonly resume?: boolean | undefined;
  /**
   * While another process holds the output, look again every second: true for as long as it takes, or for so many milliseconds at the most.
   * @defaultValue false: refuse at once
   */
  readonly waitForLock?: boolean | number | undefined;
  /** Called once, with the OUTPUT_LOCKED that it will be if nothing changes, when it begins to wait. */
  readonly onWait?: ((locked: JumpfillError) => void) | undefined;
  /**
   * Take the output from a process that holds it, whether or not that still runs: for callers that know of no other runner, such as a queue that
   * gives each task to one worker. With `resume` only, if it has work there. Should the other one only have slept, it ends with a LOCK_LOST, and changes
   * nothing. @defaultValue false
   */
  readonly takeOver?: boolean | undefined;
  /** Write only the shards of one part, without the index; see mergeCheckpoint. Text is that of `--part`: parsePart. */
  readonly part?: Part | string | undefined;
  /** How often what is done is recorded, for a run that resumes. @defaultValue 5000 */
  readonly recordIntervalMs?: number | undefined;
  /** Read the files again and tell their SHA-256. @defaultValue false */
  readonly checksum?: boolean | undefined;
}

/** A file of a checkpoint that was written. */
export interface FileReport {
  /** Absolute. */
  readonly path: string;
  readonly byteLength: number;
  /** In hex; only if asked for. */
  readonly sha256?: string;
}

export interface WriteReport {
  /** Absolute: of the file, or of the index of several shards, which parts leave to be merged. */
  readonly path: string;
  /** If only a part was written. */
  readonly part?: Part;
  readonly files: readonly FileReport[];
  /** In decimal digits. */
  readonly seed: string;
  readonly threads: number;
  /** Of the tensors in these files. */
  readonly elementCount: number;
  /** Of the files, headers included. */
  readonly byteLength: number;
  /** How many elements an earlier run had written. */
  readonly keptElements: number;
  /** Until the files were synced and had their names; without the time of the checksums. */
  readonly elapsedMs: number;
  /** Of a single file, in hex; only if asked for. */
  readonly sha256?: string;
  readonly tensors: readonly TensorReport[];
  /** What a person should know: WAGE layers that collapse, rules that decide nothing, older files beside, parts without work. */
  readonly warnings: readonly string[];
}

const OPTION_KEYS = [
  ...CONTENTS_KEYS,
  'out',
  'force',
  'resume',
  'waitForLock',
  'onWait',
  'takeOver',
  'part',
  'recordIntervalMs',
  'checksum',
  'signal',
  'onProgress',
] as const;

const RECORD_INTERVAL_MS = 5000;

/** @throws see Engine.writeCheckpoint */
export async function writeCheckpoint(
  coordinator: Coordinator,
  engine: EngineFacts,
  spec: unknown,
  options: WriteCheckpointOptions,
): Promise<WriteReport> {
  const startedAt = performance.now();
  checkOptions(options);
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
  const found = 'A part of a model has no seed, and each part would draw its own.';
  throw new ValueError('BAD_OPTION', found, 'Pass a seed (--seed), or give the spec one.');
}

/** A run that resumes without being told a seed has that of the run before. */
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
  const reports = files.flatMap((i, k): FileReport[] => {
    const file = layout.files[i];
    const sha256 = sums[k];
    if (file === undefined) return [];
    const { name, byteLength } = file;
    return [{ path: join(dirname(path), name), byteLength, ...(sha256 !== undefined && { sha256 }) }];
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

function checkOptions(options: WriteCheckpointOptions): void {
  const where = 'writeCheckpoint';
  checkKeys(options, OPTION_KEYS, where, 'BAD_OPTION');
  checkOut(options.out, where);
  checkRunOptions(options, where);
  for (const key of ['force', 'resume', 'checksum', 'takeOver'] as const) {
    const value: unknown = options[key];
    if (value === undefined || typeof value === 'boolean') continue;
    throw new ValueError('BAD_OPTION', `${where}: ${key} is ${show(value)}.`, 'Pass true or false.');
  }
  const { recordIntervalMs, waitForLock, onWait } = options;
  if (!isWait(waitForLock)) {
    const found = `${where}: waitForLock is ${show(waitForLock)}.`;
    throw new ValueError('BAD_OPTION', found, 'Pass true, or milliseconds from 0.');
  }
  if (options.takeOver && waitForLock !== undefined && waitForLock !== false) {
    const found = `${where}: both waitForLock and takeOver are given.`;
    throw new ValueError(
      'BAD_OPTION',
      found,
      'Wait for whoever holds the output, or take it: leave one out.',
    );
  }
  if (onWait !== undefined && typeof onWait !== 'function') {
    throw new ValueError('BAD_OPTION', `${where}: onWait is ${show(onWait)}.`, 'Pass a function.');
  }
  if (recordIntervalMs === undefined || (recordIntervalMs >= 0 && recordIntervalMs < 2 ** 31)) return;
  throw new ValueError(
    'BAD_OPTION',
    `${where}: recordIntervalMs is ${show(recordIntervalMs)}.`,
    'Pass milliseconds from 0 to 2^31 - 1.',
  );
}

const isWait = (value: unknown): boolean =>
  value === undefined || typeof value === 'boolean' || (typeof value === 'number' && value >= 0);

const toWaitMs = (waitForLock: boolean | number): number =>
  typeof waitForLock === 'number' ? waitForLock : waitForLock ? Infinity : 0;

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
