/**
 * What a thread costs from its creation to its end, in milliseconds of processor time: a bare Worker of an empty module, and a thread of
 * the pool that does a shift without chunks.
 * Parameters: `bare` or `ours`; how many, one after the other.
 * @module
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ChunkClaims } from '#built/engine/jobs/chunk-claims.js';
import { planChunks } from '#built/domain/partition/chunks.js';
import { ShiftStates } from '#built/engine/jobs/shift-states.js';
import { FASTEST } from '../contestants/kernel-sets.js';
import { openPool } from '../contestants/engine-jobs.js';

export interface ThreadCost {
  readonly cpuMs: number;
}

const EMPTY = new URL('empty.js', import.meta.url);

async function startBare(): Promise<void> {
  await once(new Worker(EMPTY), 'exit');
}

async function startOurs(): Promise<void> {
  const pool = openPool(1);
  const shift = { chunks: planChunks([]), tensors: [], kernels: FASTEST, shift: 0 };
  await pool.run({ ...shift, claims: ChunkClaims.create(0).buffer, states: ShiftStates.create(1).buffer });
  await pool.destroy();
}

const [kind, count] = process.argv.slice(2);
const start = kind === 'bare' ? startBare : startOurs;
// What the process itself loads for its first thread is not the thread's.
await start();
const before = process.cpuUsage();
for (let i = 0; i < Number(count); i++) await start();
const { user, system } = process.cpuUsage(before);
const cost: ThreadCost = { cpuMs: (user + system) / 1000 / Number(count) };
process.stdout.write(JSON.stringify(cost));
