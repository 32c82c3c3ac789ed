/**
 * A first job against a C program: from the start of the process to its end, with one fill of fresh memory.
 * @module
 */
import { freemem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { figureOf, type Answer, type Figure, type LeftOut } from '../../measure/answer.js';
import { clockProgram, compileC } from '../../measure/c-program.js';
import { threadCounts, type Scale } from '../../measure/scale.js';
import { divideRounds } from '../../measure/statistics.js';
import { TemporaryFolder } from '../../measure/temporary-files.js';
import type { JobKind } from '../../probes/first-job.js';

/** 4 GiB, where the machine has twice that. */
const LARGEST = 2 ** 30;
const BYTES = 4;

const JOB_PROBE = fileURLToPath(new URL('../../probes/first-job.js', import.meta.url));

const KINDS: readonly JobKind[] = ['constant', 'wage'];

export const MEMSET = 'memset in C';
export const nameJob = (kind: string, threads: number): string => `${kind}, threads: ${threads}`;
export const nameOverC = (kind: JobKind, threads: number): string =>
  `${nameJob(kind, threads)}, over ${MEMSET}`;

export async function answer(scale: Scale): Promise<Answer> {
  using folder = new TemporaryFolder();
  const memset = await compileC('probes/memset.c', folder.fileAt('memset'));
  const elements = chooseElements(scale);
  const rows: Figure[] = [];
  for (const threads of threadCounts(scale)) {
    const program = memset.kind === 'compiled' ? memset.path : undefined;
    rows.push(...(await timeJobs(program, elements, threads, scale.isQuick ? 1 : 5)));
  }
  const leftOut: LeftOut[] = memset.kind === 'missing' ? [{ what: MEMSET, why: memset.why }] : [];
  return {
    tables: [{ kind: 'figures', title: `One job of ${elements} elements, the whole process`, rows }],
    notes: [
      'Start of Node, import, start of the threads, fresh memory, fill and end. The C program gives each thread an equal share of fresh memory and sets it to one byte.',
    ],
    leftOut,
  };
}

function chooseElements({ isQuick, elements }: Scale): number {
  if (isQuick) return elements;
  const fitting = freemem() / BYTES / 2;
  return Math.min(LARGEST, 2 ** Math.floor(Math.log2(fitting)));
}

/** All take turns, so that a busy moment hits none alone. */
async function timeJobs(
  memset: string | undefined,
  elements: number,
  threads: number,
  rounds: number,
): Promise<Figure[]> {
  const inC: number[] = [];
  const jobs = KINDS.map((kind) => ({ kind, ms: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    if (memset !== undefined) inC.push(await clockProgram(memset, [BYTES * elements, threads]));
    for (const { kind, ms } of jobs) {
      ms.push(await clockProgram(process.execPath, [JOB_PROBE, elements, threads, kind]));
    }
  }
  const figures = jobs.map(({ kind, ms }) => figureOf(nameJob(kind, threads), 'ms', ms));
  if (memset === undefined) return figures;
  return [
    figureOf(nameJob(MEMSET, threads), 'ms', inC),
    ...figures,
    ...jobs.map(({ kind, ms }) => figureOf(nameOverC(kind, threads), 'x', divideRounds(ms, inC))),
  ];
}
