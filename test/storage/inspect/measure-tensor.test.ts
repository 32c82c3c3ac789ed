/** A tensor of more than 2^31 elements is measured in runs; here their jobs are done by the test, which adds what it likes. */
import { expect, test } from 'vitest';
import { at } from '#built/base/at.js';
import type { Measured } from '#built/domain/statistics/figures.js';
import { halfPatternOf, PatternCounts } from '#built/domain/statistics/half-patterns.js';
import { NO_STATISTICS } from '#built/domain/statistics/run-statistics.js';
import { NO_MOMENTS } from '#built/domain/statistics/moments.js';
import type { Coordinator, RunOptions } from '#built/engine/jobs/coordinator.js';
import { Measurements } from '#built/engine/jobs/measurements.js';
import type { Progress } from '#built/engine/jobs/progress.js';
import type { Job } from '#built/engine/jobs/protocol.js';
import { MeasureBuffers, measureTensor } from '#built/storage/inspect/measure-tensor.js';

const RUN = 2 ** 31;
const REST = 5;
const ELEMENTS = 2 * RUN + REST;

/** The value of all elements of each run. */
type Values = readonly [number, number, number];

interface Measuring {
  readonly measured: Measured | undefined;
  readonly progress: readonly Progress[];
  /** The position and the number of elements of each job. */
  readonly jobs: readonly (readonly [position: number, elements: number])[];
}

/**
 * @param patternOf  the counter of a value
 * @param twice      the jobs, by number, whose counts come twice, as from a thread that died
 */
async function measure(
  storedDtype: 'F32' | 'I8',
  values: Values,
  patternOf: (value: number) => number,
  twice: readonly number[] = [],
): Promise<Measuring> {
  const jobs: [number, number][] = [];
  const progress: Progress[] = [];
  const run = ({ chunks, tensors: [tensor] }: Job, { onProgress }: RunOptions): Promise<void> => {
    if (tensor?.kind !== 'measure') return expect.fail('not a measurement');
    const { elementCount } = chunks;
    const value = at(values, Math.round((tensor.source.position - 100) / (RUN * width)));
    const shared = new Measurements(tensor.measurements);
    const counts = new PatternCounts();
    counts.add(patternOf(value), elementCount);
    for (let i = 0; i < (twice.includes(jobs.length) ? 2 : 1); i++) shared.addCounts(counts);
    shared.addDistinct([value]);
    for (let chunk = 0; chunk < chunks.chunkCount; chunk++) shared.setStatistics(chunk, NO_STATISTICS);
    const moments = { ...NO_MOMENTS, count: elementCount, mean: value };
    shared.setStatistics(0, { ...NO_STATISTICS, moments, least: value, greatest: value });
    jobs.push([tensor.source.position, elementCount]);
    onProgress?.({ doneElements: elementCount, totalElements: elementCount });
    return Promise.resolve();
  };
  const width = storedDtype === 'F32' ? 4 : 1;
  const measured = await measureTensor(
    { run } as unknown as Coordinator,
    {
      ...{ name: 'w', storedDtype, dtype: storedDtype === 'F32' ? 'float32' : 'int8', path: '/f' },
      ...{ shape: [ELEMENTS], elementCount: ELEMENTS, byteLength: width * ELEMENTS, position: 100 },
    },
    undefined,
    3,
    new MeasureBuffers(),
    { onProgress: (step) => progress.push(step) },
  );
  return { measured, progress, jobs };
}

test('each run begins where the one before ended, and progress goes on from there', async () => {
  const { jobs, progress } = await measure('F32', [1, 2, 3], halfPatternOf);
  expect(jobs).toEqual([
    [100, RUN],
    [100 + 4 * RUN, RUN],
    [100 + 8 * RUN, REST],
  ]);
  const done = [RUN, 2 * RUN, ELEMENTS];
  expect(progress).toEqual(done.map((doneElements) => ({ doneElements, totalElements: ELEMENTS })));
});

test('the figures of floats are those of all runs', async () => {
  const { measured } = await measure('F32', [1, 2, -4], halfPatternOf);
  expect(measured?.figures).toMatchObject({ finiteCount: ELEMENTS, min: -4, max: 2, levels: 3 });
  expect(measured?.figures.mean).toBeCloseTo(1.5, 6);
  expect(measured?.bins.counts.reduce((sum, count) => sum + count, 0)).toBe(ELEMENTS);
});

test('the figures of values that are counted are those of all runs', async () => {
  const { measured } = await measure('I8', [7, 0, -9], (value) => value & 0xff);
  expect(measured?.figures).toMatchObject({ finiteCount: ELEMENTS, zeros: RUN, min: -9, max: 7, levels: 3 });
});

test('a run whose elements are counted twice is made again', async () => {
  const { measured, jobs } = await measure('I8', [7, 0, -9], (value) => value & 0xff, [1]);
  expect(jobs.map(([, elements]) => elements)).toEqual([RUN, RUN, RUN, REST]);
  expect(measured?.figures).toMatchObject({ finiteCount: ELEMENTS, zeros: RUN });
});

test('but not more than twice', async () => {
  const measuring = measure('I8', [7, 0, -9], (value) => value & 0xff, [1, 2, 3]);
  await expect(measuring).rejects.toMatchObject({ code: 'WORKER_FAILED' });
});
