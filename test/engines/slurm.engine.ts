/** workers/engines/slurm.sbatch on a real Slurm: tasks that are killed, requeued, told that their time is up. */
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { commandsForProject } from './support/commands.js';
import { untilTrue } from './support/services.js';
import { Hold } from './support/hold.js';
import { hashesOf, hashesOfPlainRun, makeProject, PARTS, SHARD_SIZE } from './support/model.js';
import { needPrograms, needRoot, skipWithout } from './support/needs.js';
import { SLURM, SlurmCluster } from './support/slurm.js';

const [ARRAY, MERGE] = ['slurm.sbatch', 'slurm-merge.sbatch'].map((name) => resolve('workers/engines', name));
const TASK = ['--cpus-per-task=2', ARRAY ?? '', 'spec.json', 'model.safetensors', SHARD_SIZE];
const MERGING = ['--cpus-per-task=2', MERGE ?? '', 'model.safetensors'];

let cluster: SlurmCluster;
let whole: Readonly<Record<string, string>>;

if (skipWithout(needPrograms(SLURM.programs, SLURM.packages), needRoot())) {
  beforeAll(async () => {
    whole = await hashesOfPlainRun();
    cluster = await SlurmCluster.start();
    return async () => {
      await cluster.stop();
    };
  });
}

const DONE = 'COMPLETED';
const done = (count: number): string[] => Array<string>(count).fill(DONE);

/** What a task has printed, in all its runs. */
const logOf = (folder: string, job: string, task: number): string =>
  readFileSync(join(folder, `jumpfill-${job}_${task}.log`), 'utf8');

/** Starts an array of which one task is held in the middle. */
async function submitHeld(
  task: number,
  how: 'stop' | 'wait' = 'stop',
): Promise<{ folder: string; job: string; pid: number }> {
  const [folder, hold] = [makeProject(), new Hold(`task ${task}\\b`, how)];
  const job = await cluster.submit(folder, hold.environment, ...TASK);
  return { folder, job, pid: await hold.held() };
}

async function mergeAfter(folder: string, job: string): Promise<void> {
  const merge = await cluster.submit(folder, {}, `--dependency=afterok:${job}`, ...MERGING);
  const states = await cluster.ended(merge);
  const logs = readdirSync(folder).filter((name) => name.endsWith('.log'));
  const said = logs.map((name) => `${name}:\n${readFileSync(join(folder, name), 'utf8')}`).join('\n');
  expect(states, said).toEqual(done(1));
  expect(readFileSync(join(folder, `jumpfill-merge-${merge}.log`), 'utf8')).toMatch(/equal/);
  expect(hashesOf(folder)).toEqual(whole);
}

test('the array counts as many tasks as the script counts parts', () => {
  const text = readFileSync(ARRAY ?? '', 'utf8');
  expect(/--array=1-(\d+)$/m.exec(text)?.[1]).toBe(/^parts=(\d+)$/m.exec(text)?.[1]);
  expect(Number(/^parts=(\d+)$/m.exec(text)?.[1])).toBe(PARTS);
});

test('the commands on the page write, merge and verify a checkpoint, and run a task again', async () => {
  const folder = makeProject();
  for (const path of [ARRAY, MERGE]) copyFileSync(path ?? '', join(folder, basename(path ?? '')));
  const [array, merge, again] = commandsForProject('Slurm');
  const sized = (command = ''): string =>
    command.replace('model.safetensors)', `model.safetensors ${SHARD_SIZE})`);
  const job = await cluster.submitByShell(folder, `${sized(array)}; ${merge}`);
  expect(await cluster.ended(job)).toEqual(done(1));
  expect(hashesOf(folder)).toEqual(whole);
  const task = await cluster.submitByShell(folder, `${again} ${SHARD_SIZE}`);
  expect(await cluster.ended(task)).toEqual(done(1));
  expect(logOf(folder, task, 3)).toContain('kept from an earlier run');
  expect(hashesOf(folder)).toEqual(whole);
});

test('a task that was killed runs again alone, and what waited for the array is submitted again', async () => {
  const { folder, job, pid } = await submitHeld(2);
  const merge = await cluster.submit(folder, {}, `--dependency=afterok:${job}`, ...MERGING);
  process.kill(pid, 'SIGKILL');
  expect((await cluster.ended(job)).toSorted()).toEqual([...done(PARTS - 1), 'FAILED']);
  expect(await cluster.ended(merge)).toEqual(['CANCELLED']);
  const rerun = await cluster.submit(folder, {}, '--array=2', ...TASK);
  await mergeAfter(folder, rerun);
  expect(logOf(folder, rerun, 2)).toContain(`Part 2 of ${PARTS}`);
});

test('a task that is told that its time is up records its work, requeues itself and goes on', async () => {
  const { folder, job } = await submitHeld(3, 'wait');
  // As --signal=TERM@120 does: to the task, not to the script.
  await cluster.call('scancel', '--signal=TERM', `${job}_3`);
  await cluster.startRequeued(`${job}_3`);
  await mergeAfter(folder, job);
  expect(logOf(folder, job, 3)).toMatch(/finished work is kept[\s\S]*elements kept from an earlier run/);
});

test('a task whose node fails is requeued, and takes over from its predecessor', async () => {
  const { folder, job } = await submitHeld(4);
  await untilTrue(
    async () => (await cluster.statesOf(job)).filter((state) => state === DONE).length === PARTS - 1,
  );
  await cluster.failNode();
  await cluster.repairNode();
  await cluster.startRequeued(`${job}_4`);
  await mergeAfter(folder, job);
  expect(await cluster.call('scontrol', 'show', 'job', `${job}_4`)).toContain('Restarts=1');
});
