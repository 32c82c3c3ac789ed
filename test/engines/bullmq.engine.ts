/** workers/engines/bullmq.mjs on a real Redis: workers that are killed, stopped, asleep, told to give up; in namespaces like containers. */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '../support/until.js';
import { commandsForProject } from './support/commands.js';
import { inContainer } from './support/containers.js';
import { Hold } from './support/hold.js';
import { INSTALLED } from './support/install.js';
import { hashesOf, hashesOfPlainRun, makeProject, PARTS, SHARD_SIZE, SPEC } from './support/model.js';
import { needNamespaces, needPackage, needPrograms, skipWithout } from './support/needs.js';
import { Redis } from './support/redis.js';
import { call, Service, untilTrue } from './support/services.js';

const PROGRAM = join(INSTALLED, 'bullmq.mjs');
/** Of the commands on the page, what follows `node bullmq.mjs`; the number of parts comes last. */
const [WORK = [], ADD = []] = commandsForProject('BullMQ')
  .filter((command) => command.startsWith('node bullmq.mjs '))
  .map((command) => command.split(' ').slice(2));
const CLI = resolve('dist/src/cli.js');

/** A worker that is taken for dead by mistake costs time, no bytes. */
const LOCK_MS = '4000';

interface Job {
  readonly part?: string;
  readonly state: string;
  readonly attempts: number;
  readonly failedReason?: string;
  readonly progress: { readonly doneElements?: number; readonly totalElements?: number };
  readonly result: {
    readonly keptElements?: number;
    readonly verified?: { readonly equal: boolean };
  } | null;
}

interface Flow {
  readonly merge: Job;
  readonly parts: readonly Job[];
}

let redis: Redis;
let whole: Readonly<Record<string, string>>;
const workers: Service[] = [];

if (
  skipWithout(
    needPrograms(['redis-server', 'redis-cli'], 'redis-server'),
    needPackage('bullmq'),
    needPackage('ioredis'),
  )
) {
  beforeAll(async () => {
    whole = await hashesOfPlainRun();
    redis = await Redis.start();
    return async () => {
      await redis.stop();
    };
  });
}

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop('SIGKILL')));
});

const run = async (folder: string, ...parameters: readonly string[]): Promise<string> =>
  await call(process.execPath, [PROGRAM, ...parameters], { cwd: folder, env: { REDIS_URL: redis.url } });

const add = async (folder: string, parts = PARTS): Promise<string> =>
  await run(folder, ...ADD.slice(0, -1), String(parts), SHARD_SIZE);

const show = async (folder: string, flow: string): Promise<Flow> =>
  JSON.parse(await run(folder, 'show', flow)) as Flow;

function startWorker(folder: string, name: string, hold?: Hold, host?: string): Service {
  const env = { REDIS_URL: redis.url, LOCK_MS, ...hold?.environment };
  const plain = [process.execPath, PROGRAM, ...WORK] as const;
  const [program = '', ...parameters] = host === undefined ? plain : inContainer(host, ...plain);
  const worker = new Service(program, parameters, join(folder, `${name}.log`), env, folder);
  workers.push(worker);
  return worker;
}

/** Resolves with the flow when its merge has ended. */
async function ended(folder: string, flow: string): Promise<Flow> {
  await untilTrue(async () => /completed|failed/.test((await show(folder, flow)).merge.state));
  return await show(folder, flow);
}

function expectWhole(folder: string, { merge, parts }: Flow): void {
  expect(merge.failedReason).toBe(undefined);
  expect(merge.result?.verified?.equal).toBe(true);
  expect(parts.map(({ part }) => part).toSorted()).toEqual(['1/4', '2/4', '3/4', '4/4']);
  expect(hashesOf(folder)).toEqual(whole);
}

const heldBy = async (hold: Hold, worker: Service): Promise<number> =>
  await hold.held(() => (worker.isRunning ? undefined : worker.readLog()));

const says = async (worker: Service, text: string): Promise<void> => {
  await until(() => worker.readLog().includes(text));
};

test('a killed container leaves its part to another of the same name and process numbers, which the lock keeps apart', async (context) => {
  const missing = needNamespaces();
  if (missing !== undefined) context.skip(missing);
  const [folder, hold] = [makeProject(), new Hold('bullmq.mjs work')];
  const flow = await add(folder);
  const first = startWorker(folder, 'first', hold, 'box');
  const number = await heldBy(hold, first);
  const part = /begins part (\S+)/.exec(first.readLog())?.[1] ?? '';
  const [program, ...parameters] = inContainer(
    'box',
    ...[process.execPath, CLI, 'init', 'spec.json', '--out', 'model.safetensors', '--shard-size', SHARD_SIZE],
    ...['--part', part, '--resume'],
  );
  const twin = spawnSync(program, parameters, { cwd: folder, encoding: 'utf8' });
  expect(twin.stderr).toContain(`process ${number} on box, which last gave a sign of life`);
  expect(twin.status).toBe(75);
  await first.stop('SIGKILL');
  const second = startWorker(folder, 'second', undefined, 'box');
  expectWhole(folder, await ended(folder, flow));
  expect(second.readLog()).toContain('finds stalled');
});

test('a worker that is told to stop gives its part back, and the next one continues it', async () => {
  const [folder, hold] = [makeProject(), new Hold('bullmq.mjs work', 'wait')];
  const flow = await add(folder);
  const first = startWorker(folder, 'first', hold);
  process.kill(await heldBy(hold, first), 'SIGTERM');
  await until(() => !first.isRunning);
  const { parts } = await show(folder, flow);
  expect(parts.map(({ state }) => state)).toEqual(Array(PARTS).fill('waiting'));
  startWorker(folder, 'second');
  const done = await ended(folder, flow);
  expectWhole(folder, done);
  expect(done.parts.filter(({ result }) => (result?.keptElements ?? 0) > 0)).toHaveLength(1);
});

test('a worker that slept while its part went to another publishes nothing, and works on', async () => {
  const [folder, hold] = [makeProject(), new Hold('bullmq.mjs work')];
  const flow = await add(folder);
  const sleeper = startWorker(folder, 'sleeper', hold);
  const pid = await heldBy(hold, sleeper);
  startWorker(folder, 'other');
  expectWhole(folder, await ended(folder, flow));
  process.kill(pid, 'SIGCONT');
  await until(() => /has failed|error/.test(sleeper.readLog()));
  expect(hashesOf(folder)).toEqual(whole);
  expectWhole(folder, await ended(folder, flow));
  expect(sleeper.isRunning).toBe(true);
});

test('a flow that is cancelled ends the part that runs, and is never merged', async () => {
  const [folder, hold] = [makeProject(), new Hold('bullmq.mjs work', 'wait')];
  const flow = await add(folder);
  const worker = startWorker(folder, 'worker', hold);
  await heldBy(hold, worker);
  await run(folder, 'cancel', flow);
  await says(worker, 'cancels');
  hold.release();
  const { merge, parts } = await ended(folder, flow);
  expect(merge.state).toBe('failed');
  expect(parts.map(({ failedReason }) => failedReason)).toEqual(['The flow was cancelled.']);
  expect(existsSync(join(folder, 'model.safetensors.index.json'))).toBe(false);
});

test('a flow that is cancelled before it begins is never merged', async () => {
  const folder = makeProject();
  const flow = await add(folder);
  await run(folder, 'cancel', flow);
  startWorker(folder, 'worker');
  const { merge } = await ended(folder, flow);
  expect([merge.state, merge.failedReason]).toEqual(['failed', 'The flow was cancelled.']);
  await expect(run(folder, 'cancel', 'another')).rejects.toThrow('The queue has no flow another.');
});

test('a mistake is found before anything is queued, or else ends its job and the flow at the first attempt', async () => {
  const folder = makeProject();
  await expect(add(folder, -1)).rejects.toThrow('BAD_OPTION');
  const spec = join(folder, 'spec.json');
  writeFileSync(spec, JSON.stringify({ ...SPEC, tensors: [{ name: 'w', shape: [-1] }] }));
  await expect(add(folder)).rejects.toThrow('BAD_SHAPE');
  writeFileSync(spec, JSON.stringify({ ...SPEC, seed: undefined }));
  const flow = await add(folder, 1);
  startWorker(folder, 'worker');
  const { merge, parts } = await ended(folder, flow);
  expect(merge.state).toBe('failed');
  expect(parts).toMatchObject([{ state: 'failed', attempts: 1 }]);
  expect(parts[0]?.failedReason).toContain('A part needs a seed');
});

test('a worker whose Redis is gone for a while goes on drawing, and its part counts', async () => {
  const [folder, hold] = [makeProject(), new Hold('bullmq.mjs work', 'wait')];
  const flow = await add(folder);
  const worker = startWorker(folder, 'worker', hold);
  await heldBy(hold, worker);
  await redis.restart(async () => {
    await says(worker, 'ECONNREFUSED');
  });
  hold.release();
  expectWhole(folder, await ended(folder, flow));
  expect(worker.isRunning).toBe(true);
});

test('a merge that finds a part at work comes back later, and that is no failure', async () => {
  const [folder, hold] = [makeProject(), new Hold('--part 1/')];
  startWorker(folder, 'worker');
  expectWhole(folder, await ended(folder, await add(folder)));
  const init = ['init', 'spec.json', '--out', 'model.safetensors', '--shard-size', SHARD_SIZE];
  const parameters = [CLI, ...init, '--part', '1/4', '--force'];
  const part = new Service(process.execPath, parameters, join(folder, 'part.log'), hold.environment, folder);
  workers.push(part);
  await heldBy(hold, part);
  const flow = await add(folder, 0);
  await untilTrue(async () => (await show(folder, flow)).merge.state === 'delayed');
  expect((await show(folder, flow)).merge.failedReason).toBe(undefined);
});
