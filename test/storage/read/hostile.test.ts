/** Full disks, folders that cannot be written to, planted links. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine } from 'jumpfill';
import { findOwn } from '../../support/work-folder.js';
import { workFolderOf } from '../../../src/storage/lock/work-names.js';
import { listFolder, makeFolder } from '../../support/folder.js';
import { readSafetensors } from '../../support/safetensors.js';

const engine = new Engine({ threads: 2, seed: 1n });
afterAll(() => engine.close());

const uniform = { kind: 'uniform', low: -1, high: 1 };
const SPEC = { seed: 3, tensors: ['a', 'b', 'c'].map((name) => ({ name, shape: [2 ** 19], init: uniform })) };

/** A file system of its own in memory, if this process may mount one. */
function mountSmall(options: string): string | undefined {
  const folder = makeFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    return undefined;
  }
}

const unmount = (folder: string): void => {
  execFileSync('umount', ['-l', folder]);
};

const probe = process.platform === 'linux' ? mountSmall('size=1m') : undefined;
if (probe !== undefined) unmount(probe);
const canMount = probe !== undefined;

describe.skipIf(!canMount)('a small file system', () => {
  test('refuses a model that does not fit before a byte is written', async () => {
    const folder = mountSmall('size=4m') ?? '';
    try {
      const run = engine.writeCheckpoint(SPEC, { out: join(folder, 'm.safetensors') });
      await expect(run).rejects.toMatchObject({
        code: 'NO_SPACE',
        message: expect.stringContaining('are needed') as string,
      });
      expect(listFolder(folder)).toEqual([]);
    } finally {
      unmount(folder);
    }
  });

  test('that fills up during a run is reported with a remedy, and what was recorded is kept and resumed', async () => {
    const folder = mountSmall('size=8m') ?? '';
    const out = join(folder, 'm.safetensors');
    const hog = join(folder, 'hog');
    let doneBefore = 0;
    try {
      // Files of less than 32 MiB only get their size, so that something else can take the room.
      const onProgress = ({ doneElements }: { doneElements: number }): void => {
        doneBefore = doneElements;
      };
      writeFileSync(hog, '');
      const controller = new AbortController();
      const first = engine.writeCheckpoint(SPEC, {
        out,
        recordIntervalMs: 0,
        resume: true,
        onProgress,
        signal: controller.signal,
      });
      execFileSync('bash', ['-c', `head -c 5000000 /dev/zero > '${hog}' 2>/dev/null || true`]);
      const error: unknown = await first.catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        code: 'NO_SPACE',
        message: expect.stringMatching(/ENOSPC|are needed/) as string,
      });
      expect(doneBefore).toBeLessThan(3 * 2 ** 19);
      rmSync(hog);
      await engine.writeCheckpoint(SPEC, { out, resume: true });
      expect(readSafetensors(out).tensors).toHaveLength(3);
      expect(listFolder(folder)).toEqual(['m.safetensors']);
    } finally {
      unmount(folder);
    }
  });

  test('that has room for one of two models does not let both begin', async () => {
    const folder = mountSmall('size=100m') ?? '';
    const large = { seed: 3, tensors: [{ name: 'w', shape: [15_000_000], init: uniform }] };
    try {
      const runs = ['a', 'b'].map((name) =>
        engine.writeCheckpoint(large, { out: join(folder, `${name}.safetensors`) }),
      );
      const outcomes = await Promise.allSettled(runs);
      const refused = outcomes.filter(({ status }) => status === 'rejected');
      expect(refused.length).toBeGreaterThan(0);
      for (const outcome of refused) expect(outcome).toMatchObject({ reason: { code: 'NO_SPACE' } });
      expect(listFolder(folder)).toHaveLength(2 - refused.length);
    } finally {
      unmount(folder);
    }
  });

  test('that is read-only is refused', async () => {
    const folder = mountSmall('size=8m,ro') ?? '';
    try {
      const run = engine.writeCheckpoint(SPEC, { out: join(folder, 'm.safetensors') });
      await expect(run).rejects.toMatchObject({ code: 'OUTPUT_NOT_WRITABLE' });
    } finally {
      unmount(folder);
    }
  });
});

describe('planted files', () => {
  test('a link in place of the work folder is not followed', async () => {
    const folder = makeFolder();
    const out = join(folder, 'm.safetensors');
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, workFolderOf(out, undefined));
    await expect(engine.writeCheckpoint(SPEC, { out })).rejects.toMatchObject({
      code: 'OUTPUT_NOT_WRITABLE',
    });
    expect(listFolder(elsewhere)).toEqual([]);
  });

  test('a file in place of the work folder is refused', async () => {
    const out = join(makeFolder(), 'm.safetensors');
    writeFileSync(workFolderOf(out, undefined), 'precious');
    await expect(engine.writeCheckpoint(SPEC, { out })).rejects.toMatchObject({
      code: 'OUTPUT_NOT_WRITABLE',
    });
    expect(readFileSync(workFolderOf(out, undefined), 'utf8')).toBe('precious');
  });

  test('links in the work folder are not written through, not even by a run that resumes', async () => {
    const folder = makeFolder();
    const out = join(folder, 'm.safetensors');
    const work = workFolderOf(out, undefined);
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'precious');
    const abort = new AbortController();
    const onProgress = (): void => {
      abort.abort('enough');
    };
    await expect(
      engine.writeCheckpoint(SPEC, {
        out,
        resume: true,
        recordIntervalMs: 0,
        signal: abort.signal,
        onProgress,
      }),
    ).rejects.toBe('enough');
    for (const stem of ['shard-1', 'journal']) {
      const path = findOwn(work, stem);
      rmSync(path);
      symlinkSync(victim, path);
    }
    await engine.writeCheckpoint(SPEC, { out, resume: true });
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    expect(lstatSync(out).isFile()).toBe(true);
    expect((await engine.verifyCheckpoint(out)).equal).toBe(true);
  });

  test('only its owner can access the work folder, and finished files have ordinary permissions', async () => {
    const out = join(makeFolder(), 'm.safetensors');
    const work = workFolderOf(out, undefined);
    let mode = 0;
    const onProgress = (): void => {
      if (mode === 0) mode = lstatSync(work).mode & 0o777;
    };
    await engine.writeCheckpoint(SPEC, { out, shardSize: '3MB', onProgress });
    expect(mode).toBe(0o700);
    const ordinary = join(work, '..', 'ordinary');
    writeFileSync(ordinary, '');
    for (const name of listFolder(join(work, '..'))) {
      expect(statSync(join(work, '..', name)).mode).toBe(statSync(ordinary).mode);
    }
  });

  test('a folder that others could write to is closed to them', async () => {
    const out = join(makeFolder(), 'm.safetensors');
    const work = workFolderOf(out, undefined);
    mkdirSync(work);
    chmodSync(work, 0o777);
    let mode = 0;
    await engine.writeCheckpoint(SPEC, {
      out,
      onProgress: () => {
        if (mode === 0) mode = lstatSync(work).mode & 0o777;
      },
    });
    expect(mode).toBe(0o700);
  });
});
