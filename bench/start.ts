/**
 * What does the first fill of a process cost, and a small one later?
 * @module
 */
import { Engine } from '#built/api/engine.js';
import { figureOf, type Figure } from './harness/answer.js';
import { proofIn } from './harness/check.js';
import { clockMany } from './harness/contest.js';
import type { Question } from './harness/question.js';
import type { Scale } from './harness/scale.js';
import { runProbe } from './harness/spawn.js';
import { allocateTensor, drawOf, SEED, truncatedNormal, wage } from './harness/subjects.js';
import type { BareThreads } from './probes/bare-threads.js';
import type { FirstFill } from './probes/first-fill.js';

const FIRST_ELEMENTS = 2 ** 20;
const SMALL_SIZES = [1000, 65_536];

export const FIRST_FILL = 'new Engine, pool and first fill';

export const start: Question = {
  name: 'start',
  asks: 'What does the first fill of a process cost, and a small one later?',
  async answer(scale) {
    return {
      tables: [
        {
          kind: 'figures',
          title: `First fill of ${FIRST_ELEMENTS} elements in a fresh process`,
          rows: await timeFirstFills(scale),
        },
        {
          kind: 'figures',
          title: 'Whole calls, warm, on the calling thread',
          rows: await timeSmallCalls(scale),
        },
      ],
      notes: [
        'The first fill starts the pool, loads the kernels in every thread and touches fresh memory. Beside it: what Node takes for as many threads that do nothing.',
      ],
    };
  },
};

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
    of('import of the library', fills, ({ importMs }) => importMs),
    of('from the start of the process to the filled tensor', fills, ({ sinceStartMs }) => sinceStartMs),
    of(`Node alone: start of ${threads} idle threads`, bare, ({ threadsMs }) => threadsMs),
    of(
      `Node alone: start of the process and ${threads} idle threads`,
      bare,
      ({ sinceStartMs }) => sinceStartMs,
    ),
  ];
}

async function timeSmallCalls({ isQuick, threads }: Scale): Promise<Figure[]> {
  await using engine = new Engine({ threads, seed: SEED });
  const rows: Figure[] = [];
  for (const elements of SMALL_SIZES) {
    for (const { label, fill, init } of [wage, truncatedNormal]) {
      const tensor = allocateTensor(elements);
      const call = (): Promise<unknown> => fill(engine, tensor);
      const proof = proofIn(tensor.data, drawOf(init, tensor.shape));
      const calls = isQuick ? 5 : 200;
      proof.spoil();
      await clockMany(calls, call);
      proof.check(label);
      const sample: number[] = [];
      for (let round = 0; round < (isQuick ? 2 : 15); round++) {
        sample.push((await clockMany(calls, call)) * 1000);
      }
      rows.push(figureOf(`${label}, ${elements} elements`, 'us', sample));
    }
  }
  return rows;
}
