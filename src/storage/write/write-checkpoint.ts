/**
 * Writes a checkpoint from a spec: one safetensors file, or shards with their index.
 * @module
 */
import { basename, dirname, join } from 'node:path';
import { at } from '../../base/at.js';
import { sumOf } from '../../base/sum.js';
import type { Part } from '../../domain/partition/part.js';
import type { GeneratorName } from '../../domain/streams/generators.js';
import { checkSeed } from '../../domain/streams/seed.js';
import { countElements } from '../../domain/tensors/shapes.js';
import type { Coordinator } from '../../engine/jobs/coordinator.js';
import { layOut, type Layout } from '../format/layout.js';
import { findJournals } from '../lock/work-folder.js';
import { workFolderOf } from '../lock/work-names.js';
import { readFileRecipe, type FileRecipe } from '../read/file-recipe.js';
import { readHeader } from '../read/stored-file.js';
import { Checksums } from './checksums.js';
import type { CompanionReport } from './companion-files.js';
import { loadCompanions } from './load-companions.js';
import { readJournals } from './journal.js';
import { warnOfOlderFiles, warnOfPart } from './output-warnings.js';
import {
  reportTensors,
  requireSeed,
  resolveContents,
  warnOfTensors,
  type EngineFacts,
  type ResolvedContents,
  type TensorReport,
} from './resolve-model.js';
import { refuseSource } from './source-checks.js';
import { writeLayout, type WrittenLayout } from './write-layout.js';
import { parseWriteOptions, type WriteCheckpointOptions } from './write-options.js';

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
  readonly generator: GeneratorName;
  /** In decimal digits. */
  readonly seed: string;
  readonly threads: number;
  /** Elements in these files. */
  readonly elementCount: number;
  /** Bytes of these files, headers included. */
  readonly byteLength: number;
  /** Elements that an earlier run had written. */
  readonly keptElements: number;
  /** The time until the files were synced and named, without the checksums. */
  readonly elapsedMs: number;
  /** The SHA-256 of a single file, in hex; only with `checksum`. */
  readonly sha256?: string;
  readonly tensors: readonly TensorReport[];
  /** What it is like: the path, the address, or the model of the Hub with its commit. */
  readonly like?: string;
  /** Only with `withConfig`. */
  readonly companions?: readonly CompanionReport[];
  /** Warnings for people to read: WAGE layers that collapse, unused rules, older files beside the output, parts without work. */
  readonly warnings: readonly string[];
}

/** @throws see Engine.writeCheckpoint */
export async function writeCheckpoint(
  coordinator: Coordinator,
  engine: EngineFacts,
  spec: unknown,
  options: WriteCheckpointOptions,
): Promise<WriteReport> {
  const startedAt = performance.now();
  const settings = parseWriteOptions(options, process.env);
  const { path, part, resume } = settings;
  const { checksum = false, signal, onProgress } = options;
  const contents = await resolveContents(spec, options, engine);
  if (part !== undefined) requireSeed(contents);
  const companions = await loadCompanions(contents, options.withConfig, path);
  const planned = layOut(contents, basename(path));
  await refuseSource(contents.source, planned, dirname(path));
  const settle = async (): Promise<Layout> => {
    const seed = resume ? await readSeed(contents, planned, settings) : contents.seed;
    return seed === contents.seed ? planned : layOut({ ...contents, seed }, basename(path));
  };
  signal?.throwIfAborted();
  const checksums = new Checksums(signal);
  const examine = async (paths: readonly string[]): Promise<void> => {
    if (checksum) await checksums.read(paths);
  };
  const { threads } = engine;
  const writeOptions = { ...settings, examine, companions: companions?.files ?? [] };
  const runOptions = { signal, onProgress };
  const written = await writeLayout(coordinator, threads, planned, settle, writeOptions, runOptions);
  const elapsedMs = performance.now() - startedAt - checksums.elapsedMs;
  const warnings = [
    ...contents.warnings,
    ...(companions?.warnings ?? []),
    ...(await warnOfOlderFiles(path, written.layout)),
    ...warnOfPart(written.layout, part),
  ];
  const copied = companions && { companions: written.companions };
  const like = contents.source && { like: contents.source.label };
  const facts = { ...(part && { part }), ...like, ...copied, threads, elapsedMs, warnings };
  return makeReport(path, written, checksums.sums, facts);
}

/** A run that resumes without a seed takes the earlier run's: that of its journal, or of the first file that it has finished. */
async function readSeed(
  { isSeedRandom, seed }: ResolvedContents,
  { generator, files }: Layout,
  { path, part, force }: ReturnType<typeof parseWriteOptions>,
): Promise<bigint> {
  if (!isSeedRandom) return seed;
  const state = await readJournals(await findJournals(workFolderOf(path, part)));
  if (state !== undefined) return checkSeed(BigInt(state.header.seed));
  if (force) return seed;
  for (const { name } of files) {
    const finished = await readRecipeIfAny(join(dirname(path), name));
    if (finished?.generator === generator) return finished.seed;
  }
  return seed;
}

/** Undefined for what is no file of ours: whether it is in the way is found out where files get their names. */
const readRecipeIfAny = async (path: string): Promise<FileRecipe | undefined> =>
  await readHeader(path)
    .then(readFileRecipe)
    .catch(() => undefined);

function makeReport(
  path: string,
  { layout, files, keptElements }: WrittenLayout,
  sums: readonly string[],
  facts: Pick<WriteReport, 'part' | 'like' | 'companions' | 'threads' | 'elapsedMs' | 'warnings'>,
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
    generator: layout.generator,
    seed: String(layout.seed),
    elementCount: sumOf(tensors, ({ shape }) => countElements(shape)),
    byteLength: sumOf(reports, (file) => file.byteLength),
    keptElements,
    ...(sha256 !== undefined && layout.files.length === 1 && { sha256 }),
    tensors,
    ...facts,
    warnings: [...facts.warnings, ...warnOfTensors(tensors)],
  };
}
