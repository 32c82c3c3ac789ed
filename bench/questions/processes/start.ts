/**
 * The first fill of a process, and what import and threads cost against Node alone.
 * @module
 */
import nodeModule from 'node:module';
import { type Answer, figureOf, type Figure, type GridRow } from '../../measure/answer.js';
import type { Scale } from '../../measure/scale.js';
import { runProbe } from '../../measure/run-probe.js';
import type { BareThreads } from '../../probes/bare-threads.js';
import type { FirstFill } from '../../probes/first-fill.js';
import type { StartCost } from '../../probes/start-cost.js';
import type { ThreadCost } from '../../probes/thread-cost.js';
import { summarise } from '../../measure/statistics.js';

export const FIRST_ELEMENTS = 2 ** 20;

export const FIRST_FILL = 'new Engine and first fill';
/** @returns the label of the first fill by threads that start */
export const nameStarting = (threads: number): string => `the same on ${threads} threads, which start`;
export const IMPORT = 'import of the library';

export const IMPORTING = 'a process that imports jumpfill';
export const THREAD = 'a thread of the pool, ready to fill';
/** A column: the time as a multiple of what the same takes without the library. */
export const OF_NODE = 'of Node alone';

export async function answer(scale: Scale): Promise<Answer> {
  return {
    tables: [
      {
        kind: 'figures',
        title: `First fill of ${FIRST_ELEMENTS} elements in a fresh process`,
        rows: await timeFirstFills(scale),
      },
      {
        kind: 'grid',
        title: 'Processor time of a process that imports, and of a thread',
        columns: ['ms', OF_NODE],
        rows: [...(await countProcesses(scale)), ...(await countThreads(scale))],
      },
    ],
    notes: [
      "The first fill loads the kernels, compares them with the specification and touches fresh memory. Of so many elements it runs on the calling thread, unless the option `threads` chooses a number. The import of the library is not part of it: it has its own row, as has Node's own time for as many idle threads.",
      'Processor time is that of all threads of the process, user and system, the median of interleaved runs; what follows the last line of the program is not in it. A process that imports is compared with one that imports node:worker_threads, a thread of ours, which does a shift without chunks, with a Worker of an empty module.',
    ],
  };
}

async function timeFirstFills({ isQuick, threads }: Scale): Promise<Figure[]> {
  const fills: FirstFill[] = [];
  const withThreads: FirstFill[] = [];
  const bare: BareThreads[] = [];
  for (let round = 0; round < (isQuick ? 1 : 9); round++) {
    fills.push(await runProbe<FirstFill>('first-fill', [FIRST_ELEMENTS]));
    withThreads.push(await runProbe<FirstFill>('first-fill', [FIRST_ELEMENTS, threads]));
    bare.push(await runProbe<BareThreads>('bare-threads', [threads]));
  }
  const of = <T>(label: string, results: readonly T[], read: (result: T) => number): Figure =>
    figureOf(label, 'ms', results.map(read));
  return [
    of(FIRST_FILL, fills, ({ fillMs }) => fillMs),
    of(nameStarting(threads), withThreads, ({ fillMs }) => fillMs),
    of(IMPORT, fills, ({ importMs }) => importMs),
    of('from the start of the process to the filled tensor', fills, ({ sinceStartMs }) => sinceStartMs),
    of(`Node alone: start of ${threads} idle threads`, bare, ({ threadsMs }) => threadsMs),
    of(
      `Node alone: start of the process and ${threads} idle threads`,
      bare,
      ({ sinceStartMs }) => sinceStartMs,
    ),
  ];
}

/** A process, by what it imports. */
interface Start {
  readonly label: string;
  readonly parameters: readonly string[];
}

const LIBRARY = '#built/index.js';
const BASE = 'a process that imports node:worker_threads';

const STARTS: readonly Start[] = [
  { label: 'an empty process', parameters: [] },
  { label: BASE, parameters: ['node:worker_threads'] },
  { label: IMPORTING, parameters: [LIBRARY] },
  ...('enableCompileCache' in nodeModule
    ? [{ label: `${IMPORTING}, with V8's compile cache`, parameters: [LIBRARY, 'cache'] }]
    : []),
];

const roundsOf = ({ isQuick }: Scale): number => (isQuick ? 1 : 15);

const medianOf = (values: readonly number[]): number => summarise(values).median;

async function countProcesses(scale: Scale): Promise<GridRow[]> {
  const runs = STARTS.map(() => [] as number[]);
  for (let round = 0; round < roundsOf(scale); round++) {
    for (const [i, { parameters }] of STARTS.entries())
      runs[i]?.push((await runProbe<StartCost>('start-cost', parameters)).cpuMs);
  }
  const medians = runs.map(medianOf);
  const base = medians[STARTS.findIndex(({ label }) => label === BASE)];
  return STARTS.map(({ label }, i) => ({ label, values: ratioOf(medians[i], base) }));
}

async function countThreads(scale: Scale): Promise<GridRow[]> {
  const [bare, ours]: [number[], number[]] = [[], []];
  const count = scale.isQuick ? 1 : 8;
  for (let round = 0; round < (scale.isQuick ? 1 : 5); round++) {
    bare.push((await runProbe<ThreadCost>('thread-cost', ['bare', count])).cpuMs);
    ours.push((await runProbe<ThreadCost>('thread-cost', ['ours', count])).cpuMs);
  }
  const base = medianOf(bare);
  return [
    { label: 'a Worker of an empty module', values: ratioOf(base, base) },
    { label: THREAD, values: ratioOf(medianOf(ours), base) },
  ];
}

const ratioOf = (ms: number | undefined, base: number | undefined): (number | undefined)[] => [
  ms,
  ms === undefined || base === undefined ? undefined : ms / base,
];
