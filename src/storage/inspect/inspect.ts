/**
 * Inspecting a checkpoint, anybody's: every tensor is read once and measured, and those that have a recipe are compared with what it
 * draws. Memory grows with the number of tensors, not with their size.
 * @module
 */
import type { FileHandle } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { describePatterns, describeRun, type Measured } from '../../domain/statistics/figures.js';
import { PatternCounts } from '../../domain/statistics/half-patterns.js';
import { combineStatistics, type RunStatistics } from '../../domain/statistics/running-statistics.js';
import { planChunks } from '../../domain/partition/chunks.js';
import { valueTypeOf, type ValueType } from '../../domain/tensors/stored-values.js';
import { groupWarnings, type TensorWarning } from '../../domain/tensors/warnings.js';
import { MOST_LEVELS } from '../../domain/statistics/distinct-values.js';
import { checkKeys, show } from '../../base/wording.js';
import { checkRunOptions, type Coordinator, type RunOptions } from '../../engine/jobs/coordinator.js';
import {
  MEASURE_CHUNK_ELEMENTS,
  MEASURE_MOST_ELEMENTS,
  Measurements,
} from '../../engine/jobs/measurements.js';
import type { Job } from '../../engine/jobs/protocol.js';
import { JumpfillError, ValueError } from '../../base/errors.js';
import { fileOf, openCheckpointFiles, type CheckpointFiles } from '../read/checkpoint-files.js';
import { Expectations } from './expectations.js';
import type { InspectedTensor, InspectReport } from './inspect-report.js';
import { openUnchanged, type StoredTensor } from '../read/stored-file.js';
import { RECIPE_KEY } from '../format/recipe-metadata.js';

export interface InspectCheckpointOptions extends RunOptions {
  /** What the checkpoint should be, as writeCheckpoint takes it. @defaultValue what the checkpoint's metadata say */
  readonly spec?: unknown;
}

const OPTION_KEYS = ['spec', 'signal', 'onProgress'] as const;

/** @throws see Engine.inspectCheckpoint */
export async function inspect(
  coordinator: Coordinator,
  { threads }: { readonly threads: number },
  path: string,
  options: InspectCheckpointOptions,
): Promise<InspectReport> {
  const startedAt = performance.now();
  checkOptions(path, options);
  const { spec, signal, onProgress } = options;
  signal?.throwIfAborted();
  const checkpoint = await openCheckpointFiles(path, { allowAbsent: true });
  const expectations = new Expectations(checkpoint, spec);
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
  if (typeof path === 'string' && path !== '') return;
  const found = `inspectCheckpoint: the path is ${show(path)}.`;
  throw new ValueError('BAD_OPTION', found, 'Name a file, an index or a folder.');
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

const sumOf = <T>(items: Iterable<T>, value: (item: T) => number): number =>
  [...items].reduce((sum, item) => sum + value(item), 0);

function countVerdicts(tensors: readonly InspectedTensor[]): InspectReport['verdicts'] {
  const verdicts = { expected: 0, unexpected: 0, unknown: 0 };
  for (const { verdict } of tensors) verdicts[verdict.kind]++;
  return verdicts;
}

/** Where a verdict does not say it. */
function warnOfNumbers({ name, figures, verdict }: InspectedTensor): TensorWarning[] {
  if (figures === undefined || verdict.kind === 'unexpected') return [];
  const { nans, positiveInfinities, negativeInfinities } = figures;
  const infinities = positiveInfinities + negativeInfinities;
  if (nans + infinities === 0) return [];
  return [{ name, told: `${nans} NaN and ${infinities} infinite elements.` }];
}

async function inspectAll(
  coordinator: Coordinator,
  checkpoint: CheckpointFiles,
  expectations: Expectations,
  { signal, onProgress }: RunOptions,
): Promise<InspectedTensor[]> {
  const totalElements = sumOf(checkpoint.tensors.values(), ({ elementCount }) => elementCount);
  const place = { measurements: new Measurements(), totals: new PatternCounts() };
  const places = new Map(checkpoint.files.map(({ path }, file) => [path, file]));
  const inspected: InspectedTensor[] = [];
  let before = 0;
  let open: { readonly path: string; readonly handle: FileHandle } | undefined;
  try {
    for (const tensor of checkpoint.tensors.values()) {
      if (open?.path !== tensor.path) {
        await open?.handle.close();
        open = { path: tensor.path, handle: await openUnchanged(fileOf(checkpoint, tensor)) };
      }
      const report = ({ doneElements }: { doneElements: number }): void =>
        onProgress?.({ doneElements: before + doneElements, totalElements });
      const run = { signal, ...(onProgress && { onProgress: report }) };
      const found = await measureTensor(coordinator, tensor, open.handle.fd, place, run);
      inspected.push({
        name: tensor.name,
        dtype: tensor.storedDtype,
        shape: tensor.shape,
        elementCount: tensor.elementCount,
        byteLength: tensor.byteLength,
        file: places.get(tensor.path) ?? -1,
        ...expectations.describe(tensor, found),
      });
      before += tensor.elementCount;
      // Small tensors are measured on this thread: between them signals and timers have their turn.
      await setImmediate();
      signal?.throwIfAborted();
    }
  } finally {
    await open?.handle.close();
  }
  return inspected;
}

/** Of the tensor that is measured. */
interface Place {
  readonly measurements: Measurements;
  readonly totals: PatternCounts;
}

/** Undefined of a dtype that nobody measures. */
async function measureTensor(
  coordinator: Coordinator,
  tensor: StoredTensor,
  descriptor: number,
  { measurements, totals }: Place,
  { signal, onProgress }: RunOptions,
): Promise<Measured | undefined> {
  const type = valueTypeOf(tensor.storedDtype);
  if (type === undefined) return undefined;
  totals.clear();
  const runs: RunStatistics[] = [];
  let distinct: ReadonlySet<number> | undefined = new Set();
  for (let done = 0; done < tensor.elementCount; done += MEASURE_MOST_ELEMENTS) {
    const elementCount = Math.min(MEASURE_MOST_ELEMENTS, tensor.elementCount - done);
    const job = makeJob(tensor, type, descriptor, measurements, done, elementCount);
    const report = ({ doneElements }: { doneElements: number }): void =>
      onProgress?.({ doneElements: done + doneElements, totalElements: tensor.elementCount });
    await runExactly(coordinator, job, measurements, { signal, ...(onProgress && { onProgress: report }) });
    measurements.addTo(totals);
    runs.push(measurements.statisticsOf(job.plan.chunkCount));
    distinct = unite(distinct, measurements.distinct);
  }
  return type.kind === 'counted'
    ? describePatterns(tensor.storedDtype, type, totals)
    : describeRun(tensor.storedDtype, type, totals, combineStatistics(runs), distinct);
}

function unite(
  a: ReadonlySet<number> | undefined,
  b: ReadonlySet<number> | undefined,
): ReadonlySet<number> | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a.size === 0) return b;
  const both = new Set([...a, ...b]);
  return both.size > MOST_LEVELS ? undefined : both;
}

/**
 * The measuring of some elements of a tensor.
 * @param first  of them, in the tensor
 */
export function makeJob(
  { storedDtype, path, position }: Pick<StoredTensor, 'storedDtype' | 'path' | 'position'>,
  { byteWidth }: Pick<ValueType, 'byteWidth'>,
  descriptor: number,
  { buffer }: Measurements,
  first: number,
  elementCount: number,
): Job {
  const source = { kind: 'file', descriptor, path, position: position + first * byteWidth } as const;
  return {
    plan: planChunks([{ offset: 0, elementCount }], MEASURE_CHUNK_ELEMENTS),
    tensors: [{ kind: 'measure', storedDtype, source, measurements: buffer }],
  };
}

/** Threads that die again and again, each time in the few microseconds between adding and marking. */
const MOST_ATTEMPTS = 3;

/** Runs the job until no element is counted twice: at once, unless a thread died (engine/jobs/measurements.ts). */
async function runExactly(
  coordinator: Coordinator,
  job: Job,
  measurements: Measurements,
  options: RunOptions,
): Promise<void> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    measurements.clear();
    await coordinator.run(job, options);
    if (measurements.counted === job.plan.elementCount) return;
  }
  const found = `${measurements.counted} elements were counted of ${job.plan.elementCount}, ${MOST_ATTEMPTS} times over.`;
  throw new JumpfillError(
    'WORKER_FAILED',
    found,
    'Worker threads die while they measure: use fewer threads.',
  );
}
