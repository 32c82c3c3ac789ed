/** How finished files get their names: in which order, which files, and what a reader sees meanwhile. */
import { existsSync, linkSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine, mergeCheckpoint, openCheckpoint } from 'jumpfill';
import { workFolderOf } from '../../../src/storage/lock/work-names.js';
import { publish, type FinishedFile } from '../../../src/storage/write/publish.js';
import { createFile } from '../../../src/storage/files/open-file.js';
import { listFolder, makeFolder, makeQuickFolder } from '../../support/folder.js';
import { findOwn } from '../../support/work-folder.js';
import { PausableRun, watchFiles } from '../../support/pausing.js';
import { forgetOwner } from '../../support/stopped-runs.js';
import { casesOf } from '../../support/thorough.js';

const engine = new Engine({ threads: 1 });
let restore: () => void;
beforeAll(async () => {
  restore = await watchFiles();
});
afterAll(async () => {
  restore();
  await engine.close();
});

const shardSize = '60KB';
const specOf = (seed: number): object => ({
  seed,
  tensors: ['a', 'b', 'c', 'd'].map((name) => ({ name, shape: [12_000], init: { kind: 'normal' } })),
});

/** The seeds in the headers of the shards that the index names; undefined if there is no index. */
function seedsBehindIndex(out: string): Set<string> | undefined {
  const index = `${out}.index.json`;
  if (!existsSync(index)) return undefined;
  const { weight_map: map } = JSON.parse(readFileSync(index, 'utf8')) as {
    weight_map: Record<string, string>;
  };
  const files = [...new Set(Object.values(map))].map((name) => join(dirname(out), name));
  return new Set(
    files.map((path) =>
      existsSync(path) ? String(/\\"seed\\":\\"(\d+)\\"/.exec(readFileSync(path, 'latin1'))?.[1]) : 'missing',
    ),
  );
}

describe('with force over a checkpoint of the same shapes', () => {
  test.each([
    ['begun', false],
    ['resumed', true],
  ])('%s: whenever there is an index, all that it names is of one model', async (_, resume) => {
    const out = join(makeQuickFolder(), 'm.safetensors');
    await engine.writeCheckpoint(specOf(9), { out, shardSize });
    const seen: string[] = [];
    const examine = (): void => {
      const seeds = seedsBehindIndex(out);
      seen.push(seeds === undefined ? 'none' : [...seeds].join('+'));
    };
    const run = new PausableRun(undefined, examine);
    await run.run(() => engine.writeCheckpoint(specOf(1), { out, shardSize, force: true, resume }));
    examine();
    expect(new Set(seen)).toEqual(new Set(['9', 'none', '1']));
  });

  test('in parts: the index is removed before a shard is replaced, and merging writes it again', async () => {
    const out = join(makeQuickFolder(), 'm.safetensors');
    await engine.writeCheckpoint(specOf(9), { out, shardSize });
    const seen = new Set<string>();
    const run = new PausableRun(undefined, () => {
      seen.add([...(seedsBehindIndex(out) ?? ['none'])].join('+'));
    });
    for (const part of [1, 2]) {
      const options = { out, shardSize, force: true, part: { part, parts: 2 } };
      await run.run(() => engine.writeCheckpoint(specOf(1), options));
    }
    expect(seen).toEqual(new Set(['9', 'none']));
    await mergeCheckpoint({ out });
    expect(seedsBehindIndex(out)).toEqual(new Set(['1']));
  });

  test('the removal of the index is on the disk before a shard is replaced', async () => {
    const out = join(makeQuickFolder(), 'm.safetensors');
    await engine.writeCheckpoint(specOf(9), { out, shardSize });
    const calls: string[] = [];
    const run = new PausableRun(undefined, (name, [from, to]) => {
      const isFolder = name === 'open' && from === dirname(out);
      const isName = name === 'rename' && (to === out || dirname(String(to)) === dirname(out));
      const isGoing = name === 'rename' && from === `${out}.index.json`;
      if (isFolder || isName || isGoing)
        calls.push(isFolder ? 'folder' : isGoing ? 'index goes' : basename(String(to)));
    });
    await run.run(() => engine.writeCheckpoint(specOf(1), { out, shardSize, force: true, resume: true }));
    const going = calls.indexOf('index goes');
    expect(calls.slice(going)).toEqual([
      'index goes',
      'folder',
      'm-00001-of-00004.safetensors',
      'm-00002-of-00004.safetensors',
      'm-00003-of-00004.safetensors',
      'm-00004-of-00004.safetensors',
      'folder',
      'm.safetensors.index.json',
      'folder',
      // Makes the removal of the work folder durable.
      'folder',
    ]);
  });
});

test('resuming over a finished checkpoint of another seed is refused, and leaves it as it is', async () => {
  for (const size of [undefined, shardSize]) {
    const out = join(makeQuickFolder(), 'm.safetensors');
    const { files } = await engine.writeCheckpoint(specOf(1), { out, shardSize: size });
    const before = files.map(({ path }) => readFileSync(path).toString('base64'));
    const again = engine.writeCheckpoint(specOf(2), { out, shardSize: size, resume: true });
    await expect(again).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    expect(files.map(({ path }) => readFileSync(path).toString('base64'))).toEqual(before);
    expect((await openCheckpoint(dirname(out))).names).toHaveLength(4);
  }
});

test('after a run its work folder is durably gone: the last call syncs its parent', async () => {
  const out = join(makeQuickFolder(), 'm.safetensors');
  const calls: string[] = [];
  const run = new PausableRun(undefined, (name, [path]) => calls.push(`${name} ${basename(String(path))}`));
  await run.run(() => engine.writeCheckpoint(specOf(1), { out }));
  const lastRemoval = calls.findLastIndex((call) => call.startsWith('rmdir .jumpfill-'));
  expect(lastRemoval).toBeGreaterThan(0);
  expect(calls.slice(lastRemoval + 1, lastRemoval + 2)).toEqual([`open ${basename(dirname(out))}`]);
  expect(calls[lastRemoval + 2]).toMatch(/^sync/);
});

test('with several files, all finished work is durably recorded before the first file gets its name: files, then folders, then the line', async () => {
  const out = join(makeQuickFolder(), 'm.safetensors');
  const calls: string[] = [];
  const run = new PausableRun(undefined, (name, [first, second]) => {
    const text = String(first);
    if (name === 'appendFile') calls.push(`record ${/"done":"([^"]*)"/.exec(text)?.[1] ?? ''}`);
    else if (name === 'open' && second === 'r') calls.push(`folder ${text.slice(dirname(out).length)}`);
    else if (name === 'link') calls.push(`name ${basename(String(second))}`);
    else if (name === 'sync' || name === 'datasync') calls.push(name);
  });
  await run.run(() => engine.writeCheckpoint(specOf(1), { out, shardSize, recordIntervalMs: 1e6 }));
  const short = calls.map((call) => call.replace(/\d+-[0-9a-f]{12}|jumpfill-\w+/g, 'X'));
  const record = short.indexOf('record 0-3');
  // Each file is synced as a whole before any of it is recorded.
  expect(short.slice(0, record).filter((call) => call === 'sync').length).toBeGreaterThanOrEqual(4);
  expect(short.slice(record - 8, record + 3)).toEqual([
    'folder /.X/run/X',
    'sync',
    'folder /.X/run',
    'sync',
    'folder /.X',
    'sync',
    'folder ',
    'sync',
    'record 0-3',
    'datasync',
    'name m-00001-of-00004.safetensors',
  ]);
});

describe('only files that this run wrote get names:', () => {
  async function finish(folder: string, name: string): Promise<FinishedFile> {
    const from = join(folder, `${name}.work`);
    const handle = await createFile(from);
    await handle.writeFile(`content of ${name}`);
    return { from, to: join(folder, name), handle };
  }

  test.each([true, false])(
    'another file under a work path is noticed before any name is given (force: %s)',
    async (force) => {
      const folder = makeFolder();
      const files = [await finish(folder, 'a'), await finish(folder, 'b')];
      rmSync(join(folder, 'b.work'));
      writeFileSync(join(folder, 'b.work'), 'content of b');
      const options = { force, nextUnnamedPath: () => join(folder, 'unnamed') };
      await expect(publish(files, options)).rejects.toMatchObject({ code: 'IO_FAILED' });
      expect(listFolder(folder)).toEqual(['a.work', 'b.work']);
      for (const { handle } of files) await handle.close();
    },
  );

  test.each([true, false])(
    'another file that takes the work path just before the name is given is noticed (force: %s)',
    async (force) => {
      const folder = makeFolder();
      const file = await finish(folder, 'a');
      const run = new PausableRun(undefined, (name) => {
        if (name !== (force ? 'rename' : 'link')) return;
        rmSync(file.from);
        writeFileSync(file.from, 'content of a');
      });
      const options = { force, nextUnnamedPath: () => join(folder, 'unnamed') };
      await expect(run.run(() => publish([file], options))).rejects.toMatchObject({
        code: 'IO_FAILED',
        found: expect.stringContaining('is not the file that this run wrote') as string,
      });
      await file.handle.close();
    },
  );

  test('a name that a run was killed right after giving is no obstacle', async () => {
    const folder = makeFolder();
    const files = [await finish(folder, 'a'), await finish(folder, 'b')];
    linkSync(join(folder, 'a.work'), join(folder, 'a'));
    await publish(files, { force: false, nextUnnamedPath: () => join(folder, 'unnamed') });
    expect(listFolder(folder)).toEqual(['a', 'b']);
    for (const { handle } of files) await handle.close();
  });

  test('without hard links files are renamed, but not over a file that has the name', async () => {
    const folder = makeFolder();
    const files = [await finish(folder, 'a'), await finish(folder, 'b')];
    const run = new PausableRun(undefined, (name) => {
      if (name === 'link') throw Object.assign(new Error('EPERM: no links here'), { code: 'EPERM' });
    });
    const options = { force: false, nextUnnamedPath: () => join(folder, 'unnamed') };
    const give = (): Promise<void> => run.run(() => publish(files, options));
    writeFileSync(join(folder, 'b'), 'precious');
    await expect(give()).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    expect(readFileSync(join(folder, 'b'), 'utf8')).toBe('precious');
    rmSync(join(folder, 'b'));
    renameSync(join(folder, 'a'), join(folder, 'a.work'));
    await give();
    expect(listFolder(folder)).toEqual(['a', 'b']);
    for (const { handle } of files) await handle.close();
  });

  test('a file that replaces a private one is as private', async () => {
    const folder = makeFolder();
    const file = await finish(folder, 'a');
    writeFileSync(file.to, 'secret', { mode: 0o600 });
    await publish([file], { force: true, nextUnnamedPath: () => join(folder, 'unnamed') });
    expect(lstatSync(file.to).mode & 0o777).toBe(0o600);
    expect(readFileSync(file.to, 'utf8')).toBe('content of a');
    await file.handle.close();
  });

  test('names are taken back only from files of this run', async () => {
    const folder = makeFolder();
    const files = [await finish(folder, 'a'), await finish(folder, 'b'), await finish(folder, 'c')];
    writeFileSync(join(folder, 'c'), 'precious');
    // While b is linked, another program replaces a.
    const run = new PausableRun(undefined, (name, [from]) => {
      if (name !== 'link' || from !== join(folder, 'b.work')) return;
      writeFileSync(join(folder, 'new'), 'precious too');
      renameSync(join(folder, 'new'), join(folder, 'a'));
    });
    let unnamed = 0;
    const options = { force: false, nextUnnamedPath: () => join(folder, `unnamed-${++unnamed}`) };
    await expect(run.run(() => publish(files, options))).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('precious too');
    expect(readFileSync(join(folder, 'c'), 'utf8')).toBe('precious');
    expect(existsSync(join(folder, 'b'))).toBe(false);
    expect(lstatSync(join(folder, 'unnamed-1')).ino).toBe(lstatSync(join(folder, 'b.work')).ino);
    for (const { handle } of files) await handle.close();
  });
});

describe('merging', () => {
  const twoParts = async (out: string): Promise<void> => {
    for (const part of [1, 2])
      await engine.writeCheckpoint(specOf(1), { out, shardSize, part: { part, parts: 2 } });
  };

  test('if it is stopped at any call and killed, another merge removes everything it left', async () => {
    const step = casesOf({ few: 5, all: 1 });
    let pauses = 0;
    for (let isPaused = true; isPaused; pauses += step) {
      const out = join(makeQuickFolder(), 'm.safetensors');
      await twoParts(out);
      const run = new PausableRun({ call: pauses + 1, when: 'after' });
      const first = run.run(() => mergeCheckpoint({ out }));
      await Promise.race([run.paused, first]);
      isPaused = run.isPaused;
      if (isPaused) forgetOwner(workFolderOf(out, undefined));
      await mergeCheckpoint({ out });
      expect(listFolder(dirname(out)).filter((name) => name.startsWith('.'))).toEqual([]);
      expect(seedsBehindIndex(out)).toEqual(new Set(['1']));
      run.release();
      await first.catch(() => undefined);
    }
    expect(pauses).toBeGreaterThan(15);
  });

  test('if it is killed, its leftovers do not keep a run from starting', async () => {
    const out = join(makeQuickFolder(), 'm.safetensors');
    await twoParts(out);
    const run = new PausableRun(undefined);
    await run.run(() => mergeCheckpoint({ out }));
    rmSync(`${out}.index.json`);
    const merge = new PausableRun({ call: run.log.indexOf('link'), when: 'after' });
    const merging = merge.run(() => mergeCheckpoint({ out }));
    await merge.paused;
    forgetOwner(workFolderOf(out, undefined));
    expect(findOwn(workFolderOf(out, undefined), 'whole-file')).toContain('whole-file');
    await engine.writeCheckpoint(specOf(2), { out, shardSize, force: true });
    expect(seedsBehindIndex(out)).toEqual(new Set(['2']));
    expect(listFolder(dirname(out)).filter((name) => name.startsWith('.'))).toEqual([]);
    merge.release();
    await expect(merging).rejects.toMatchObject({ code: 'LOCK_LOST' });
    expect(seedsBehindIndex(out)).toEqual(new Set(['2']));
  });

  test('if it runs too early, without any shard, it does not keep a part from starting', async () => {
    const out = join(makeQuickFolder(), 'm.safetensors');
    await expect(mergeCheckpoint({ out })).rejects.toMatchObject({ code: 'BAD_CHECKPOINT' });
    expect(listFolder(dirname(out))).toEqual([]);
  });

  test('is refused while a part is at work, and a part while a merge is: no index over shards that are being replaced', async () => {
    const out = join(makeQuickFolder(), 'm.safetensors');
    await twoParts(out);
    const part = { part: 1, parts: 2 };
    const again = new PausableRun({ call: 20, when: 'after' });
    const writing = again.run(() => engine.writeCheckpoint(specOf(1), { out, shardSize, part, force: true }));
    await again.paused;
    const early: unknown = await mergeCheckpoint({ out }).catch((error: unknown) => error);
    expect(early).toMatchObject({ code: 'OUTPUT_LOCKED', retryAfterMs: expect.any(Number) as number });
    again.release();
    await writing;

    const merge = new PausableRun({ call: 12, when: 'after' });
    const merging = merge.run(() => mergeCheckpoint({ out }));
    await merge.paused;
    const refused = engine.writeCheckpoint(specOf(2), { out, shardSize, part, force: true });
    await expect(refused).rejects.toMatchObject({ code: 'OUTPUT_LOCKED' });
    const waiting = engine.writeCheckpoint(specOf(1), {
      ...{ out, shardSize, part, force: true, waitForLock: true },
      onWait: () => {
        merge.release();
      },
    });
    await merging;
    await waiting;
    await mergeCheckpoint({ out });
    expect(seedsBehindIndex(out)).toEqual(new Set(['1']));
  });

  test('beside an unfinished run of the whole output is refused, and leaves it as it is', async () => {
    const out = join(makeQuickFolder(), 'm.safetensors');
    await twoParts(out);
    const abort = new AbortController();
    const onProgress = (): void => {
      abort.abort('enough');
    };
    const options = { out, shardSize, force: true, resume: true, recordIntervalMs: 0 };
    await engine
      .writeCheckpoint(specOf(2), { ...options, onProgress, signal: abort.signal })
      .catch(() => undefined);
    const journal = readFileSync(findOwn(workFolderOf(out, undefined), 'journal'), 'utf8');
    await expect(mergeCheckpoint({ out })).rejects.toMatchObject({ code: 'OUTPUT_UNFINISHED' });
    expect(readFileSync(findOwn(workFolderOf(out, undefined), 'journal'), 'utf8')).toBe(journal);
  });
});
