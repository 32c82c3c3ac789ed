/**
 * Inspects a checkpoint of any origin: reads and measures every tensor once, and compares those that have a recipe with what it draws.
 * Memory grows with the number of tensors, not with their size.
 * @module
 */
import type { FileHandle } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { checkPath } from '../../base/option-checks.js';
import { sumOf } from '../../base/sum.js';
import { checkKeys } from '../../base/wording.js';
import type { GeneratorName } from '../../domain/streams/generators.js';
import { groupWarnings, type TensorWarning } from '../../domain/tensors/warnings.js';
import { checkRunOptions, type Coordinator, type RunOptions } from '../../engine/jobs/coordinator.js';
import { progressOfSeries } from '../../engine/jobs/progress.js';
import { RECIPE_KEY } from '../format/recipe-metadata.js';
import { fileOf, openCheckpointFiles, type CheckpointFiles } from '../read/checkpoint-files.js';
import { openUnchanged, type StoredFile, type StoredTensor } from '../read/stored-file.js';
import { checkGeneratorHasSpec } from '../read/expected-model.js';
import { Expectations, type Assessment } from './expectations.js';
import type { InspectedTensor, InspectReport } from './inspect-report.js';
import { MeasureBuffers, measureTensor } from './measure-tensor.js';

export interface InspectCheckpointOptions extends RunOptions {
  /** What the checkpoint should be: a spec, as writeCheckpoint takes it. @defaultValue what the checkpoint's metadata record */
  readonly spec?: unknown;
  /** With `spec`: where the words come from. @defaultValue the spec's, else the one in the metadata, else `'xoroshiro128+'` */
  readonly generator?: GeneratorName | undefined;
}

const OPTION_KEYS = ['spec', 'generator', 'signal', 'onProgress'] as const;

/** @throws see Engine.inspectCheckpoint */
export async function inspect(
  coordinator: Coordinator,
  { threads }: { readonly threads: number },
  path: string,
  options: InspectCheckpointOptions,
): Promise<InspectReport> {
  const startedAt = performance.now();
  checkOptions(path, options);
  const { spec, generator, signal, onProgress } = options;
  signal?.throwIfAborted();
  const checkpoint = await openCheckpointFiles(path, { allowAbsent: true });
  const expectations = new Expectations(checkpoint, spec, generator);
  const { source: recipe, missing, warnings } = expectations;
  const tensors = await inspectAll(coordinator, checkpoint, expectations, { signal, onProgress });
  return {
    ...describeFiles(checkpoint),
    ...(recipe && { recipe }),
    elementCount: sumOf(tensors, ({ elementCount }) => elementCount),
    byteLength: sumOf(tensors, ({ byteLength }) => byteLength),
    threads,
    elapsedMs: performance.now() - startedAt,
    tensors,
    verdicts: countVerdicts(tensors),
    missing,
    warnings: [...checkpoint.warnings, ...warnings, ...groupWarnings(tensors.flatMap(warnOfNumbers))],
  };
}

function checkOptions(path: unknown, options: InspectCheckpointOptions): void {
  checkKeys(options, OPTION_KEYS, 'inspectCheckpoint', 'BAD_OPTION');
  checkRunOptions(options, 'inspectCheckpoint');
  checkPath(path, 'inspectCheckpoint: the path');
  checkGeneratorHasSpec(options.spec, options.generator, 'inspectCheckpoint');
}

function describeFiles({
  path,
  files,
  metadata,
}: CheckpointFiles): Pick<InspectReport, 'path' | 'files' | 'metadata'> {
  return {
    path,
    files: files.map((file) => ({
      path: file.path,
      byteLength: file.byteLength,
      tensorCount: file.tensors.length,
    })),
    metadata: Object.fromEntries([...metadata].filter(([key]) => key !== RECIPE_KEY)),
  };
}

function countVerdicts(tensors: readonly InspectedTensor[]): InspectReport['verdicts'] {
  const verdicts = { expected: 0, unexpected: 0, unknown: 0, unjudged: 0, unmeasured: 0 };
  for (const { verdict } of tensors) verdicts[verdict.kind]++;
  return verdicts;
}

/** NaN and infinities, where no verdict lists them. */
function warnOfNumbers({ name, figures, verdict }: InspectedTensor): TensorWarning[] {
  if (figures === undefined || verdict.kind === 'unexpected') return [];
  const { nans, positiveInfinities, negativeInfinities } = figures;
  const infinities = positiveInfinities + negativeInfinities;
  if (nans + infinities === 0) return [];
  return [{ name, text: `${nans} NaN and ${infinities} infinite elements.` }];
}

async function inspectAll(
  coordinator: Coordinator,
  checkpoint: CheckpointFiles,
  expectations: Expectations,
  { signal, onProgress }: RunOptions,
): Promise<InspectedTensor[]> {
  const totalElements = sumOf(checkpoint.tensors.values(), ({ elementCount }) => elementCount);
  const buffers = new MeasureBuffers();
  const inspected: InspectedTensor[] = [];
  let doneBefore = 0;
  // Tensors come in the order of the files, so one file is open at a time.
  let open: { readonly file: StoredFile; readonly index: number; readonly handle: FileHandle } | undefined;
  try {
    for (const tensor of checkpoint.tensors.values()) {
      if (open?.file.path !== tensor.path) {
        await open?.handle.close();
        const file = fileOf(checkpoint, tensor);
        open = { file, index: checkpoint.files.indexOf(file), handle: await openUnchanged(file) };
      }
      const onTensor = onProgress && progressOfSeries(onProgress, doneBefore, totalElements);
      const run = { signal, onProgress: onTensor };
      const bounds = expectations.boundsOf(tensor);
      const measured = await measureTensor(coordinator, tensor, bounds, open.handle.fd, buffers, run);
      inspected.push(describeTensor(tensor, open.index, expectations.assess(tensor, measured)));
      doneBefore += tensor.elementCount;
      // Small tensors are measured on this thread: signals and timers get their turn between them.
      await setImmediate();
      signal?.throwIfAborted();
    }
  } finally {
    await open?.handle.close();
  }
  return inspected;
}

const describeTensor = (
  { name, storedDtype, shape, elementCount, byteLength }: StoredTensor,
  file: number,
  assessment: Assessment,
): InspectedTensor => ({ name, dtype: storedDtype, shape, elementCount, byteLength, file, ...assessment });
