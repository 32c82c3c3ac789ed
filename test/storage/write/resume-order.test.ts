/** A run that resumes or fails: what its own journal says, when older journals go, which files it writes to and which it leaves. */
import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { Engine } from 'jumpfill';
import { workFolderOf } from '../../../src/storage/lock/work-names.js';
import { listFolder, makeQuickFolder } from '../../support/folder.js';
import { PausableRun, watchFiles } from '../../support/pausing.js';
import { forgetOwner, stopBeforeNames } from '../../support/stopped-runs.js';
import { findOwn, journalLine } from '../../support/work-folder.js';

interface Handle {
  readonly datasync: () => Promise<void>;
  readonly truncate: (byteLength: number) => Promise<void>;
}

const engine = new Engine({ threads: 2 });
let restore: () => void;
/** The prototype of all open files. */
let handles: Handle;
beforeAll(async () => {
  restore = await watchFiles();
  const handle = await open('package.json');
  handles = Object.getPrototypeOf(handle) as Handle;
  await handle.close();
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(async () => {
  restore();
  await engine.close();
});

/** Three shards, each of one chunk. */
const SPEC = {
  seed: 42,
  tensors: ['a', 'b', 'c'].map((name) => ({ name, shape: [400, 50], init: { kind: 'truncated_normal' } })),
};
const shardSize = '100KB';
const ELEMENTS = 60_000;

const makeOut = (): string => join(makeQuickFolder(), 'm.safetensors');

/** A run that has recorded all and named nothing. */
async function leaveUnnamed(): Promise<{ out: string; work: string }> {
  const out = makeOut();
  await stopBeforeNames(engine, SPEC, out, { shardSize });
  return { out, work: workFolderOf(out, undefined) };
}

const resume = async (out: string): Promise<number> =>
  (await engine.writeCheckpoint(SPEC, { out, shardSize, resume: true })).keptElements;

async function expectWhole(out: string): Promise<void> {
  expect(listFolder(dirname(out))).toHaveLength(4);
  expect((await engine.verifyCheckpoint(`${out}.index.json`)).equal).toBe(true);
}

const full = (): Error =>
  Object.assign(new Error('ENOSPC: no space left on device, ftruncate'), { code: 'ENOSPC' });

describe('a run that resumes', () => {
  test('does not record a shard that is gone: killed when the new file has its size and no byte, it is resumed to the right bytes', async () => {
    const { out, work } = await leaveUnnamed();
    rmSync(findOwn(work, 'shard-1'));
    const pause = { call: 0, when: 'after' as const };
    const run: PausableRun = new PausableRun(pause, (name) => {
      if (name === 'truncate') pause.call = run.calls;
    });
    const killed = run.run(() => resume(out));
    await Promise.race([run.paused, killed]);
    forgetOwner(work);
    const kept = await resume(out);
    run.release();
    await expect(killed).rejects.toMatchObject({ code: 'LOCK_LOST' });
    expect(kept).toBe((ELEMENTS * 2) / 3);
    await expectWhole(out);
  });

  test('removes older journals when its own is on the disk, and its name and those of its folders', async () => {
    const { out } = await leaveUnnamed();
    const calls: string[] = [];
    const run = new PausableRun(undefined, (name, [path, flags]) => {
      const [stem = ''] = basename(String(path)).split('.');
      if (name === 'unlink') calls.push(`unlink ${stem}`);
      else if (name === 'open' && flags === 'r') calls.push('folder');
      else if (/sync$|^appendFile$/.test(name)) calls.push(name);
    });
    await run.run(() => resume(out));
    const begun = calls.indexOf('appendFile');
    expect(calls.slice(begun, calls.indexOf('unlink journal') + 1)).toEqual([
      ...['appendFile', 'datasync'],
      ...['folder', 'sync', 'folder', 'sync', 'folder', 'sync', 'folder', 'sync'],
      'unlink journal',
    ]);
  });

  test('makes a file without a recorded chunk anew: what is there may not be its own', async () => {
    const { out, work } = await leaveUnnamed();
    const journal = findOwn(work, 'journal');
    const [header = ''] = readFileSync(journal, 'utf8').split('\n');
    writeFileSync(journal, `${header}\n${journalLine({ done: '0,2' })}\n`);
    const elsewhere = join(makeQuickFolder(), 'precious');
    const shard = findOwn(work, 'shard-2');
    const precious = Buffer.alloc(readFileSync(shard).length, 0xff);
    writeFileSync(shard, precious);
    linkSync(shard, elsewhere);
    expect(await resume(out)).toBe((ELEMENTS * 2) / 3);
    await expectWhole(out);
    expect(readFileSync(elsewhere).equals(precious)).toBe(true);
  });

  test('makes a file anew that is shorter than when it was recorded', async () => {
    const { out, work } = await leaveUnnamed();
    const shard = findOwn(work, 'shard-2');
    truncateSync(shard, readFileSync(shard).length - 4000);
    expect(await resume(out)).toBe((ELEMENTS * 2) / 3);
    await expectWhole(out);
  });

  test('writes the headers of files that it continues: they may not have been synced', async () => {
    const { out, work } = await leaveUnnamed();
    const file = openSync(findOwn(work, 'shard-3'), 'r+');
    writeSync(file, Buffer.alloc(100), 0, 100, 0);
    closeSync(file);
    expect(await resume(out)).toBe(ELEMENTS);
    await expectWhole(out);
  });

  test('and cannot make room for a file leaves none of its size and without its bytes', async () => {
    const { out, work } = await leaveUnnamed();
    rmSync(findOwn(work, 'shard-2'));
    const { truncate } = handles;
    vi.spyOn(handles, 'truncate').mockImplementation(async function (this: Handle, byteLength) {
      await truncate.call(this, byteLength);
      throw full();
    });
    await expect(resume(out)).rejects.toMatchObject({ code: 'NO_SPACE' });
    expect(() => findOwn(work, 'shard-2')).toThrow('holds no shard-2');
    vi.restoreAllMocks();
    expect(await resume(out)).toBe((ELEMENTS * 2) / 3);
    await expectWhole(out);
  });
});

describe('a run that fails', () => {
  test('records what was done since the last record, if the caller is to resume', async () => {
    const out = makeOut();
    // One file, which needs no record before it gets its name.
    await stopBeforeNames(engine, SPEC, out, { recordIntervalMs: 1e6 });
    const { keptElements } = await engine.writeCheckpoint(SPEC, { out, resume: true });
    expect(keptElements).toBe(ELEMENTS);
  });

  test('keeps nothing if nothing is recorded, even if the caller would resume', async () => {
    const out = makeOut();
    vi.spyOn(handles, 'datasync').mockImplementation(() => Promise.reject(full()));
    const run = engine.writeCheckpoint(SPEC, { out, shardSize, resume: true, recordIntervalMs: 1e6 });
    await expect(run).rejects.toMatchObject({
      code: 'NO_SPACE',
      message: expect.stringContaining('Nothing was left behind') as string,
    });
    expect(listFolder(dirname(out))).toEqual([]);
  });
});
