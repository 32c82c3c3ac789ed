/**
 * The first fill of a process.
 * @module
 */
import { type Answer, figureOf, type Figure } from '../../measure/answer.js';
import type { Scale } from '../../measure/scale.js';
import { runProbe } from '../../measure/run-probe.js';
import type { BareThreads } from '../../probes/bare-threads.js';
import type { FirstFill } from '../../probes/first-fill.js';

export const FIRST_ELEMENTS = 2 ** 20;

export const FIRST_FILL = 'new Engine, pool and first fill';
export const IMPORT = 'import of the library';

export async function answer(scale: Scale): Promise<Answer> {
  return {
    tables: [
      {
        kind: 'figures',
        title: `First fill of ${FIRST_ELEMENTS} elements in a fresh process`,
        rows: await timeFirstFills(scale),
      },
    ],
    notes: [
      "The first fill starts the pool, loads the kernels in every thread and touches fresh memory. The import of the library is not part of it: it has its own row, as has Node's own time for as many idle threads.",
    ],
  };
}

async function timeFirstFills({ isQuick, threads }: Scale): Promise<Figure[]> {
  const fills: FirstFill[] = [];
  const bare: BareThreads[] = [];
  for (let round = 0; round < (isQuick ? 1 : 9); round++) {
    fills.push(await runProbe<FirstFill>('first-fill', [FIRST_ELEMENTS]));
    bare.push(await runProbe<BareThreads>('bare-threads', [threads]));
  }
  const of = <T>(label: string, results: readonly T[], read: (result: T) => number): Figure =>
    figureOf(label, 'ms', results.map(read));
  return [
    of(FIRST_FILL, fills, ({ fillMs }) => fillMs),
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
