/**
 * Plans what writing a checkpoint would do, without writing: its files, their sizes and tensors, the free room.
 * @module
 */
import { basename, dirname, join, resolve } from 'node:path';
import { at } from '../../base/at.js';
import { checkBoolean } from '../../base/option-checks.js';
import { sumOf } from '../../base/sum.js';
import { readPart, shardsOfPart, type Part } from '../../domain/partition/part.js';
import type { GeneratorName } from '../../domain/streams/generators.js';
import { checkKeys } from '../../base/wording.js';
import { checkRunOptions } from '../../engine/jobs/coordinator.js';
import { requireLittleEndian } from '../../engine/host/platform.js';
import {
  CONTENTS_KEYS,
  reportTensors,
  resolveContents,
  warnOfTensors,
  type ContentsOptions,
  type EngineFacts,
  type TensorReport,
} from './resolve-model.js';
import { loadCompanions, planCompanions, requireLike, type PlannedCompanion } from './load-companions.js';
import { layOut, type Layout } from '../format/layout.js';
import { readLastRun } from '../lock/last-owner.js';
import { describeShortage } from '../files/file-limit.js';
import { sourceFilesOf } from '../read/kept-sources.js';
import { checkOut, isThere, readFreeBytes } from './output-checks.js';
import { warnOfOlderFiles, warnOfPart } from './output-warnings.js';
import { keptIn } from './run-plan.js';
import { nameOutput, workFolderOf } from '../lock/work-names.js';

export interface PlanCheckpointOptions extends ContentsOptions {
  /** Ends the requests to the server of `like`. */
  readonly signal?: AbortSignal | undefined;
  /** Path of the safetensors file; the names of several shards are made from it. @defaultValue model.safetensors in the current folder */
  readonly out?: string | undefined;
  /** Plan only the shards of one part. Text is as in `--part`: see parsePart. */
  readonly part?: Part | string | undefined;
  /** Plan the companion files as well: see writeCheckpoint. @defaultValue false */
  readonly withConfig?: boolean | undefined;
}

export interface PlannedFile {
  /** Absolute. */
  readonly path: string;
  /** Header included. */
  readonly byteLength: number;
  readonly elementCount: number;
  /** Names of its tensors, in file order. */
  readonly tensors: readonly string[];
  /** The path exists, which writeCheckpoint refuses without `force`. */
  readonly exists: boolean;
}

export interface CheckpointPlan {
  readonly files: readonly PlannedFile[];
  /** Undefined for a checkpoint of one file. */
  readonly indexPath: string | undefined;
  readonly generator: GeneratorName;
  /** In decimal digits. If none was chosen, writeCheckpoint draws another. */
  readonly seed: string;
  readonly elementCount: number;
  /** Bytes of these files, headers included. A random seed may change the number by a few bytes. */
  readonly byteLength: number;
  /** On the output's disk, which may lack the folder yet; undefined if the file system does not say. */
  readonly freeBytes: number | undefined;
  readonly tensors: readonly TensorReport[];
  /** What it is like: the path, the address, or the model of the Hub with its commit. */
  readonly like?: string;
  /** Only with `withConfig`. */
  readonly companions?: readonly PlannedCompanion[];
  readonly warnings: readonly string[];
}

const WHERE = 'planCheckpoint';
const OPTION_KEYS = [...CONTENTS_KEYS, 'out', 'part', 'withConfig', 'signal'] as const;

/** @throws see Engine.planCheckpoint */
export async function planCheckpoint(
  engine: EngineFacts,
  spec: unknown,
  options: PlanCheckpointOptions,
): Promise<CheckpointPlan> {
  requireLittleEndian();
  checkKeys(options, OPTION_KEYS, WHERE, 'BAD_OPTION');
  checkRunOptions(options, WHERE);
  const { withConfig, like } = options;
  if (withConfig !== undefined) checkBoolean(withConfig, `${WHERE}: withConfig`);
  requireLike(WHERE, withConfig, like);
  const { out = 'model.safetensors' } = options;
  const path = resolve(checkOut(out, WHERE));
  const part = options.part === undefined ? undefined : readPart(options.part, `${WHERE}: part`, process.env);
  const contents = await resolveContents(spec, options, engine);
  options.signal?.throwIfAborted();
  const companions = await loadCompanions(contents, withConfig, path);
  const layout = layOut(contents, basename(path));
  const own = part === undefined ? [...layout.files.keys()] : shardsOfPart(part, layout.files.length);
  const shards = own.map((i) => at(layout.files, i));
  const tensors = reportTensors(layout, new Set(own));
  const files = await Promise.all(own.map((i) => planFile(layout, i, dirname(path))));
  return {
    files,
    indexPath: layout.index && join(dirname(path), layout.index.name),
    generator: layout.generator,
    seed: String(layout.seed),
    elementCount: sumOf(files, ({ elementCount }) => elementCount),
    byteLength: sumOf(files, ({ byteLength }) => byteLength),
    freeBytes: await readFreeBytes(dirname(path)),
    tensors,
    ...(contents.source && { like: contents.source.label }),
    ...(companions && { companions: await planCompanions(dirname(path), companions.files) }),
    warnings: [
      ...contents.warnings,
      ...(companions?.warnings ?? []),
      ...(companions ? await warnOfOlderFiles(path, layout) : []),
      ...(await warnOfUnfinished(path, part)),
      ...warnOfOpenFiles(own.length + sourceFilesOf(keptIn(layout, shards)).length, engine.threads),
      ...warnOfPart(layout, part),
      ...warnOfTensors(tensors),
    ],
  };
}

async function planFile(layout: Layout, index: number, folder: string): Promise<PlannedFile> {
  const { name, byteLength, tensors } = at(layout.files, index);
  const path = join(folder, name);
  const inFile = tensors.map((tensor) => at(layout.tensors, tensor));
  return {
    path,
    byteLength,
    elementCount: sumOf(inFile, ({ elementCount }) => elementCount),
    tensors: inFile.map((tensor) => tensor.name),
    exists: await isThere(path),
  };
}

async function warnOfUnfinished(output: string, part: Part | undefined): Promise<string[]> {
  const folder = workFolderOf(output, part);
  if ((await readLastRun(folder)) === undefined) return [];
  const found = `${nameOutput(output, part)} has a run, unfinished or at work, in ${folder}.`;
  return [`${found} Pass \`resume\` to continue it.`];
}

/** A warning and not an error: another machine may allow more. */
function warnOfOpenFiles(count: number, threads: number): string[] {
  const shortage = describeShortage(count, threads);
  return shortage === undefined
    ? []
    : [`${shortage} Writing needs a higher limit (ulimit -n), larger shards, or parts.`];
}
