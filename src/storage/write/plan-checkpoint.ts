/**
 * What writing a model would come to, without writing: files, sizes, what goes where, whether there is room.
 * @module
 */
import { basename, dirname, join, resolve } from 'node:path';
import { readPart, shardsOfPart, type Part } from '../../domain/partition/part.js';
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
import { layOut } from '../format/layout.js';
import { readLastRun } from '../lock/lock.js';
import { describeShortage } from '../files/file-limit.js';
import { checkOut, isThere, readFreeBytes } from './output-checks.js';
import { warnOfPart } from './output-warnings.js';
import { workFolderOf } from '../lock/work-names.js';

export interface PlanCheckpointOptions extends ContentsOptions {
  /** Path of the safetensors file; several shards have their names made of it. @defaultValue model.safetensors here */
  readonly out?: string | undefined;
  readonly part?: Part | string | undefined;
}

export interface PlannedFile {
  /** Absolute. */
  readonly path: string;
  /** Header included. */
  readonly byteLength: number;
  readonly elementCount: number;
  /** Names, in file order. */
  readonly tensors: readonly string[];
  /** Whether something of that name is there, which writeCheckpoint would refuse without `force`. */
  readonly exists: boolean;
}

export interface CheckpointPlan {
  readonly files: readonly PlannedFile[];
  /** Of a checkpoint of several shards. */
  readonly indexPath: string | undefined;
  /** In decimal digits. If none was chosen, writeCheckpoint draws another. */
  readonly seed: string;
  readonly elementCount: number;
  /** Of the files of this plan, headers included. A seed that is not chosen yet may change it by a few bytes. */
  readonly byteLength: number;
  /** On the output's disk; undefined where the file system does not tell, or the folder is not there. */
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
  const files = await Promise.all(
    own.map(async (i): Promise<PlannedFile[]> => {
      const file = layout.files[i];
      if (file === undefined) return [];
      const inFile = file.tensors.flatMap((tensor) => layout.tensors[tensor] ?? []);
      return [
        {
          path: join(dirname(path), file.name),
          byteLength: file.byteLength,
          elementCount: inFile.reduce((sum, { elementCount }) => sum + elementCount, 0),
          tensors: inFile.map(({ name }) => name),
          exists: await isThere(join(dirname(path), file.name)),
        },
      ];
    }),
  );
  const planned = files.flat();
  return {
    files: planned,
    indexPath: layout.index && join(dirname(path), layout.index.name),
    seed: String(layout.seed),
    elementCount: planned.reduce((sum, { elementCount }) => sum + elementCount, 0),
    byteLength: planned.reduce((sum, { byteLength }) => sum + byteLength, 0),
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

async function warnOfUnfinished(path: string, part: Part | undefined): Promise<string[]> {
  const folder = workFolderOf(path, part);
  if ((await readLastRun(folder)) === undefined) return [];
  return [
    `${folder} holds an unfinished run of this output, or one that is at work: --resume would go on with it.`,
  ];
}

/** writeCheckpoint would refuse it here; another machine may allow more. */
function warnOfOpenFiles(count: number, threads: number): string[] {
  const shortage = describeShortage(count, threads);
  return shortage === undefined
    ? []
    : [`${shortage} init will need more (ulimit -n), larger shards, or parts.`];
}
