/**
 * Measures one tensor on all threads: in runs of at most 2^31 elements, as many as a counter can count.
 * @module
 */
import { JumpfillError } from '../../base/errors.js';
import { planChunks } from '../../domain/partition/chunks.js';
import { MOST_LEVELS } from '../../domain/statistics/distinct-values.js';
import { describePatterns, describeRun, type Measured } from '../../domain/statistics/figures.js';
import type { Interval } from '../../domain/statistics/histogram.js';
import { PatternCounts } from '../../domain/statistics/half-patterns.js';
import { combineStatistics, type RunStatistics } from '../../domain/statistics/run-statistics.js';
import { valueTypeOf, type ValueType } from '../../domain/tensors/stored-values.js';
import type { Coordinator, RunOptions } from '../../engine/jobs/coordinator.js';
import {
  MEASURE_CHUNK_ELEMENTS,
  MEASURE_MOST_ELEMENTS,
  Measurements,
} from '../../engine/jobs/measurements.js';
import { progressOfSeries } from '../../engine/jobs/progress.js';
import type { Job, MeasuredTensor } from '../../engine/jobs/protocol.js';
import type { StoredTensor } from '../read/stored-file.js';

/** Buffers that are reused from tensor to tensor: 1 MB. */
export class MeasureBuffers {
  /** The measurements of one run, shared with the threads. */
  readonly measurements = new Measurements();
  /** The counts of all runs of a tensor. */
  readonly totals = new PatternCounts();
}

/**
 * Undefined for a dtype that cannot be measured.
 * @param bounds  values outside are counted
 */
export async function measureTensor(
  coordinator: Coordinator,
  tensor: StoredTensor,
  bounds: Interval | undefined,
  descriptor: number,
  { measurements, totals }: MeasureBuffers,
  { signal, onProgress }: RunOptions,
): Promise<Measured | undefined> {
  const { storedDtype, elementCount: totalElements } = tensor;
  const type = valueTypeOf(storedDtype);
  if (type === undefined) return undefined;
  totals.clear();
  const runs: RunStatistics[] = [];
  let distinct: ReadonlySet<number> | undefined = new Set();
  for (let done = 0; done < totalElements; done += MEASURE_MOST_ELEMENTS) {
    const elementCount = Math.min(MEASURE_MOST_ELEMENTS, totalElements - done);
    const job = makeMeasureJob({ ...tensor, bounds }, type, descriptor, measurements, done, elementCount);
    const onRun = onProgress && progressOfSeries(onProgress, done, totalElements);
    await runExactly(coordinator, job, measurements, { signal, onProgress: onRun });
    measurements.addTo(totals);
    runs.push(measurements.statisticsOf(job.chunks.chunkCount));
    distinct = unite(distinct, measurements.distinct);
  }
  return type.kind === 'counted'
    ? describePatterns(storedDtype, type, totals, bounds)
    : describeRun(storedDtype, type, totals, combineStatistics(runs), distinct);
}

/** The union of two sets of distinct values; undefined if it has too many. */
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
 * The job of measuring a range of a tensor.
 * @param first  the range's first element
 */
export function makeMeasureJob(
  {
    storedDtype,
    path,
    position,
    bounds,
  }: Pick<StoredTensor, 'storedDtype' | 'path' | 'position'> & Pick<MeasuredTensor, 'bounds'>,
  { byteWidth }: Pick<ValueType, 'byteWidth'>,
  descriptor: number,
  { buffer }: Measurements,
  first: number,
  elementCount: number,
): Job {
  const source = { kind: 'file', descriptor, path, position: position + first * byteWidth } as const;
  return {
    chunks: planChunks([{ offset: 0, elementCount }], MEASURE_CHUNK_ELEMENTS),
    tensors: [{ kind: 'measure', storedDtype, source, bounds, measurements: buffer }],
  };
}

/** Only a thread that dies in the few microseconds between adding and marking makes another attempt necessary. */
const MOST_ATTEMPTS = 3;

/**
 * Runs the job until no element is counted twice: one run, unless a thread died (engine/jobs/measurements.ts).
 * @throws {JumpfillError} WORKER_FAILED
 */
async function runExactly(
  coordinator: Coordinator,
  job: Job,
  measurements: Measurements,
  options: RunOptions,
): Promise<void> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    measurements.clear();
    await coordinator.run(job, options);
    if (measurements.counted === job.chunks.elementCount) return;
  }
  const found = `Measuring ${job.chunks.elementCount} elements counted ${measurements.counted}, in the last of ${MOST_ATTEMPTS} attempts.`;
  throw new JumpfillError(
    'WORKER_FAILED',
    found,
    'Worker threads die while they measure: use fewer threads.',
  );
}
