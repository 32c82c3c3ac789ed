/**
 * Sizes of chunks, scratches and copies, and the number of threads that share a fill.
 * @module
 */
import { BLOCK_ELEMENTS } from '#built/domain/streams/generator.js';
import { chooseChunkElements } from '#built/domain/partition/chunks.js';
import type { Answer, ThroughputTable } from '../../measure/answer.js';
import { proofIn } from '../../measure/check.js';
import { clock, measureBy, runContest, type Contestant } from '../../measure/contest.js';
import { memoryFill } from '../../contestants/fills.js';
import { Crew } from '../../contestants/crew/crew.js';
import { FASTEST } from '../../contestants/kernel-sets.js';
import { constantWrite, fileWrite } from '../../contestants/file-writers.js';
import { memoryJob, openCoordinator, openPool, runOnPool } from '../../contestants/engine-jobs.js';
import { shrink, threadCounts, type Scale } from '../../measure/scale.js';
import {
  allocateOwn,
  allocateWrapped,
  drawOf,
  nameKernel,
  wage,
  type OwnTensor,
} from '../../contestants/subjects.js';
import { FreshFile, TemporaryFolder } from '../../measure/temporary-files.js';
import { nameCount, nameSize } from '../../measure/numbers-in-text.js';

export async function answer(scale: Scale): Promise<Answer> {
  await using crew = await Crew.start(scale.threads);
  const inUse = chooseChunkElements(shrink(scale, 2 ** 26).elements);
  const memory = await timeChunkSizes(crew, shrink(scale, 2 ** 26));
  const file = await timeScratchSizes(crew, shrink(scale, 2 ** 25));
  const copies = await timeCopySizes(crew, shrink(scale, 2 ** 26, scale.budgetMs / 2));
  const shifts = await timeShifts(shrink(scale, scale.elements, scale.budgetMs / 4));
  return {
    tables: [memory, file, copies, shifts],
    notes: [
      `Fastest here: ${[memory, file, copies].map(nameFastest).join('; ')}.`,
      `The engine takes chunks of ${nameSize(inUse)}. A small chunk costs a claim, a done mark and the jump to its block; a large one lets threads end apart, by up to the time of a chunk.`,
      'memory.fill in pieces of a chunk shows what the memory itself makes of such pieces: a long run may bypass the caches, a short one does not.',
      'A small scratch costs a system call each time; one beyond the second-level cache is read back from further away.',
      `A copy for wrapped memory is cheap while it reads from a cache near by. One of less than a block (${nameSize(BLOCK_ELEMENTS)}) has to seek the lanes and walk them to the middle of their block again, which is part of its time.`,
      'Shifts are the threads that share a fill. Beside the crossover of `sizes`, the row of 2 shifts shows from which size waking another thread pays.',
    ],
  };
}

/** Among ours, and which of them the quartiles do not tell from it. */
function nameFastest({ rows }: ThroughputTable): string {
  const ours = rows
    .filter(({ role }) => role === 'jumpfill')
    .sort((a, b) => a.elapsedMs.median - b.elapsedMs.median);
  const [first, ...others] = ours;
  if (first === undefined) return 'nothing';
  const close = others.filter(({ elapsedMs }) => elapsedMs.q1 <= first.elapsedMs.q3);
  const among = close.length === 0 ? '' : ` (within the spread of it: ${close.length} of ${others.length})`;
  return `${first.label}${among}`;
}

/** 1 block to 64, and a chunk a thread. */
const chunkSizes = ({ elements, threads }: Scale): readonly number[] =>
  [...[1, 2, 4, 8, 16, 64].map((blocks) => blocks * BLOCK_ELEMENTS), elements / threads].filter(
    (size) => size <= elements && size % BLOCK_ELEMENTS === 0,
  );

async function timeChunkSizes(crew: Crew, scale: Scale): Promise<ThroughputTable> {
  const tensor = allocateOwn(scale.elements);
  const coordinator = openCoordinator(scale.threads);
  const runs = [...new Set(chunkSizes(scale))].flatMap((size): Contestant[] => [
    fillInPieces(crew, tensor, size, scale.threads),
    {
      label: `${wage.label}, chunks of ${nameSize(size)}`,
      role: 'jumpfill',
      threads: scale.threads,
      elementCount: tensor.length,
      run: () => clock(() => coordinator.run(memoryJob(tensor, drawOf(wage.init, tensor.shape), size))),
      proof: proofIn(tensor.data, drawOf(wage.init, tensor.shape)),
    },
  ]);
  const rows = await runContest(measureBy(memoryFill(crew, tensor, scale.threads), runs), scale);
  await coordinator.destroy();
  return { kind: 'throughput', title: 'Chunk sizes, own memory', rows };
}

function fillInPieces(crew: Crew, tensor: OwnTensor, pieceElements: number, threads: number): Contestant {
  const action = { kind: 'memory.fill', memory: tensor.memory } as const;
  return {
    label: `memory.fill, pieces of ${nameSize(pieceElements)}`,
    role: 'fill',
    threads,
    elementCount: tensor.length,
    run: () => crew.run({ action, elementCount: tensor.length, pieceElements }, threads),
  };
}

/** 64 KiB to 4 MiB. */
const SCRATCH_SIZES = [2 ** 14, 2 ** 16, 2 ** 17, 2 ** 18, 2 ** 20];

async function timeScratchSizes(crew: Crew, scale: Scale): Promise<ThroughputTable> {
  using folder = new TemporaryFolder();
  const file = new FreshFile(folder.fileAt('chunks'), scale.elements);
  const draw = drawOf(wage.init, [2, scale.elements / 2]);
  const contestants = SCRATCH_SIZES.flatMap((scratchElements) => {
    const ceiling = {
      ...constantWrite(crew, file, scale.threads, scratchElements),
      label: `constant buffer, scratch of ${nameSize(scratchElements)}`,
    };
    const run = fileWrite(crew, file, scale.threads, scratchElements, { draw, kernels: FASTEST });
    return measureBy(ceiling, [
      { ...run, label: `${nameKernel(wage.init)}, scratch of ${nameSize(scratchElements)}` },
    ]);
  });
  const rows = await runContest(contestants, scale);
  await file.close();
  return { kind: 'throughput', title: 'File scratch sizes, page cache', rows, ratio: 'of writing' };
}

/** 64 KiB to 1 MiB. */
const COPY_SIZES = [2 ** 14, 2 ** 15, 2 ** 16, 2 ** 17, 2 ** 18];

/** Memory outside WebAssembly, filled as the engine does it: a scratch, then a copy; and the copy alone. */
async function timeCopySizes(crew: Crew, scale: Scale): Promise<ThroughputTable> {
  const own = allocateOwn(scale.elements);
  const { buffer, data } = allocateWrapped(scale.elements);
  const draw = drawOf(wage.init, own.shape);
  const runs = COPY_SIZES.flatMap((scratchElements): Contestant[] => {
    const work = { elementCount: own.length, pieceElements: chooseChunkElements(own.length) };
    const common = { threads: scale.threads, elementCount: own.length } as const;
    const action = { kind: 'copy', buffer, scratchElements } as const;
    const source = { kernels: FASTEST, draw };
    return [
      {
        ...common,
        label: `copy alone, ${nameSize(scratchElements)}`,
        role: 'fill',
        run: () => crew.run({ ...work, action }, scale.threads),
      },
      {
        ...common,
        label: `${nameKernel(wage.init)}, copies of ${nameSize(scratchElements)}`,
        role: 'jumpfill',
        run: () => crew.run({ ...work, action: { ...action, source } }, scale.threads),
        proof: proofIn(data, draw),
      },
    ];
  });
  const rows = await runContest(measureBy(memoryFill(crew, own, scale.threads), runs), scale);
  return { kind: 'throughput', title: 'Copy sizes, wrapped memory', rows };
}

const SHIFT_SIZES = [2 ** 18, 2 ** 20, 2 ** 22];

/** Enough chunks for all threads, even of the smallest. */
const SHIFT_CHUNK_ELEMENTS = BLOCK_ELEMENTS;

/** The same fill given to one thread of the pool and to more. */
async function timeShifts(scale: Scale): Promise<ThroughputTable> {
  const pool = openPool(scale.threads);
  const contestants = SHIFT_SIZES.filter((size) => size <= scale.elements).flatMap((size) => {
    const tensor = allocateOwn(size);
    const draw = drawOf(wage.init, tensor.shape);
    const [single, ...more] = threadCounts(scale).map((shifts): Contestant => ({
      label: `${wage.label}, ${nameCount(shifts, 'shift')}`,
      role: 'jumpfill',
      threads: shifts,
      elementCount: size,
      run: () => clock(() => runOnPool(pool, shifts, memoryJob(tensor, draw, SHIFT_CHUNK_ELEMENTS))),
      proof: proofIn(tensor.data, draw),
    }));
    return single === undefined ? [] : measureBy(single, more);
  });
  const rounds = scale.isQuick ? {} : { minRounds: 31, maxRounds: 101 };
  const rows = await runContest(contestants, { ...scale, ...rounds });
  await pool.destroy();
  return { kind: 'throughput', title: 'Shifts, chunks of a block', rows, ratio: 'of 1 shift' };
}
