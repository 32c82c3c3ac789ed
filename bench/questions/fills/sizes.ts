/**
 * The cost of a call at each size, and the size from which the pool pays.
 * @module
 */
import { Engine } from '#built/api/engine.js';
import { BLOCK_ELEMENTS } from '#built/domain/streams/generator.js';
import { openExactly } from '../../contestants/open-exactly.js';
import type { Answer, ThroughputRow, ThroughputTable } from '../../measure/answer.js';
import {
  clock,
  clockMany,
  clockManyNow,
  measureBy,
  runContest,
  type Contestant,
} from '../../measure/contest.js';
import { memoryFill } from '../../contestants/fills.js';
import { Crew } from '../../contestants/crew/crew.js';
import { FASTEST } from '../../contestants/kernel-sets.js';
import { memoryJob, openPool, runOnPool } from '../../contestants/engine-jobs.js';
import { FILL_BYTE, MEMORY_FILL, openMemoryFill } from '../../contestants/memory-fill.js';
import { proofIn } from '../../measure/check.js';
import { shrink, type Scale } from '../../measure/scale.js';
import {
  allocateOwn,
  allocateTensor,
  drawOf,
  hasMemory,
  SEED,
  truncatedNormal,
  wage,
  type OwnTensor,
  type Subject,
} from '../../contestants/subjects.js';

/** The sizes that targets are about. */
export const PROMISED_SIZES = { small: 1000, block: 2 ** 16 } as const;

const { small: SMALL, block: BLOCK } = PROMISED_SIZES;
const SIZES = [100, SMALL, 10_000, BLOCK, 2 ** 18, 2 ** 20, 2 ** 22, 2 ** 24, 2 ** 26, 2 ** 28];

const CROSSOVER_SIZES = [14, 16, 17, 18, 19, 20, 21, 22].map((exponent) => 2 ** exponent);

/** A run of a small size is many calls, of about this many elements: long enough for any clock. */
const RUN_ELEMENTS = 2 ** 20;
const MAX_CALLS = 1000;
const countCalls = (elements: number): number =>
  Math.max(1, Math.min(MAX_CALLS, Math.floor(RUN_ELEMENTS / elements)));

export async function answer(scale: Scale): Promise<Answer> {
  const reached = SIZES.filter((size) => size <= Math.max(scale.elements, BLOCK));
  await using crew = await Crew.start(scale.threads);
  const rows: ThroughputRow[] = [];
  for (const size of reached) {
    rows.push(...(await timeSize(crew, shrink(scale, size, scale.budgetMs / reached.length), size)));
  }
  const half = shrink(scale, scale.elements, scale.budgetMs / 4);
  const crossovers = [await timeCrossover(wage, half), await timeCrossover(truncatedNormal, half)];
  return {
    tables: [
      {
        kind: 'throughput',
        title: 'Whole warm calls, own memory',
        rows,
        chart: { kind: 'lines', x: 'elementCount' },
      },
      ...crossovers,
    ],
    notes: [
      'Small tensors are filled on the calling thread (threads: 1), and memory.fill is timed there too; for larger ones both take all threads, and waking them is part of the time. Small calls are timed many in a row.',
      ...crossovers.map(describeCrossover),
    ],
  };
}

async function timeSize(crew: Crew, scale: Scale, size: number): Promise<ThroughputRow[]> {
  const tensor = allocateTensor(size);
  const own = hasMemory(tensor) ? tensor : allocateOwn(size);
  await using engine = new Engine({ threads: scale.threads, seed: SEED });
  await wage.fill(engine, tensor);
  const isSmall = !engine.isStarted;
  const calls = countCalls(size);
  const ceiling = isSmall ? fillHere(own, calls) : memoryFill(crew, own, scale.threads);
  const runs = [wage, truncatedNormal].map(({ label, fill, init }): Contestant => ({
    label,
    role: 'jumpfill',
    threads: isSmall ? 1 : scale.threads,
    elementCount: size,
    run: () => clockMany(calls, () => fill(engine, tensor)),
    proof: proofIn(tensor.data, drawOf(init, tensor.shape)),
  }));
  return await runContest(measureBy(ceiling, runs), scale);
}

function fillHere({ memory, length, byteLength }: OwnTensor, calls: number): Contestant {
  const fill = openMemoryFill(memory);
  return {
    label: MEMORY_FILL,
    role: 'ceiling',
    threads: 1,
    elementCount: length,
    run: () =>
      Promise.resolve(
        clockManyNow(calls, () => {
          fill(0, FILL_BYTE, byteLength);
        }),
      ),
  };
}

const HERE = 'calling thread';
const POOL = 'pool';

/** The same kernel with and without the pool, below and above the size where the engine changes over. */
async function timeCrossover({ label, init }: Subject, scale: Scale): Promise<ThroughputTable> {
  const filler = openExactly(FASTEST);
  const pool = openPool(scale.threads);
  const contestants = CROSSOVER_SIZES.filter((size) => size <= scale.elements).flatMap((size) => {
    const tensor = allocateOwn(size);
    const draw = drawOf(init, tensor.shape);
    const proof = proofIn(tensor.data, draw);
    const common = { role: 'jumpfill', elementCount: size, proof } as const;
    return measureBy(
      {
        ...common,
        label: HERE,
        threads: 1,
        run: () =>
          clock(() => {
            filler.fillMemory(draw, 0, size, tensor.memory, 0);
          }),
      },
      [
        {
          ...common,
          label: POOL,
          threads: Math.min(scale.threads, Math.ceil(size / BLOCK_ELEMENTS)),
          run: () => clock(() => runOnPool(pool, scale.threads, memoryJob(tensor, draw, BLOCK_ELEMENTS))),
        },
      ],
    );
  });
  const rows = await runContest(contestants, { ...scale, minRounds: scale.isQuick ? 2 : 15 });
  await pool.destroy();
  const title = `Calling thread or pool, chunks of a block, ${label}`;
  return { kind: 'throughput', title, rows, ratio: 'of calling thread' };
}

/** The smallest size from which on the pool is faster. */
function describeCrossover({ title, rows }: ThroughputTable): string {
  const pools = rows.filter(({ label }) => label === POOL);
  const lastLoss = pools.findLastIndex(({ ofCeiling }) => !((ofCeiling?.median ?? 0) > 1));
  const first = pools[lastLoss + 1];
  const found =
    first === undefined
      ? 'the pool was not yet faster at the largest size tried'
      : `the pool is faster from ${first.elementCount} elements on`;
  return `${title}: on this machine ${found}.`;
}
