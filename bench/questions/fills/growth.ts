/**
 * Growth of the cost with elements, with chunks, and with threads that this machine lacks.
 * @module
 */
import { at } from '#built/base/at.js';
import { Engine } from '#built/api/engine.js';
import { BLOCK_ELEMENTS } from '#built/domain/streams/generator.js';
import type { Job } from '#built/engine/jobs/protocol.js';
import {
  type Answer,
  figureOf,
  type Figure,
  type GridRow,
  type GridTable,
  type ThroughputRow,
} from '../../measure/answer.js';
import { clock, measureBy, runContest, type Contestant } from '../../measure/contest.js';
import { engineRun, memoryFill } from '../../contestants/fills.js';
import { Crew } from '../../contestants/crew/crew.js';
import { describeLimits, measureLimits } from './growth-limits.js';
import { idleJob, openCoordinator } from '../../contestants/engine-jobs.js';
import type { Scale } from '../../measure/scale.js';
import { fitLine, fitRelatively } from '../../measure/statistics.js';
import { allocateOwn, drawOf, SEED, truncatedNormal, wage } from '../../contestants/subjects.js';

const IDLE_WORKER_URL = new URL('../../contestants/idle-worker.js', import.meta.url);

const CHUNKS = 256;

const SMALLEST = 2 ** 20;

/** A turn of a smaller size is several runs, one after another: 64 of 2^20 elements. */
const TURN_ELEMENTS = 2 ** 26;

export async function answer(scale: Scale): Promise<Answer> {
  await using crew = await Crew.start(scale.threads);
  const rows = await timeElements(crew, scale);
  const limits = await measureLimits(crew, scale);
  return {
    tables: [
      { kind: 'throughput', title: 'Elements, from 2^20 on', rows },
      ...fitLines(rows),
      {
        kind: 'figures',
        title: `The engine without filling: ${CHUNKS} chunks, any number of elements`,
        rows: await timeIdleElements(scale),
      },
      {
        kind: 'figures',
        title: 'The engine without filling: more chunks of one block',
        rows: await timeIdleChunks(scale),
      },
      { kind: 'figures', title: 'Limits of more threads, computed', rows: limits.rows },
    ],
    notes: [
      'Time is linear in elements where the largest residual is no more than the times themselves vary. a: the cost of a call before the first element. Small tensors that stay in a cache lie below the line of large ones, the fill of them too.',
      'The engine without filling: the real coordinator, pool and shifts, with a worker whose outputs fill nothing. "main thread": the time in which the coordinator kept its event loop busy.',
      ...describeLimits(limits),
    ],
  };
}

/** All sizes in one contest, so that a slow minute does not distort one size. */
async function timeElements(crew: Crew, scale: Scale): Promise<ThroughputRow[]> {
  await using engine = new Engine({ threads: scale.threads, seed: SEED });
  const contestants: Contestant[] = [];
  for (let size = Math.min(SMALLEST, scale.elements); size <= scale.elements; size *= 4) {
    const tensor = allocateOwn(size);
    const runs = [wage, truncatedNormal].map((subject) => engineRun(engine, tensor, subject));
    const fill = memoryFill(crew, tensor, scale.threads);
    const [ceiling, ...others] = [fill, ...runs].map((contestant) =>
      scale.isQuick ? contestant : repeat(contestant, Math.ceil(TURN_ELEMENTS / size)),
    );
    if (ceiling) contestants.push(...measureBy(ceiling, others));
  }
  return await runContest(contestants, scale);
}

/** A turn is several runs; its time is their mean. */
const repeat = (contestant: Contestant, runs: number): Contestant => ({
  ...contestant,
  run: async () => {
    let sumMs = 0;
    for (let i = 0; i < runs; i++) sumMs += await contestant.run();
    return sumMs / runs;
  },
});

/** Two points always lie on a line. */
const MIN_SIZES = 3;

/** No table where there are too few sizes. */
function fitLines(rows: readonly ThroughputRow[]): GridTable[] {
  const lines = [...new Set(rows.map(({ series }) => series))].flatMap((series): GridRow[] => {
    const own = rows.filter((row) => row.series === series);
    if (own.length < MIN_SIZES) return [];
    const points = own.map(({ elementCount, elapsedMs }) => [elementCount, elapsedMs.median] as const);
    const { intercept, slope, largestResidual } = fitRelatively(points);
    return [{ label: series, values: [toMicroseconds(intercept), slope * 1e6, 100 * largestResidual] }];
  });
  if (lines.length === 0) return [];
  const title = 'The line a + b * elements through these times, each weighted by its own size';
  return [
    { kind: 'grid', title, columns: ['a, us', 'b, ns an element', 'largest residual, %'], rows: lines },
  ];
}

const nothing = drawOf(wage.init, [2, 2]);

interface IdleTimes {
  readonly wholeMs: readonly number[];
  readonly busyMs: readonly number[];
}

async function timeIdle(scale: Scale, jobs: readonly Job[]): Promise<readonly IdleTimes[]> {
  const coordinator = openCoordinator(scale.threads, IDLE_WORKER_URL);
  const times = jobs.map(() => ({ wholeMs: [] as number[], busyMs: [] as number[] }));
  const rounds = scale.isQuick ? 2 : 31;
  for (let round = -1; round < rounds; round++) {
    for (const [i, job] of jobs.entries()) {
      const before = performance.eventLoopUtilization();
      const wholeMs = await clock(() => coordinator.run(job));
      const busyMs = performance.eventLoopUtilization(before).active;
      if (round < 0) continue; // the pool starts, code is compiled
      at(times, i).wholeMs.push(wholeMs);
      at(times, i).busyMs.push(busyMs);
    }
  }
  await coordinator.destroy();
  return times;
}

async function timeIdleElements(scale: Scale): Promise<Figure[]> {
  const exponents = [24, 28, 32, 36, 40];
  const jobs = exponents.map((exponent) => idleJob(nothing, 2 ** exponent, 2 ** exponent / CHUNKS));
  const times = await timeIdle(scale, jobs);
  return times.flatMap(({ wholeMs, busyMs }, i) => [
    figureOf(`2^${at(exponents, i)} elements, whole`, 'us', wholeMs.map(toMicroseconds)),
    figureOf(`2^${at(exponents, i)} elements, main thread`, 'us', busyMs.map(toMicroseconds)),
  ]);
}

async function timeIdleChunks(scale: Scale): Promise<Figure[]> {
  const counts = [2 ** 6, 2 ** 10, 2 ** 14, 2 ** 17];
  const times = await timeIdle(
    scale,
    counts.map((count) => idleJob(nothing, count * BLOCK_ELEMENTS, BLOCK_ELEMENTS)),
  );
  const wholes = counts.map((count, i) =>
    figureOf(`${count} chunks, whole`, 'us', at(times, i).wholeMs.map(toMicroseconds)),
  );
  const busy = counts.map((count, i) =>
    figureOf(`${count} chunks, main thread`, 'us', at(times, i).busyMs.map(toMicroseconds)),
  );
  const perChunk = (label: string, figures: readonly Figure[]): Figure => ({
    label,
    unit: 'ns',
    value: fitLine(figures.map(({ value }, i) => [at(counts, i), value] as const)).slope * 1000,
    note: 'slope of a line through the medians',
  });
  return [
    ...wholes,
    ...busy,
    perChunk('each chunk, whole', wholes),
    perChunk('each chunk, main thread', busy),
  ];
}

const toMicroseconds = (ms: number): number => ms * 1000;
