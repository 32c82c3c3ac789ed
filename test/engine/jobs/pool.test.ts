/** How many threads a pool starts, which of them takes a task, and what becomes of it where none starts. */
import workerThreads from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { ThreadPool } from '#built/engine/jobs/pool.js';
import type { ShiftTask } from '#built/engine/jobs/protocol.js';
import { allowAllThreads, allowThreads } from '../../support/few-threads.js';
import { until } from '../../support/until.js';

const GATED_WORKER = new URL('../../faults/gated-worker.mjs', import.meta.url);

const pools: ThreadPool[] = [];
const openGates: (() => void)[] = [];

function openPool(threads: number): ThreadPool {
  const pool = new ThreadPool({ threads, workerUrl: GATED_WORKER });
  pools.push(pool);
  return pool;
}

const { Worker } = workerThreads;

/** Threads throw before they are ready. */
function breakThreads(): void {
  workerThreads.Worker = class extends Worker {
    constructor(_file: unknown, options: object) {
      super("throw new Error('broken by a preload')", { ...options, eval: true });
    }
  };
}

afterEach(async () => {
  allowAllThreads();
  for (const open of openGates.splice(0)) open();
  await Promise.all(pools.splice(0).map((pool) => pool.destroy()));
});

/** Tasks that end when the gate opens. */
function gatedTasks(): { task: ShiftTask; begun: () => number; open: () => void } {
  const gate = new SharedArrayBuffer(8);
  const fields = new Int32Array(gate);
  fields[0] = 1;
  const open = (): void => {
    Atomics.store(fields, 0, 0);
    Atomics.notify(fields, 0);
  };
  openGates.push(open);
  return { task: { gate } as unknown as ShiftTask, begun: () => Atomics.load(fields, 1), open };
}

describe('a pool', () => {
  test('starts a thread for a task that finds none free, and never more than it may', async () => {
    const pool = openPool(2);
    const { task, begun, open } = gatedTasks();
    expect(pool.size).toBe(0);
    const running = [pool.run(task)];
    expect(pool.size).toBe(1);
    running.push(pool.run(task));
    expect(pool.size).toBe(2);
    running.push(pool.run(task));
    expect(pool.size).toBe(2);
    await until(() => begun() === 2);
    open();
    await Promise.all(running);
    expect(begun()).toBe(3);
    await pool.run(task);
    expect(pool.size).toBe(2);
  });

  test('gives tasks one after the other to a thread that is free', async () => {
    const pool = openPool(4);
    const { task, begun, open } = gatedTasks();
    open();
    for (let i = 0; i < 3; i++) await pool.run(task);
    expect(begun()).toBe(3);
    expect(pool.size).toBe(1);
  });

  test('started for some tasks has as many free threads, beside the busy ones', async () => {
    const pool = openPool(5);
    pool.start(2);
    expect(pool.size).toBe(2);
    pool.start(2);
    expect(pool.size).toBe(2);
    const { task, open } = gatedTasks();
    const running = pool.run(task);
    pool.start(2);
    expect(pool.size).toBe(3);
    pool.start(100);
    expect(pool.size).toBe(5);
    open();
    await running;
  });

  test('destroyed while a task runs waits for it', async () => {
    const pool = openPool(2);
    const { task, begun, open } = gatedTasks();
    const events: string[] = [];
    const running = pool.run(task).then(() => events.push('task'));
    const destroyed = pool.destroy().then(() => events.push('destroyed'));
    await until(() => begun() === 1);
    open();
    await Promise.all([running, destroyed]);
    expect(events).toEqual(['task', 'destroyed']);
  });

  test('that was destroyed starts threads again for its next task', async () => {
    const pool = openPool(1);
    const { task, open } = gatedTasks();
    open();
    await pool.run(task);
    await pool.destroy();
    expect(pool.size).toBe(0);
    await pool.run(task);
    expect(pool.size).toBe(1);
  });

  test('rejects the tasks of threads that cannot start, of replacements too, and starts others later', async () => {
    const pool = openPool(1);
    const { task, open } = gatedTasks();
    open();
    breakThreads();
    for (let i = 0; i < 3; i++) await expect(pool.run(task)).rejects.toThrow('broken by a preload');
    const [first, second] = [pool.run(task), pool.run(task)];
    await expect(first).rejects.toThrow('broken by a preload');
    await expect(second).rejects.toThrow('broken by a preload');
    allowAllThreads();
    await until(() => pool.size === 0);
    await pool.run(task);
    expect(pool.size).toBe(1);
  });

  test('rejects every task that waits where the only thread is lost and the system allows no other', async () => {
    const pool = openPool(1);
    const { task } = gatedTasks();
    breakThreads();
    await expect(pool.run(task)).rejects.toThrow('broken by a preload');
    const running = [pool.run(task), pool.run(task), pool.run(task)];
    allowThreads(0);
    const outcomes = await Promise.allSettled(running);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected', 'rejected']);
  });

  test('makes do with the threads that the system allows; a task that finds none free waits', async () => {
    const pool = openPool(4);
    const { task, begun, open } = gatedTasks();
    allowThreads(2);
    pool.start(4);
    expect(pool.size).toBe(2);
    const running = [pool.run(task), pool.run(task), pool.run(task)];
    await until(() => begun() === 2);
    open();
    await Promise.all(running);
    expect([begun(), pool.size]).toEqual([3, 2]);
  });

  test('rejects the task of a thread that dies, with its error, where the system allows no other, and those that wait', async () => {
    const pool = openPool(1);
    const { task } = gatedTasks();
    workerThreads.Worker = class extends Worker {
      constructor(_file: unknown, options: object) {
        super("setTimeout(() => { throw new Error('killed on purpose'); }, 50)", { ...options, eval: true });
      }
    };
    const running = [pool.run(task), pool.run(task)];
    allowThreads(0);
    const outcomes = await Promise.allSettled(running);
    expect(outcomes).toMatchObject([
      { status: 'rejected', reason: { message: 'killed on purpose' } },
      { status: 'rejected', reason: { message: expect.stringContaining('EAGAIN') as string } },
    ]);
    expect(pool.size).toBe(0);
  });
});
