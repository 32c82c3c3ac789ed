/** A lock that another process owns: a run waits for it, or takes it, if the caller asks for that. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, JumpfillError } from 'jumpfill';
import { describeSelf } from '../../../src/storage/lock/lock-owner.js';
import { FolderLock } from '../../../src/storage/lock/lock.js';
import { makeToken } from '../../../src/storage/lock/run-token.js';
import { waitWhileLocked } from '../../../src/storage/lock/wait.js';
import { workFolderOf } from '../../../src/storage/lock/work-names.js';
import { runCli, writeSpec } from '../../support/cli.js';
import { listFolder, makeFolder } from '../../support/folder.js';
import { findOwn } from '../../support/work-folder.js';
import { until } from '../../support/until.js';
import { slowTest } from '../../support/thorough.js';

const engine = new Engine({ threads: 1, seed: 1n });
afterAll(() => engine.close());

const SPEC = {
  seed: 1,
  tensors: [{ name: 'w', shape: [1000], init: { kind: 'uniform', low: -1, high: 1 } }],
};

/** Takes the lock for this process. */
async function lockIt(out: string): Promise<FolderLock> {
  mkdirSync(workFolderOf(out, undefined), { mode: 0o700 });
  return await FolderLock.take(workFolderOf(out, undefined));
}

test('by default a held lock is an immediate error that says when to try again', async () => {
  const out = join(makeFolder(), 'm.safetensors');
  const lock = await lockIt(out);
  const error: unknown = await engine.writeCheckpoint(SPEC, { out }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'OUTPUT_LOCKED' });
  expect((error as JumpfillError).retryAfterMs).toBeGreaterThan(0);
  expect((error as JumpfillError).message).toMatch(/`waitForLock`.*`takeOver` with `resume`/);
  await lock.release();
});

test('waitForLock waits until the lock is free, calls onWait once, and then writes', async () => {
  const out = join(makeFolder(), 'm.safetensors');
  const lock = await lockIt(out);
  const seen: JumpfillError[] = [];
  const onWait = (locked: JumpfillError): void => {
    seen.push(locked);
    void lock.release();
  };
  await engine.writeCheckpoint(SPEC, { out, waitForLock: true, onWait });
  expect(seen).toMatchObject([{ code: 'OUTPUT_LOCKED' }]);
  expect(listFolder(join(out, '..'))).toEqual(['m.safetensors']);
});

test('waitForLock with milliseconds ends with OUTPUT_LOCKED', async () => {
  const out = join(makeFolder(), 'm.safetensors');
  const lock = await lockIt(out);
  await expect(engine.writeCheckpoint(SPEC, { out, waitForLock: 20 })).rejects.toMatchObject({
    code: 'OUTPUT_LOCKED',
  });
  await lock.release();
});

test('the signal ends the wait with its reason', async () => {
  const out = join(makeFolder(), 'm.safetensors');
  const lock = await lockIt(out);
  const abort = new AbortController();
  const onWait = (): void => {
    abort.abort('enough');
  };
  const run = engine.writeCheckpoint(SPEC, { out, waitForLock: true, onWait, signal: abort.signal });
  await expect(run).rejects.toBe('enough');
  await lock.release();
});

test('a takeover without resume is refused while the owner has work', async () => {
  const out = join(makeFolder(), 'm.safetensors');
  const large = { seed: 1, tensors: [{ name: 'w', shape: [2 ** 22], init: { kind: 'normal' } }] };
  let refused: Promise<unknown> | undefined;
  const onProgress = (): void => {
    refused ??= engine
      .writeCheckpoint(large, { out, takeOver: true, force: true })
      .catch((error: unknown) => error);
  };
  await engine.writeCheckpoint(large, { out, onProgress });
  expect(await refused).toMatchObject({
    code: 'OUTPUT_UNFINISHED',
    message: expect.stringContaining('`resume`') as string,
  });
});

test('a run without a seed takes the seed of the run that it waited for', async () => {
  const out = join(makeFolder(), 'm.safetensors');
  const spec = { tensors: SPEC.tensors };
  const first = new Engine({ threads: 1 });
  const abort = new AbortController();
  const onProgress = (): void => {
    abort.abort('enough');
  };
  const options = { out, resume: true, recordIntervalMs: 0 };
  const lock = await lockIt(out);
  const second = new Engine({ threads: 1 });
  let left: Promise<unknown> | undefined;
  const onWait = (): void => {
    left = lock
      .release()
      .then(() =>
        first.writeCheckpoint(spec, { ...options, onProgress, signal: abort.signal }).catch(() => undefined),
      );
  };
  const report = await second.writeCheckpoint(spec, { ...options, waitForLock: true, onWait });
  await left;
  expect(report.seed).toBe(String(first.seed));
  await first.close();
  await second.close();
});

const TWO = { tensors: ['a', 'b'].map((name) => ({ name, shape: [16], init: { kind: 'normal' } as const })) };

test('a run without a seed that is resumed once more takes the seed of the file that it has finished, but not of another', async () => {
  const out = join(makeFolder(), 'm.safetensors');
  const spec = { tensors: SPEC.tensors };
  const runs = [new Engine({ threads: 1 }), new Engine({ threads: 1 }), new Engine({ threads: 1 })] as const;
  const [first, second, third] = runs;
  const written = await first.writeCheckpoint(spec, { out, resume: true });
  const again = await second.writeCheckpoint(spec, { out, resume: true });
  expect(again).toMatchObject({ seed: written.seed, keptElements: written.elementCount });
  const [shardSize, sharded] = [60, join(makeFolder(), 's.safetensors')] as const;
  const shards = await first.writeCheckpoint(TWO, { out: sharded, shardSize, resume: true });
  expect(shards.files).toHaveLength(2);
  rmSync(shards.files[0]?.path ?? '');
  const mended = await second.writeCheckpoint(TWO, { out: sharded, shardSize, resume: true });
  expect(mended.seed).toBe(shards.seed);
  const replaced = await second.writeCheckpoint(spec, { out, resume: true, force: true });
  expect(replaced.seed).toBe(String(second.seed));
  const [tensor] = spec.tensors;
  const other = { tensors: [{ ...tensor, name: 'another' }] };
  await expect(third.writeCheckpoint(other, { out, resume: true })).rejects.toMatchObject({
    code: 'OUTPUT_EXISTS',
    message: expect.stringContaining('is not what this run would write') as string,
  });
  await Promise.all(runs.map((engine) => engine.close()));
});

test('any other error ends the wait at once', async () => {
  let attempts = 0;
  const attempt = (): Promise<never> => {
    attempts++;
    return Promise.reject(new JumpfillError('OUTPUT_NOT_WRITABLE', 'No.', 'Go.'));
  };
  const waiting = waitWhileLocked(attempt, { waitMs: Infinity, onWait: undefined }, undefined);
  await expect(waiting).rejects.toMatchObject({ code: 'OUTPUT_NOT_WRITABLE' });
  expect(attempts).toBe(1);
});

test.each([
  { waitForLock: -1 },
  { waitForLock: NaN },
  { waitForLock: 'long' },
  { takeOver: 1 },
  { takeOver: true, waitForLock: 5 },
  { onWait: 'me' },
] as object[])('%o is refused', async (options) => {
  const out = join(makeFolder(), 'm.safetensors');
  await expect(engine.writeCheckpoint(SPEC, { out, ...options })).rejects.toMatchObject({
    code: 'BAD_OPTION',
  });
});

describe('on the command line', () => {
  /** Leaves the lock of a part that was killed a moment ago on another machine. */
  function leaveForeignLock(out: string): void {
    const token = makeToken();
    const path = join(workFolderOf(out, { part: 1, parts: 2 }), 'run', token);
    mkdirSync(path, { recursive: true });
    writeFileSync(
      join(path, `owner.${token}`),
      JSON.stringify({ ...describeSelf(), instance: undefined, host: 'another' }),
    );
  }

  const init = (folder: string, ...options: string[]): string[] => {
    const spec = writeSpec(folder, SPEC);
    return ['init', spec, '--out', join(folder, 'm.safetensors'), '--part', '1/2', '--resume', ...options];
  };

  test('a held lock makes the command exit with 75, so that schedulers try again; --take-over takes the lock', async () => {
    const folder = makeFolder();
    leaveForeignLock(join(folder, 'm.safetensors'));
    const refused = await runCli(init(folder, '--quiet'));
    expect(refused.code).toBe(75);
    expect(refused.stderr).toMatch(
      /in use by process \d+ on another, which last gave a sign of life \d+ s ago.*\[OUTPUT_LOCKED\]/,
    );
    const taken = await runCli(init(folder, '--take-over', '--quiet'));
    expect(taken.code).toBe(0);
    expect(listFolder(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('--wait=SECONDS waits no longer, and names the process that it waits for', async () => {
    const folder = makeFolder();
    leaveForeignLock(join(folder, 'm.safetensors'));
    const { code, stderr } = await runCli(init(folder, '--wait=0.05'));
    expect(code).toBe(75);
    expect(stderr).toMatch(/^jumpfill: (?:waiting: )?.*in use by process \d+ on another/);
  });

  function isAtWork(work: string): boolean {
    try {
      return existsSync(findOwn(work, 'journal'));
    } catch {
      return false;
    }
  }

  slowTest('--wait waits for a process at work, for as long as it takes', async () => {
    const folder = makeFolder();
    const out = join(folder, 'm.safetensors');
    const large = writeSpec(makeFolder(), {
      seed: 1,
      tensors: [{ name: 'w', shape: [2 ** 24], init: { kind: 'normal' } }],
    });
    const parameters = ['init', large, '--out', out, '--threads', '1'];
    const first = spawn(process.execPath, ['dist/src/cli.js', ...parameters, '--quiet']);
    const ended = new Promise<number | null>((resolve) => first.on('exit', resolve));
    await until(() => isAtWork(workFolderOf(out, undefined)));
    // Stopped until the other waits for it.
    first.kill('SIGSTOP');
    const second = spawn(process.execPath, ['dist/src/cli.js', ...parameters, '--wait', '--resume']);
    let told = '';
    second.stderr.on('data', (text: Buffer) => {
      told += text.toString();
      if (told.includes('waiting: ')) first.kill('SIGCONT');
    });
    expect(await new Promise((resolve) => second.on('exit', resolve))).toBe(0);
    expect(told).toContain(`in use by process ${String(first.pid)} on`);
    expect(await ended).toBe(0);
    expect(listFolder(folder)).toEqual(['m.safetensors']);
  });

  test('interrupted while it waits, the command says that it has changed nothing', async () => {
    const folder = makeFolder();
    leaveForeignLock(join(folder, 'm.safetensors'));
    const child = spawn(process.execPath, ['dist/src/cli.js', ...init(folder, '--wait')]);
    let stderr = '';
    let isStopped = false;
    child.stderr.on('data', (text: Buffer) => {
      stderr += text.toString();
      if (isStopped || !stderr.includes('waiting: ')) return;
      isStopped = true;
      child.kill('SIGINT');
    });
    expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(130);
    expect(stderr).toContain('interrupted; it was still waiting, and changed nothing');
  });

  test.each([['--wait=x'], ['--wait=-1'], ['--take-over=1'], ['--wait=1 --take-over']])(
    '%s is refused with the values that it takes',
    async (option) => {
      const { code, stderr } = await runCli(init(makeFolder(), ...option.split(' ')));
      expect(code).toBe(2);
      expect(stderr).toContain('[BAD_OPTION]');
    },
  );
});
