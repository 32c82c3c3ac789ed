/**
 * A model's weights, from a spec to a checkpoint: one safetensors file, or shards with their index.
 * @module
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { checkPart, type Part } from '../domain/part.js';
import { countElements } from '../domain/tensor.js';
import { checkKeys, show } from '../domain/words.js';
import { checkRunOptions, type Coordinator, type RunOptions } from '../engine/coordinator.js';
import { ValueError } from '../errors.js';
import {
  CONTENTS_KEYS,
  reportTensors,
  resolveContents,
  warnOfTensors,
  type ContentsOptions,
  type EngineFacts,
  type ResolvedContents,
  type TensorReport,
} from './contents.js';
import { readError } from './io-errors.js';
import { readJournal } from './journal.js';
import { layOut, type Layout } from './layout.js';
import { warnOfOthers, warnOfPart } from './output-warnings.js';
import { checkOut } from './output-place.js';
import { workFolderOf, journalPathOf } from './work-folder.js';
import { writeCheckpoint, type Written } from './write-checkpoint.js';

export interface InitModelOptions extends RunOptions, ContentsOptions {
  /** Path of the safetensors file; several shards have their names made of it. */
  readonly out: string;
  /** Replace files that are there. @defaultValue false */
  readonly force?: boolean | undefined;
  /** Go on with what a run that was killed has left, if one has. @defaultValue false */
  readonly resume?: boolean | undefined;
  /** Write only the shards of one part, without the index; see mergeCheckpoint. */
  readonly part?: Part | undefined;
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

export interface ModelReport {
  /** Absolute: of the file, or of the index of several shards, which parts leave to be merged. */
  readonly path: string;
  /** If only a part was written. */
  readonly part?: Part;
  readonly files: readonly FileReport[];
  readonly seed: bigint;
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
  'part',
  'recordIntervalMs',
  'checksum',
  'signal',
  'onProgress',
] as const;

const RECORD_INTERVAL_MS = 5000;

/** @throws see Engine.initModel */
export async function initModel(
  coordinator: Coordinator,
  engine: EngineFacts,
  spec: unknown,
  options: InitModelOptions,
): Promise<ModelReport> {
  const startedAt = performance.now();
  checkOptions(options);
  const { force = false, resume = false, part, checksum = false, signal, onProgress } = options;
  const { recordIntervalMs = RECORD_INTERVAL_MS } = options;
  const path = resolve(options.out);
  const contents = await chooseSeed(await resolveContents(spec, options, engine), path, options);
  const layout = layOut(contents, basename(path));
  signal?.throwIfAborted();
  const sums: string[] = [];
  let hashMs = 0;
  const examine = async (paths: readonly string[]): Promise<void> => {
    const begunAt = performance.now();
    if (checksum) for (const file of paths) sums.push(await hashFile(file, signal));
    hashMs = performance.now() - begunAt;
  };
  const written = await writeCheckpoint(
    coordinator,
    engine.threads,
    layout,
    { path, force, resume, part, recordIntervalMs, examine },
    { signal, onProgress },
  );
  const elapsedMs = performance.now() - startedAt - hashMs;
  const warnings = [...contents.warnings, ...(await warnOfOthers(path, layout)), ...warnOfPart(layout, part)];
  return makeReport(path, layout, written, sums, {
    ...(part && { part }),
    threads: engine.threads,
    elapsedMs,
    warnings,
  });
}

/** A run that resumes without being told a seed has that of the run before. */
async function chooseSeed(
  contents: ResolvedContents,
  path: string,
  { resume, part }: InitModelOptions,
): Promise<ResolvedContents> {
  if (!contents.isSeedRandom) return contents;
  if (part !== undefined) {
    const found = 'A part of a model has no seed, and each part would draw its own.';
    throw new ValueError('BAD_OPTION', found, 'Pass a seed (--seed), or give the spec one.');
  }
  if (resume !== true) return contents;
  const state = await readJournal(journalPathOf(workFolderOf(path, part))).catch(() => undefined);
  const seed = /^\d+$/.test(state?.header.seed ?? '') ? BigInt(state?.header.seed ?? '') : contents.seed;
  return { ...contents, seed };
}

function makeReport(
  path: string,
  layout: Layout,
  { files, keptElements }: Written,
  sums: readonly string[],
  facts: Pick<ModelReport, 'part' | 'threads' | 'elapsedMs' | 'warnings'>,
): ModelReport {
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
    seed: layout.seed,
    elementCount: tensors.reduce((sum, { shape }) => sum + countElements(shape), 0),
    byteLength: reports.reduce((sum, file) => sum + file.byteLength, 0),
    keptElements,
    ...(sha256 !== undefined && layout.files.length === 1 && { sha256 }),
    tensors,
    ...facts,
    warnings: [...facts.warnings, ...warnOfTensors(tensors)],
  };
}

function checkOptions(options: InitModelOptions): void {
  const where = 'initModel';
  checkKeys(options, OPTION_KEYS, where, 'BAD_OPTION');
  checkOut(options.out, where);
  checkRunOptions(options, where);
  for (const key of ['force', 'resume', 'checksum'] as const) {
    const value: unknown = options[key];
    if (value === undefined || typeof value === 'boolean') continue;
    throw new ValueError('BAD_OPTION', `${where}: ${key} is ${show(value)}.`, 'Pass true or false.');
  }
  const { part, recordIntervalMs } = options;
  if (part !== undefined) checkPart(part, `${where}: part`);
  if (recordIntervalMs === undefined || (recordIntervalMs >= 0 && recordIntervalMs < 2 ** 31)) return;
  throw new ValueError(
    'BAD_OPTION',
    `${where}: recordIntervalMs is ${show(recordIntervalMs)}.`,
    'Pass milliseconds from 0 to 2^31 - 1.',
  );
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
