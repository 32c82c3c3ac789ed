/** One process at a time writes an output; a lock whose holder is gone holds nothing. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Engine } from 'jumpfill';
import { FolderLock } from '../../src/storage/lock.js';
import { workFolderOf } from '../../src/storage/work-folder.js';
import { listFolder, makeFolder } from '../support/folder.js';

const engine = new Engine({ threads: 2, seed: 1n });
afterAll(() => engine.close());

const SPEC = { tensors: [{ name: 'w', shape: [2 ** 20], init: { kind: 'truncated_normal' } }] };

test('of two runs on one output the second is refused, also in one process, and the first is not disturbed', async () => {
  const out = join(makeFolder(), 'm.safetensors');
  const first = engine.initModel(SPEC, { out });
  const second = engine.initModel(SPEC, { out });
  const outcomes = await Promise.allSettled([first, second]);
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(1);
  expect(refused[0]).toMatchObject({
    reason: {
      code: 'OUTPUT_LOCKED',
      message: expect.stringContaining(`process ${process.pid} on ${hostname()}`) as string,
    },
  });
  expect(existsSync(out)).toBe(true);
});

test('another process is refused while one writes, and named', async () => {
  const folder = makeFolder();
  const out = join(folder, 'm.safetensors');
  const spec = join(folder, 'spec.json');
  writeFileSync(
    spec,
    JSON.stringify({ tensors: [{ name: 'w', shape: [2 ** 27], init: { kind: 'truncated_normal' } }] }),
  );
  const child = spawn(process.execPath, [
    'dist/src/cli.js',
    'init',
    spec,
    '--out',
    out,
    '--quiet',
    '--threads',
    '1',
  ]);
  const exited = new Promise((resolve) => child.on('exit', resolve));
  const work = workFolderOf(out, undefined);
  while (!existsSync(join(work, 'journal'))) await new Promise((resolve) => setImmediate(resolve));
  // Held, so that it does not finish meanwhile.
  if (process.platform !== 'win32') child.kill('SIGSTOP');
  for (const resume of [false, true]) {
    await expect(engine.initModel(SPEC, { out, resume })).rejects.toMatchObject({
      code: 'OUTPUT_LOCKED',
      message: expect.stringContaining(`process ${child.pid ?? ''} on`) as string,
    });
  }
  child.kill('SIGKILL');
  await exited;
  // Its lock is there still, and holds nothing.
  expect(listFolder(work)).toContain('lock-1');
  await expect(engine.initModel(SPEC, { out })).rejects.toMatchObject({ code: 'OUTPUT_UNFINISHED' });
});

const self = JSON.parse(
  await (async () => {
    const folder = makeFolder();
    const lock = await FolderLock.take(folder);
    const text = readFileSync(lock.path, 'utf8');
    await lock.release();
    return text;
  })(),
) as Record<string, unknown>;

const OLD = new Date(Date.now() - 600_000);

test.each([
  ['that does not run', { ...self, pid: 2 ** 22 + 1 }, new Date()],
  ['whose number another process has now', { ...self, started: '1' }, new Date()],
  ['of before the machine was started again', { ...self, boot: 'another' }, OLD],
  ['of another machine that has not been heard of for minutes', { ...self, host: 'elsewhere' }, OLD],
  ['of another container that has not been heard of for minutes', { ...self, namespace: 'another' }, OLD],
])('the lock of a process %s is taken over', async (_, holder, touched) => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'lock-7'), JSON.stringify(holder));
  utimesSync(join(folder, 'lock-7'), touched, touched);
  const lock = await FolderLock.take(folder);
  expect(listFolder(folder)).toEqual(['lock-8']);
  await lock.release();
  expect(listFolder(folder)).toEqual([]);
});

test.each([
  ['a process that runs', JSON.stringify(self), OLD],
  ['a process on another machine', JSON.stringify({ ...self, host: 'elsewhere' }), new Date()],
  // Its number says nothing here.
  [
    'a process in another container',
    JSON.stringify({ ...self, namespace: 'x', pid: 2 ** 22 + 1 }),
    new Date(),
  ],
  ['nobody that can be read', '{"pid":', OLD],
])('the lock of %s is respected, and the message names the file', async (_, text, touched) => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'lock-1'), text);
  utimesSync(join(folder, 'lock-1'), touched, touched);
  await expect(FolderLock.take(folder)).rejects.toMatchObject({
    code: 'OUTPUT_LOCKED',
    message: expect.stringContaining(join(folder, 'lock-1')) as string,
  });
  expect(listFolder(folder)).toEqual(['lock-1']);
});

test('of many that take it at once, over a lock that holds nothing, one at the most gets it', async () => {
  for (let round = 0; round < 20; round++) {
    const folder = makeFolder();
    writeFileSync(join(folder, 'lock-1'), JSON.stringify({ ...self, started: '1' }));
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => FolderLock.take(folder)));
    const taken = outcomes.filter(({ status }) => status === 'fulfilled');
    expect(taken.length).toBeLessThanOrEqual(1);
    expect(listFolder(folder)).toHaveLength(taken.length);
  }
});

test("a run removes nothing from its work folder that is not jumpfill's", async () => {
  const out = join(makeFolder(), 'm.safetensors');
  const work = workFolderOf(out, undefined);
  mkdirSync(work);
  writeFileSync(join(work, 'precious'), 'mine');
  await engine.initModel(SPEC, { out, resume: true });
  expect(listFolder(work)).toEqual(['precious']);
});
