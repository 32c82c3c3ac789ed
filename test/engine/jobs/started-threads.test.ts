/** How many threads jobs start. */
import { afterEach, expect, test } from 'vitest';
import { uniformParameters } from '#built/domain/kernels/uniform.js';
import { makeStreamDraw } from '#built/domain/draws/stream-draw.js';
import { planChunks } from '#built/domain/partition/chunks.js';
import { Coordinator } from '#built/engine/jobs/coordinator.js';
import { openMemoryWork } from '#built/engine/jobs/memory-work.js';
import type { Job } from '#built/engine/jobs/protocol.js';
import { faultyTensor, FAULTY_WORKER } from '../../support/faults.js';
import { allowAllThreads, allowThreads, REFUSAL } from '../../support/few-threads.js';

const CHUNK = 2 ** 18;
const coordinators: Coordinator[] = [];

function openCoordinator(threads: number, workerUrl: URL): Coordinator {
  const choice = { simd: true, revectorize: false };
  const coordinator = new Coordinator({ threads, workerUrl }, choice, openMemoryWork);
  coordinators.push(coordinator);
  return coordinator;
}

afterEach(async () => {
  allowAllThreads();
  await Promise.all(coordinators.splice(0).map((coordinator) => coordinator.destroy()));
});

const DRAW = makeStreamDraw('float32', { kernel: uniformParameters(-1, 1) }, 1n, 'w');

type Held = ReturnType<typeof faultyTensor>;

function jobOf({ tensor }: Held): Job {
  const { buffer, memory, byteOffset, length } = tensor;
  const target = { kind: 'memory', buffer, memory, byteOffset } as const;
  const chunks = planChunks([{ offset: 0, elementCount: length }]);
  return { chunks, tensors: [{ kind: 'draw', draw: DRAW, target }] };
}

const held = (chunks: number, gate: 'open' | 'shut' = 'open'): Held =>
  faultyTensor(chunks * CHUNK, 'none', 0, gate);

test('a job starts as many threads as it has chunks, a later one only those that are missing', async () => {
  const coordinator = openCoordinator(4, FAULTY_WORKER);
  const started: number[] = [];
  for (const chunks of [1, 2, 1, 3, 2, 9, 4]) {
    await coordinator.run(jobOf(held(chunks)));
    started.push(coordinator.startedThreads);
  }
  expect(started).toEqual([0, 2, 2, 3, 3, 4, 4]);
});

test('jobs at once have threads of their own while there are some', async () => {
  const coordinator = openCoordinator(5, FAULTY_WORKER);
  const tensors = [held(2, 'shut'), held(2, 'shut'), held(2, 'shut')];
  const running = tensors.map((tensor) => coordinator.run(jobOf(tensor)));
  expect(coordinator.startedThreads).toBe(5);
  await Promise.all(tensors.slice(0, 2).map(({ whenBegun }) => whenBegun(2)));
  for (const { openGate } of tensors) openGate();
  await Promise.all(running);
  expect(tensors.map(({ begun }) => begun())).toEqual([2, 2, 2]);
  expect(coordinator.startedThreads).toBe(5);
});

test('a thread that dies is replaced, not added', async () => {
  const coordinator = openCoordinator(4, FAULTY_WORKER);
  const dying = faultyTensor(2 * CHUNK, 'exit', 2);
  await coordinator.run(jobOf(dying));
  expect(coordinator.startedThreads).toBe(2);
});

test('a job on a system that allows fewer threads is done by those, and fails with the reason where there are none', async () => {
  allowThreads(2);
  const coordinator = openCoordinator(4, FAULTY_WORKER);
  await coordinator.run(jobOf(held(9)));
  expect(coordinator.startedThreads).toBe(2);
  const another = openCoordinator(4, FAULTY_WORKER);
  await expect(another.run(jobOf(held(2)))).rejects.toMatchObject({
    code: 'WORKER_FAILED',
    message: expect.stringContaining(REFUSAL) as string,
  });
});

test('jobs at once share what threads the system allows: one that finds none free waits for the other', async () => {
  allowThreads(2);
  const coordinator = openCoordinator(4, FAULTY_WORKER);
  const [first, second] = [held(4, 'shut'), held(4)];
  const running = [coordinator.run(jobOf(first)), coordinator.run(jobOf(second))];
  await first.whenBegun(2);
  first.openGate();
  await Promise.all(running);
  expect([first.begun(), second.begun(), coordinator.startedThreads]).toEqual([4, 4, 2]);
});

test.each([0, 1, 3])('a job of which %i chunks are left starts as many threads', async (left) => {
  const coordinator = openCoordinator(8, FAULTY_WORKER);
  const job = jobOf(held(6));
  const claims = coordinator.prepare(job);
  for (let chunk = left; chunk < 6; chunk++) claims.markDone(chunk);
  await coordinator.run(job, {}, claims);
  expect([coordinator.startedThreads, claims.countLeft()]).toEqual([left, 0]);
});
