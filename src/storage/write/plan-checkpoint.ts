/**
 * Plans what writing a checkpoint would do, without writing: its files, their sizes and tensors, the free room.
 * @module
 */
import { basename, dirname, join, resolve } from 'node:path';
import { at } from '../../base/at.js';
import { sumOf } from '../../base/sum.js';
import { readPart, shardsOfPart, type Part } from '../../domain/partition/part.js';
import type { GeneratorName } from '../../domain/streams/generators.js';
import { checkKeys } from '../../base/wording.js';
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
import { layOut, type Layout } from '../format/layout.js';
import { readLastRun } from '../lock/last-owner.js';
import { describeShortage } from '../files/file-limit.js';
import { checkOut, isThere, readFreeBytes } from './output-checks.js';
import { warnOfPart } from './output-warnings.js';
import { nameOutput, workFolderOf } from '../lock/work-names.js';

export interface PlanCheckpointOptions extends ContentsOptions {
  /** Path of the safetensors file; the names of several shards are made from it. @defaultValue model.safetensors in the current folder */
  readonly out?: string | undefined;
  /** Plan only the shards of one part. Text is as in `--part`: see parsePart. */
  readonly part?: Part | string | undefined;
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
  /** On the output's disk; undefined if the folder does not exist, or the file system does not say. */
  readonly freeBytes: number | undefined;
  readonly tensors: readonly TensorReport[];
  readonly warnings: readonly string[];
}

/** @throws see Engine.planCheckpoint */
export async function planCheckpoint(
  engine: EngineFacts,
  spec: unknown,
  options: PlanCheckpointOptions,
): Promise<CheckpointPlan> {
  requireLittleEndian();
  checkKeys(options, [...CONTENTS_KEYS, 'out', 'part'], 'planCheckpoint', 'BAD_OPTION');
  const { out = 'model.safetensors' } = options;
  const path = resolve(checkOut(out, 'planCheckpoint'));
  const part =
    options.part === undefined ? undefined : readPart(options.part, 'planCheckpoint: part', process.env);
  const contents = await resolveContents(spec, options, engine);
  const layout = layOut(contents, basename(path));
  const own = part === undefined ? [...layout.files.keys()] : shardsOfPart(part, layout.files.length);
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
    warnings: [
      ...contents.warnings,
      ...(await warnOfUnfinished(path, part)),
      ...warnOfOpenFiles(own.length, engine.threads),
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
