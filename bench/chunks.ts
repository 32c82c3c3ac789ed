/**
 * Which chunk size and which file scratch are fastest, and why?
 * @module
 */
import { BLOCK_ELEMENTS } from '#built/domain/generator.js';
import { chooseChunkElements } from '#built/domain/plan.js';
import { BYTES_PER_ELEMENT, type ThroughputTable } from './harness/answer.js';
import { proofIn } from './harness/check.js';
import { clock, measureBy, runContest, type Contestant } from './harness/contest.js';
import { memoryFill } from './harness/contestants.js';
import { Crew } from './harness/crew.js';
import { FASTEST } from './harness/kernel-sets.js';
import { constantWrite, fileWrite } from './harness/file-contestants.js';
import { memoryJob, openCoordinator } from './harness/jobs.js';
import type { Question } from './harness/question.js';
import { shrink, type Scale } from './harness/scale.js';
import { allocateOwn, drawOf, wage, type OwnTensor } from './harness/subjects.js';
import { FreshFile, TemporaryFolder } from './harness/temporary-file.js';

export const chunks: Question = {
  name: 'chunks',
  asks: 'Which chunk size and which file scratch are fastest, and why?',
  async answer(scale) {
    await using crew = await Crew.start(scale.threads);
    const inUse = chooseChunkElements(shrink(scale, 2 ** 26).elements);
    const memory = await timeChunkSizes(crew, shrink(scale, 2 ** 26));
    const file = await timeScratchSizes(crew, shrink(scale, 2 ** 25));
    return {
      tables: [memory, file],
      notes: [
        `Fastest here: ${nameFastest(memory)}; ${nameFastest(file)}.`,
        `The engine takes chunks of ${nameSize(inUse)}. A small chunk costs a claim, a done mark and the jump to its block; a large one lets threads end apart, by up to the time of a chunk.`,
        'memory.fill in pieces of a chunk shows what the memory itself makes of such pieces: a long run may bypass the caches, a short one does not.',
        'A small scratch costs a system call each time; one beyond the second-level cache is read back from further away.',
      ],
    };
  },
};

const nameSize = (elements: number): string => {
  const kibibytes = (elements * BYTES_PER_ELEMENT) / 1024;
  return kibibytes < 1024 ? `${kibibytes} KiB` : `${kibibytes / 1024} MiB`;
};

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
      { ...run, label: `uniform, centred, scratch of ${nameSize(scratchElements)}` },
    ]);
  });
  const rows = await runContest(contestants, scale);
  await file.close();
  return { kind: 'throughput', title: 'File scratch sizes, page cache', rows };
}
