/** Only one process at a time writes an output; a dead process's lock is ignored. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { Engine, type JumpfillError } from 'jumpfill';
import { Draft } from '../../../src/storage/lock/draft.js';
import { describeSelf } from '../../../src/storage/lock/lock-owner.js';
import { explainTakeover, FolderLock } from '../../../src/storage/lock/lock.js';
import { generationOf, makeToken, type RunToken } from '../../../src/storage/lock/run-token.js';
import { workFolderOf } from '../../../src/storage/lock/work-names.js';
import { listFolder, makeFolder, makeQuickFolder } from '../../support/folder.js';
import { PausableRun, watchFiles } from '../../support/pausing.js';
import { findOwn } from '../../support/work-folder.js';
import { until } from '../../support/until.js';

const engine = new Engine({ threads: 2, seed: 1n });
afterAll(() => engine.close());

const SPEC = { tensors: [{ name: 'w', shape: [2 ** 20], init: { kind: 'truncated_normal' } }] };

test('of two runs on one output, even in one process, the second is refused and the first is not disturbed', async () => {
  const out = join(makeFolder(), 'm.safetensors');
  const first = engine.writeCheckpoint(SPEC, { out });
  const second = engine.writeCheckpoint(SPEC, { out });
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

function hasJournal(work: string): boolean {
  try {
    return existsSync(findOwn(work, 'journal'));
  } catch {
    return false;
  }
}

test('while another process writes, a run is refused, and the error names that process', async () => {
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
  await until(() => hasJournal(work));
  // Stopped, so that it does not finish meanwhile.
  if (process.platform !== 'win32') child.kill('SIGSTOP');
  for (const resume of [false, true]) {
    await expect(engine.writeCheckpoint(SPEC, { out, resume })).rejects.toMatchObject({
      code: 'OUTPUT_LOCKED',
      message: expect.stringContaining(`process ${child.pid ?? ''} on`) as string,
    });
  }
  child.kill('SIGKILL');
  await exited;
  // Its lock is still there, and ignored.
  expect(existsSync(findOwn(work, 'owner'))).toBe(true);
  await expect(engine.writeCheckpoint(SPEC, { out })).rejects.toMatchObject({ code: 'OUTPUT_UNFINISHED' });
});

/** This process, without what distinguishes it from another with the same number. */
const self = { ...describeSelf(), instance: undefined };

/** A process of our number on a machine of the same name, such as number 1 in a container. */
const NAMESAKE = { ...self, started: '', instance: 'another' };

const OLD = new Date(Date.now() - 600_000);

/** The folder of an owner that was killed. */
function leaveOwner(folder: string, text: string, touched: Date): RunToken {
  const token = makeToken();
  const path = join(folder, 'run', token);
  mkdirSync(path, { recursive: true });
  const owner = join(path, `owner.${token}`);
  writeFileSync(owner, text);
  utimesSync(owner, touched, touched);
  return token;
}

test.each([
  ['that does not run', { ...self, pid: 2 ** 22 + 1 }, new Date()],
  ['whose number another process has now', { ...self, started: '1' }, new Date()],
  ['from before the machine was restarted', { ...self, boot: 'another' }, OLD],
  [
    'that does not run, and whose last sign of life a power failure turned into a zero byte',
    `${JSON.stringify({ ...self, pid: 2 ** 22 + 1 })} \0`,
    new Date(),
  ],
  ['on another machine, silent for minutes', { ...self, host: 'elsewhere' }, OLD],
  ['in another container, silent for minutes', { ...self, namespace: 'another' }, OLD],
  ['that has our own number, as far as can be seen without /proc, silent for minutes', NAMESAKE, OLD],
  [
    'whose number another process has, as far as can be seen without /proc, silent for minutes',
    { ...self, pid: process.ppid, started: '' },
    OLD,
  ],
  ['whose owner file is empty after a power failure, silent for minutes', '', OLD],
])('the lock of a process %s is taken over', async (_, owner, touched) => {
  const folder = makeFolder();
  leaveOwner(folder, typeof owner === 'string' ? owner : JSON.stringify(owner), touched);
  const lock = await FolderLock.take(folder);
  expect(listFolder(join(folder, 'run'))).toEqual([lock.token]);
  expect(generationOf(lock.token)).toBe(2);
  expect(listFolder(lock.path)).toEqual([`owner.${lock.token}`]);
  await lock.release();
  expect(listFolder(folder)).toEqual([]);
});

test.each([
  ['a process that runs', JSON.stringify(self), OLD, 15_000],
  ['a process on another machine', JSON.stringify({ ...self, host: 'elsewhere' }), new Date(), 120_000],
  // Its number means nothing here.
  [
    'a process in another container',
    JSON.stringify({ ...self, namespace: 'x', pid: 2 ** 22 + 1 }),
    new Date(),
    120_000,
  ],
  [
    'a process that may be the one of its number, without /proc',
    JSON.stringify({ ...self, pid: process.ppid, started: '' }),
    new Date(),
    120_000,
  ],
  ['a process whose owner file cannot be read yet', '{"pid":', new Date(), 120_000],
])('the lock of %s is respected, and the error says when to try again', async (_, text, touched, mostMs) => {
  const folder = makeFolder();
  const token = leaveOwner(folder, text, touched);
  const error: unknown = await FolderLock.take(folder).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'OUTPUT_LOCKED', message: expect.stringContaining(folder) as string });
  const { retryAfterMs } = error as JumpfillError;
  expect(retryAfterMs).toBeGreaterThan(0);
  expect(retryAfterMs).toBeLessThanOrEqual(mostMs);
  expect(listFolder(folder)).toEqual(['run']);
  expect(listFolder(join(folder, 'run'))).toEqual([token]);
});

test.skipIf(process.platform !== 'linux')('the lock of a zombie is ignored', async () => {
  const folder = makeFolder();
  // The shell starts a child, and becomes a program that never reaps it.
  const parent = spawn('sh', ['-c', 'sleep 600 & echo $!; exec sleep 601'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const pid = Number(
      await new Promise<string>((resolve) =>
        parent.stdout.once('data', (text: Buffer) => {
          resolve(String(text));
        }),
      ),
    );
    const next = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    // Before that the shell itself might reap it.
    const nameOfParent = (): string => readFileSync(`/proc/${String(parent.pid)}/comm`, 'utf8').trim();
    while (nameOfParent() !== 'sleep') await next();
    process.kill(pid, 'SIGKILL');
    const statOf = (): string => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '');
    while (!statOf().startsWith('Z')) await next();
    leaveOwner(folder, JSON.stringify({ ...self, pid, started: statOf().split(' ')[19] }), new Date());
    const lock = await FolderLock.take(folder);
    await lock.release();
  } finally {
    parent.kill('SIGKILL');
  }
});

test('a process that has just started does not lose its lock to one that cleans up', async () => {
  const restore = await watchFiles();
  try {
    // One stops anywhere while it makes its lock, the other anywhere while it releases its own.
    for (let call = 1; call <= 6; call++) {
      for (let other = 1; other <= 12; other++) {
        const folder = makeQuickFolder();
        const owner = await FolderLock.take(folder);
        const beginner = new PausableRun({ call, when: 'before' });
        const taking = beginner.run(async () => {
          for (;;) {
            try {
              return await FolderLock.take(folder);
            } catch (error) {
              if (!['ENOENT', 'OUTPUT_LOCKED'].includes((error as { code: string }).code)) throw error;
            }
          }
        });
        await beginner.paused;
        const tidying = new PausableRun({ call: other, when: 'after' });
        const released = tidying.run(() => owner.release());
        await Promise.race([tidying.paused, released]);
        beginner.release();
        tidying.release();
        await released;
        const lock = await taking;
        await lock.check();
        await lock.release();
        expect(listFolder(folder)).toEqual([]);
      }
    }
  } finally {
    restore();
  }
});

test('the draft of a process that runs is left alone', async () => {
  const folder = makeQuickFolder();
  const draft = await Draft.make(folder);
  const lock = await FolderLock.take(folder);
  await lock.release();
  expect(await draft.becomeRun()).toBe(true);
  expect(listFolder(folder)).toEqual(['run']);
});

test('if the folder cannot be read once the lock is taken, the lock is released', async () => {
  const out = join(makeFolder(), 'm.safetensors');
  const restore = await watchFiles();
  try {
    let isTaken = false;
    const run = new PausableRun(undefined, (name) => {
      if (name === 'rename') isTaken = true;
      else if (isTaken && name === 'readdir') {
        isTaken = false;
        throw Object.assign(new Error('EMFILE: too many open files, scandir'), { code: 'EMFILE' });
      }
    });
    await expect(run.run(() => engine.writeCheckpoint(SPEC, { out }))).rejects.toMatchObject({
      code: 'OUTPUT_NOT_WRITABLE',
    });
  } finally {
    restore();
  }
  await engine.writeCheckpoint(SPEC, { out });
  expect(listFolder(join(out, '..'))).toEqual(['m.safetensors']);
});

test('a takeover takes the lock from a running process, which notices', async () => {
  const folder = makeFolder();
  const first = await FolderLock.take(folder);
  writeFileSync(join(first.path, 'work'), 'half');
  const second = await FolderLock.take(folder, true);
  await expect(first.check()).rejects.toMatchObject({ code: 'LOCK_LOST' });
  expect(first.lost.aborted).toBe(true);
  expect(existsSync(first.path)).toBe(false);
  await second.check();
  expect(readFileSync(join(second.path, 'work'), 'utf8')).toBe('half');
  // Releasing the lost lock changes nothing.
  await first.release();
  await second.check();
  await second.release();
});

test('an owner that only slept notices the loss of its lock at its next heartbeat', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const folder = makeFolder();
  const first = await FolderLock.take(folder);
  const before = readFileSync(first.ownerPath, 'utf8');
  vi.advanceTimersByTime(20_000);
  while (readFileSync(first.ownerPath, 'utf8').length === before.length) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  const second = await FolderLock.take(folder, true);
  const lost = new Promise((resolve) => {
    first.lost.addEventListener('abort', resolve);
  });
  vi.advanceTimersByTime(20_000);
  vi.useRealTimers();
  await lost;
  expect(first.lost.reason).toMatchObject({ code: 'LOCK_LOST' });
  await second.release();
});

test('once released, a lock gives no sign of life and is not lost', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const lock = await FolderLock.take(makeFolder());
  await lock.release();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  expect(lock.lost.aborted).toBe(false);
});

test('a takeover that the system refuses leaves no trace in the folder of the owner', async () => {
  const restore = await watchFiles();
  try {
    const folder = makeFolder();
    const owner = await FolderLock.take(folder);
    const run = new PausableRun(undefined, (name, [from]) => {
      if (name === 'rename' && from === owner.path)
        throw Object.assign(new Error('EACCES: permission denied, rename'), { code: 'EACCES' });
    });
    await expect(run.run(() => FolderLock.take(folder, true))).rejects.toMatchObject({ code: 'EACCES' });
    expect(listFolder(folder)).toEqual(['run']);
    expect(listFolder(owner.path)).toEqual([`owner.${owner.token}`]);
    await owner.check();
    await owner.release();
  } finally {
    restore();
  }
});

test('on Windows, where a folder with open files cannot be renamed, a takeover is refused with the reason', () => {
  const cause = Object.assign(new Error('EPERM: operation not permitted, rename'), { code: 'EPERM' });
  expect(explainTakeover({ name: 'it', folder: 'work' }, cause, 'win32')).toMatchObject({
    code: 'OUTPUT_LOCKED',
    cause,
  });
  expect(explainTakeover({ name: 'it', folder: 'work' }, cause, 'linux')).toBe(cause);
});

test.each([
  ['over a dead lock', true],
  ['without an earlier lock', false],
])('of many processes that take the lock at once, %s, one gets it', async (_, isLeft) => {
  for (let round = 0; round < 20; round++) {
    const folder = makeQuickFolder();
    if (isLeft) leaveOwner(folder, JSON.stringify({ ...self, started: '1' }), new Date());
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => FolderLock.take(folder)));
    const taken = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(taken).toHaveLength(1);
    expect(listFolder(folder)).toEqual(['run']);
    expect(listFolder(join(folder, 'run'))).toEqual(taken.map(({ token }) => token));
    for (const lock of taken) await lock.release();
  }
});

test('the next owner removes the leftovers of a process that was killed while it made its lock, with or without text', async () => {
  for (const text of [undefined, '', JSON.stringify({ ...self, started: '1' })]) {
    const folder = makeFolder();
    const token = makeToken();
    const draft = join(folder, `draft.${token}`);
    mkdirSync(join(draft, token), { recursive: true });
    if (text !== undefined) writeFileSync(join(draft, token, `owner.${token}`), text);
    const lock = await FolderLock.take(folder);
    await lock.release();
    expect(listFolder(folder)).toEqual([]);
  }
});

test('an owner file is on the disk before it has its name: a power failure leaves a readable lock, or none', async () => {
  const folder = makeQuickFolder();
  const run = new PausableRun(undefined);
  const restore = await watchFiles();
  try {
    const lock = await run.run(() => FolderLock.take(folder));
    await lock.release();
  } finally {
    restore();
  }
  const taking = run.log.slice(0, run.log.indexOf('rename') + 1);
  expect(taking.slice(-3)).toEqual(['writeFile', 'sync', 'rename']);
});

describe('left by version 0.4:', () => {
  const lockOf = (owner: object): string => JSON.stringify(owner);

  test('a lock of 0 bytes, three days old, is ignored and removed', async () => {
    const out = join(makeFolder(), 'm.safetensors');
    const work = workFolderOf(out, undefined);
    mkdirSync(work, { mode: 0o700 });
    writeFileSync(join(work, 'lock-1'), '');
    const threeDaysAgo = new Date(Date.now() - 3 * 86_400_000);
    utimesSync(join(work, 'lock-1'), threeDaysAgo, threeDaysAgo);
    await engine.writeCheckpoint(SPEC, { out, resume: true });
    expect(listFolder(join(out, '..'))).toEqual(['m.safetensors']);
  });

  test('a run at work is respected', async () => {
    const out = join(makeFolder(), 'm.safetensors');
    const work = workFolderOf(out, undefined);
    mkdirSync(work, { mode: 0o700 });
    writeFileSync(join(work, 'lock-1'), lockOf({ ...self }));
    for (const takeOver of [false, true]) {
      await expect(engine.writeCheckpoint(SPEC, { out, resume: true, takeOver })).rejects.toMatchObject({
        code: 'OUTPUT_LOCKED',
      });
    }
    expect(listFolder(work)).toEqual(['lock-1']);
  });

  test('an unfinished run is reported, and stays as it is', async () => {
    const out = join(makeFolder(), 'm.safetensors');
    const work = workFolderOf(out, undefined);
    mkdirSync(work, { mode: 0o700 });
    for (const name of ['journal', 'shard-1']) writeFileSync(join(work, name), 'precious');
    await expect(engine.writeCheckpoint(SPEC, { out, resume: true, force: true })).rejects.toMatchObject({
      code: 'OUTPUT_UNFINISHED',
      message: expect.stringContaining('0.4 or older') as string,
    });
    expect(listFolder(work)).toEqual(['journal', 'shard-1']);
  });
});

test("a run removes nothing from its work folder that is not jumpfill's", async () => {
  const out = join(makeFolder(), 'm.safetensors');
  const work = workFolderOf(out, undefined);
  mkdirSync(work);
  writeFileSync(join(work, 'precious'), 'mine');
  await engine.writeCheckpoint(SPEC, { out, resume: true });
  expect(listFolder(work)).toEqual(['precious']);
});

test('a lock that can neither be had nor be read from anyone is given up, and the draft removed', async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, 'run', 'of another program'), { recursive: true });
  await expect(FolderLock.take(folder, false, 'model.safetensors')).rejects.toMatchObject({
    code: 'OUTPUT_LOCKED',
    message: expect.stringContaining('Several processes compete for model.safetensors') as string,
    retryAfterMs: 15_000,
  });
  expect(listFolder(folder)).toEqual(['run']);
});
