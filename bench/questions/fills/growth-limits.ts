/**
 * The limits of 16, 64 and 128 threads, computed from measurements of this machine; no such machine was measured.
 * @module
 */
import { Engine } from '#built/api/engine.js';
import { chooseChunkElements } from '#built/domain/partition/chunks.js';
import { BYTES_PER_ELEMENT, gigaElements, type Figure } from '../../measure/answer.js';
import { runContest } from '../../measure/contest.js';
import { engineRun, memoryFill } from '../../contestants/fills.js';
import type { Crew } from '../../contestants/crew/crew.js';
import { shrink, type Scale } from '../../measure/scale.js';
import { runProbe } from '../../measure/run-probe.js';
import { fitLine, quantile } from '../../measure/statistics.js';
import { allocateOwn, SEED, wage } from '../../contestants/subjects.js';
import type { FirstFill } from '../../probes/first-fill.js';

const FAR_THREADS = [16, 64, 128];

/** A chunk for each thread of the largest pool, twice. */
const FIRST_ELEMENTS = 2 ** 22;

/** The sizes of the pools whose start is measured. */
const START_THREADS = [1, 2, 4, 8];

interface Rates {
  readonly chunkElements: number;
  /** The fastest kernel, one thread, elements a second. */
  readonly threadRate: number;
  /** memory.fill by all threads, bytes a second. */
  readonly fillBandwidth: number;
}

export interface Limits extends Rates {
  readonly rows: readonly Figure[];
  /** Claims a second on one counter that all threads here hammer. */
  readonly claimRate: number;
}

export async function measureLimits(crew: Crew, scale: Scale): Promise<Limits> {
  const claimRate = await measureClaims(crew, scale);
  const rates = await measureRates(crew, scale);
  const start = await measureStart(scale);
  const measured: Figure[] = [
    { label: `measured: claims, one counter, ${scale.threads} threads`, unit: 'M/s', value: claimRate / 1e6 },
    { label: 'measured: uniform, 1 thread', unit: 'Gelem/s', value: rates.threadRate / 1e9 },
    {
      label: `measured: memory.fill, ${scale.threads} threads`,
      unit: 'GB/s',
      value: rates.fillBandwidth / 1e9,
    },
    {
      label: 'computed: threads of uniform that store as much as that fill',
      unit: '',
      value: rates.fillBandwidth / (rates.threadRate * BYTES_PER_ELEMENT),
    },
    { label: 'measured: first fill with 1 thread, pool start included', unit: 'ms', value: start.firstMs },
    {
      label: 'measured: each further thread of the pool, slope of a line',
      unit: 'ms',
      value: start.furtherMs,
    },
  ];
  const computed = FAR_THREADS.flatMap((threads) => computeLimits(threads, claimRate, rates, start));
  return { rows: [...measured, ...computed], claimRate, ...rates };
}

function computeLimits(
  threads: number,
  claimRate: number,
  { threadRate, chunkElements }: Rates,
  { firstMs, furtherMs }: Start,
): Figure[] {
  const rate = threads * threadRate;
  const startMs = firstMs + (threads - 1) * furtherMs;
  const of = (what: string, unit: string, value: number): Figure => ({
    label: `${threads} threads: ${what}`,
    unit,
    value,
  });
  return [
    of('chunks claimed', 'k/s', rate / chunkElements / 1e3),
    of("share of one counter's claims", '%', (100 * rate) / chunkElements / claimRate),
    of('stores, if nothing else limits', 'GB/s', (rate * BYTES_PER_ELEMENT) / 1e9),
    of('pool start, on the processors here', 'ms', startMs),
    of('elements they fill in the time of a start', 'G', (rate * startMs) / 1e12),
    of('longest wait for the last chunk', 'us', (chunkElements / threadRate) * 1e6),
  ];
}

async function measureClaims(crew: Crew, { isQuick }: Scale): Promise<number> {
  const claims = isQuick ? 1e5 : 1e7;
  const work = { action: { kind: 'claim' }, elementCount: claims, pieceElements: 1 } as const;
  const times: number[] = [];
  for (let round = 0; round < (isQuick ? 2 : 5); round++) times.push(await crew.run(work));
  return (claims / quantile(times, 0.5)) * 1e3;
}

async function measureRates(crew: Crew, scale: Scale): Promise<Rates> {
  const tensor = allocateOwn(shrink(scale, 2 ** 26).elements);
  await using engine = new Engine({ threads: 1, seed: SEED });
  const contestants = [memoryFill(crew, tensor, scale.threads), engineRun(engine, tensor, wage)];
  const rows = await runContest(contestants, shrink(scale, scale.elements, 1500));
  const [fill = NaN, kernel = NaN] = rows.map((row) => gigaElements(row) * 1e9);
  return {
    fillBandwidth: fill * BYTES_PER_ELEMENT,
    threadRate: kernel,
    chunkElements: chooseChunkElements(tensor.length),
  };
}

/** The time of a process's first fill, as a line over the threads of the pool. */
interface Start {
  readonly firstMs: number;
  readonly furtherMs: number;
}

/** The real pool, in fresh processes. Where threads outnumber processors their own starts are in it as well. */
async function measureStart({ isQuick }: Scale): Promise<Start> {
  const counts = isQuick ? START_THREADS.slice(0, 2) : START_THREADS;
  const points: [number, number][] = [];
  for (let round = 0; round < (isQuick ? 1 : 5); round++) {
    for (const threads of counts) {
      points.push([threads, (await runProbe<FirstFill>('first-fill', [FIRST_ELEMENTS, threads])).fillMs]);
    }
  }
  const middles = counts.map((threads) => {
    const own = points.filter(([count]) => count === threads).map(([, ms]) => ms);
    return [threads, quantile(own, 0.5)] as const;
  });
  const { intercept, slope } = fitLine(middles);
  return { firstMs: intercept + slope, furtherMs: slope };
}

/** The reasoning, with its numbers. */
export function describeLimits({ claimRate, chunkElements, threadRate, fillBandwidth }: Limits): string[] {
  const chunkRate = threadRate / chunkElements;
  const threadBandwidth = threadRate * BYTES_PER_ELEMENT;
  return [
    `Claims: a thread claims ${Math.round(chunkRate)} chunks a second and the counter here gives ${(claimRate / 1e6).toFixed(1)} million, so ${Math.round(claimRate / chunkRate).toLocaleString('en-US')} threads would be needed to wear it out. Claims between sockets cost more than here; how much was not measured.`,
    `Memory: one thread stores ${(threadBandwidth / 1e9).toFixed(1)} GB/s, and a plain fill by all threads here ${(fillBandwidth / 1e9).toFixed(1)} GB/s. What a machine with more threads stores in all, divided by the former, is the number of threads that help; beyond it uniform is as fast as memory.fill and more threads add nothing. This is the first limit of large tensors in memory, and the reason why the fill is the ceiling.`,
    `Start: fitted over first fills of fresh processes with ${START_THREADS.join(', ')} threads in the pool. The main thread makes threads one after another, so a pool costs time in proportion to its threads; threads beyond the processors of this machine also wait for one another, so with a processor each it may be less. This is the first limit of small tensors: the table says how many elements the same threads, once running, fill in that time.`,
    'Unlike these, what memory on several sockets (NUMA) does is not computed here: pages lie where they were first touched, and chunks are claimed by whichever thread comes first.',
  ];
}
