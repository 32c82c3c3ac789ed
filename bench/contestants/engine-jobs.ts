/**
 * Access to the engine below its public calls: jobs with a chunk size or a target that no public call chooses, the
 * coordinator that runs them, and the pool without the coordinator.
 * @module
 */
import type { Draw } from '#built/domain/draws/draw.js';
import { planChunks } from '#built/domain/partition/chunks.js';
import { ChunkClaims } from '#built/engine/jobs/chunk-claims.js';
import { Coordinator } from '#built/engine/jobs/coordinator.js';
import { ShiftStates } from '#built/engine/jobs/shift-states.js';
import { ThreadPool } from '#built/engine/jobs/pool.js';
import type { Job, Target } from '#built/engine/jobs/protocol.js';
import type { SharedTensor } from '#built/engine/memory/shared-tensor.js';
import { openWork } from '#built/storage/open-work.js';
import { CHOICE, FASTEST } from './kernel-sets.js';

/** The module that the engine's threads run. */
const FILL_WORKER_URL = new URL('../workers/fill.cjs', import.meta.resolve('#built/index.js'));

export const openCoordinator = (threads: number, workerUrl = FILL_WORKER_URL): Coordinator =>
  new Coordinator({ threads, workerUrl }, CHOICE, openWork);

export const openPool = (threads: number): ThreadPool =>
  new ThreadPool({ threads, workerUrl: FILL_WORKER_URL });

export function memoryJob(tensor: SharedTensor, draw: Draw, chunkElements: number): Job {
  const { buffer, memory, byteOffset, length } = tensor;
  return makeJob(draw, { kind: 'memory', buffer, memory, byteOffset }, length, chunkElements);
}

/** For a worker that fills nothing: its elements need no memory. */
export function idleJob(draw: Draw, elementCount: number, chunkElements: number): Job {
  const target = {
    kind: 'memory',
    buffer: new SharedArrayBuffer(0),
    memory: undefined,
    byteOffset: 0,
  } as const;
  return makeJob(draw, target, elementCount, chunkElements);
}

/** A file's elements begin at its first byte. */
export function fileJob(descriptor: number, path: string, draw: Draw, elementCount: number): Job {
  return makeJob(draw, { kind: 'file', descriptor, path, position: 0 }, elementCount);
}

function makeJob(draw: Draw, target: Target, elementCount: number, chunkElements?: number): Job {
  const chunks = planChunks([{ offset: 0, elementCount }], chunkElements);
  return { chunks, tensors: [{ kind: 'draw', draw, target }] };
}

/** Runs a job of any size on the pool, as the coordinator does when no thread dies. */
export async function runOnPool(pool: ThreadPool, threads: number, job: Job): Promise<void> {
  const shifts = Math.min(threads, job.chunks.chunkCount);
  const claims = ChunkClaims.create(job.chunks.chunkCount).buffer;
  const states = ShiftStates.create(shifts).buffer;
  const run = async (shift: number): Promise<void> => {
    const report = await pool.run({ ...job, kernels: FASTEST, claims, states, shift });
    if (report.kind === 'failed') throw new Error(report.failure.found);
  };
  await Promise.all(Array.from({ length: shifts }, (_, shift) => run(shift)));
}
