/**
 * Kernels and whole calls beside a plain fill of the same memory.
 * @module
 */
import { Engine } from '#built/api/engine.js';
import type { KernelCode } from '#built/engine/choice/open-filler.js';
import { gigaElements, type Answer, type Table, type ThroughputTable } from '../../measure/answer.js';
import { measureClockRate } from '../../measure/clock-rate.js';
import { measureBy, runContest, type Contestant } from '../../measure/contest.js';
import { arrayFill, engineRun, kernelRun, memoryFill, zeroFill } from '../../contestants/fills.js';
import { Crew } from '../../contestants/crew/crew.js';
import { FASTEST, KERNEL_SETS } from '../../contestants/kernel-sets.js';
import { FILL_NOTE } from '../../contestants/memory-fill.js';
import { shrink, type Scale } from '../../measure/scale.js';
import { nameThreads } from '../../measure/numbers-in-text.js';
import {
  allocateOwn,
  CONSTANT,
  drawOf,
  nameKernel,
  SEED,
  truncatedNormal,
  uniform,
  wage,
  type OwnTensor,
} from '../../contestants/subjects.js';

const SUBJECTS = [wage, uniform, truncatedNormal];

export async function answer(scale: Scale): Promise<Answer> {
  await using crew = await Crew.start(scale.threads);
  const tensor = allocateOwn(scale.elements);
  const tables: Table[] = [];
  for (const threads of new Set([1, scale.threads])) {
    const table = await timeAll(crew, tensor, scale, threads);
    tables.push(table);
    if (threads === 1) tables.push(countCycles(table, measureClockRate(scale.isQuick)));
  }
  for (const set of KERNEL_SETS.slice(0, -1)) tables.push(await timeSlower(crew, scale, set));
  return { tables, notes: NOTES };
}

const NOTES: Answer['notes'] = [
  'Own memory, every page touched before. "kernel" rows run on the threads of the bench, which claim chunks as the engine does; the other rows are whole public calls, engine and threads included.',
  FILL_NOTE,
  'of fill: the time of memory.fill, one piece a thread, over the time of the row, in the same round; the median over the rounds.',
  'cycles: of the measured clock rate, that of a chain of operations which take one cycle each. What ports allow is another question: ports.',
];

async function timeAll(
  crew: Crew,
  tensor: OwnTensor,
  scale: Scale,
  threads: number,
): Promise<ThroughputTable> {
  await using engine = new Engine({ threads, seed: SEED });
  const ceiling = memoryFill(crew, tensor, threads);
  const others = [
    zeroFill(crew, tensor, threads),
    arrayFill(crew, tensor, threads),
    ...kernelRuns(crew, tensor, FASTEST, threads),
    ...SUBJECTS.map((subject) => engineRun(engine, tensor, subject)),
  ];
  const title = `Own memory, ${nameThreads(threads)}, ${FASTEST.name} kernels`;
  const rows = await runContest(measureBy(ceiling, others), scale);
  return { kind: 'throughput', title, rows, chart: { kind: 'bars', scale: 'linear' } };
}

/** One thread's rows in cycles, beside their share of the fill. */
function countCycles({ rows }: ThroughputTable, clockRate: number): Table {
  return {
    kind: 'grid',
    title: 'Own memory, 1 thread: cycles an element',
    columns: ['cycles', 'of fill'],
    rows: rows.map((row) => ({
      label: row.label,
      values: [clockRate / (gigaElements(row) * 1e9), row.ofCeiling?.median],
    })),
  };
}

/** A smaller tensor: the specification is not made for speed. */
async function timeSlower(crew: Crew, scale: Scale, set: KernelCode): Promise<Table> {
  const small = shrink(scale, 2 ** 22);
  const tensor = allocateOwn(small.elements);
  const runs = kernelRuns(crew, tensor, set, 1);
  const rows = await runContest(measureBy(memoryFill(crew, tensor, 1), runs), small);
  return { kind: 'throughput', title: `The ${set.name} kernels, 1 thread`, rows };
}

function kernelRuns(crew: Crew, tensor: OwnTensor, set: KernelCode, threads: number): Contestant[] {
  const inits = [...SUBJECTS.map(({ init }) => init), CONSTANT];
  return inits.map((init) => {
    const draw = drawOf(init, tensor.shape);
    const label = `kernel: ${nameKernel(init)}`;
    return kernelRun(crew, tensor, { label, draw, kernels: set }, threads);
  });
}
