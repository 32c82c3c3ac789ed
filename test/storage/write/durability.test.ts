/** What the journal says is on the disk: the order of writes and syncs, and what happens when one of them fails. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { Engine, type Part, type Progress } from 'jumpfill';
import { at } from '#built/base/at.js';
import { Recorder } from '#built/storage/write/recorder.js';
import { ChunkClaims } from '#built/engine/jobs/chunk-claims.js';
import { workFolderOf } from '../../../src/storage/lock/work-names.js';
import { findOwn, journalLine } from '../../support/work-folder.js';
import { expectSameBytes } from '../../support/bytes.js';
import { listFolder, makeFolder } from '../../support/folder.js';
import { stopBeforeNames as leaveUnnamed } from '../../support/stopped-runs.js';

const engine = new Engine({ threads: 2, seed: 1n });
afterAll(() => engine.close());
afterEach(() => {
  vi.restoreAllMocks();
});

const SPEC = {
  seed: 42,
  tensors: ['a', 'b', 'c'].map((name) => ({ name, shape: [400, 500], init: { kind: 'truncated_normal' } })),
};
const shardSize = '1MB';

interface Handle {
  readonly sync: () => Promise<void>;
  readonly datasync: () => Promise<void>;
  readonly truncate: () => Promise<void>;
}

/** The prototype of all open files. */
async function handlePrototype(): Promise<Handle> {
  const handle = await open('package.json');
  await handle.close();
  return Object.getPrototypeOf(handle) as Handle;
}

const full = (): Promise<never> =>
  Promise.reject(Object.assign(new Error('ENOSPC: no space left on device, fsync'), { code: 'ENOSPC' }));

describe('the order', () => {
  test('of a record: marks are read, files synced, then folders, then the line is written', async () => {
    const order: string[] = [];
    const claims = ChunkClaims.create(4);
    const handle = {
      datasync: () => {
        order.push('data');
        // Done during the sync: not to be recorded now.
        claims.markDone(2);
        return Promise.resolve();
      },
    };
    const journal = {
      record: (done: string) => {
        order.push(`record ${done}`);
        return Promise.resolve();
      },
    };
    const file = { handle, finalPath: 'f', firstChunk: 0, endChunk: 4 };
    const recorder = new Recorder(journal, claims, [file] as never, 1000, [makeFolder()]);
    claims.markDone(1);
    await recorder.record();
    await recorder.record();
    expect(order).toEqual(['data', 'record 1', 'data', 'record 1-2']);
  });
});

describe('a sync that fails once', () => {
  test('is not forgotten: nothing is recorded after it, although the next sync would succeed', async () => {
    const prototype = await handlePrototype();
    const folder = makeFolder();
    const out = join(folder, 'm.safetensors');
    vi.spyOn(prototype, 'sync').mockImplementationOnce(full);
    const run = engine.writeCheckpoint(SPEC, { out, shardSize, resume: true, recordIntervalMs: 1e6 });
    await expect(run).rejects.toMatchObject({ code: 'NO_SPACE' });
    const work = workFolderOf(out, undefined);
    // It may have recorded and kept nothing.
    if (existsSync(work)) expect(readFileSync(findOwn(work, 'journal'), 'utf8')).not.toContain('"done":"0-');
    vi.restoreAllMocks();
    await engine.writeCheckpoint(SPEC, { out, shardSize, resume: true });
    expect((await engine.verifyCheckpoint(`${out}.index.json`)).equal).toBe(true);
  });

  test('while the threads write ends the run with a remedy', async () => {
    const prototype = await handlePrototype();
    vi.spyOn(prototype, 'datasync').mockImplementation(full);
    const tensors = [{ name: 'w', shape: [2 ** 25], init: { kind: 'truncated_normal' } }];
    const out = join(makeFolder(), 'm.safetensors');
    const run = engine.writeCheckpoint({ seed: 1, tensors }, { out, recordIntervalMs: 0 });
    await expect(run).rejects.toMatchObject({
      code: 'NO_SPACE',
      message: expect.stringContaining(out) as string,
    });
    expect(listFolder(join(out, '..'))).toEqual([]);
  });
});

/** Leaves a run that has written and recorded everything, but named nothing. */
async function stopBeforeNames(
  out: string,
  { force = false, part }: { force?: boolean; part?: Part | undefined } = {},
): Promise<void> {
  await leaveUnnamed(engine, SPEC, out, { shardSize, force, part });
  expect(readFileSync(findOwn(workFolderOf(out, part), 'journal'), 'utf8')).toContain(
    part === undefined ? '"done":"0-2"' : '"done":"0',
  );
}

test('a shard that was removed and is made again does not count as done: a run killed at that point is resumed to the right bytes', async () => {
  const [whole, broken] = [makeFolder(), makeFolder()];
  await engine.writeCheckpoint(SPEC, { out: join(whole, 'm.safetensors'), shardSize });
  const out = join(broken, 'm.safetensors');
  const work = workFolderOf(out, undefined);
  const prototype = await handlePrototype();
  await stopBeforeNames(out);
  rmSync(findOwn(work, 'shard-1'));
  // The next run gets to the new file, and no further.
  const abort = new AbortController();
  const sync = vi.spyOn(prototype, 'datasync').mockImplementation(() => {
    abort.abort('killed');
    return Promise.resolve();
  });
  await engine
    .writeCheckpoint(SPEC, { out, shardSize, resume: true, signal: abort.signal })
    .catch(() => undefined);
  expect(sync).toHaveBeenCalled();
  vi.restoreAllMocks();
  await engine.writeCheckpoint(SPEC, { out, shardSize, resume: true });
  for (const name of listFolder(whole)) {
    expectSameBytes(readFileSync(join(broken, name)), readFileSync(join(whole, name)));
  }
});

test('a run that resumes, and cannot make a missing file, leaves the rest as it is', async () => {
  const out = join(makeFolder(), 'm.safetensors');
  await stopBeforeNames(out);
  rmSync(findOwn(workFolderOf(out, undefined), 'shard-2'));
  const prototype = await handlePrototype();
  vi.spyOn(prototype, 'truncate').mockImplementation(full);
  const run = engine.writeCheckpoint(SPEC, { out, shardSize, resume: true });
  await expect(run).rejects.toMatchObject({ code: 'NO_SPACE' });
  vi.restoreAllMocks();
  const { keptElements } = await engine.writeCheckpoint(SPEC, { out, shardSize, resume: true });
  expect(keptElements).toBe(400_000);
});

test('a limit of open files that is too low is refused with a remedy, and nothing is left behind', async () => {
  const folder = makeFolder();
  const spec = join(folder, 'spec.json');
  const tensors = Array.from({ length: 200 }, (_, i) => ({
    name: `${i}`,
    shape: [300],
    init: { kind: 'ones' },
  }));
  writeFileSync(spec, JSON.stringify({ seed: 1, tensors }));
  const command = `ulimit -n 128; exec '${process.execPath}' dist/src/cli.js init '${spec}' --out '${join(folder, 'm.safetensors')}' --shard-size 1KB --quiet`;
  const { stderr } = (await promisify(execFile)('bash', ['-c', command]).catch(
    (error: unknown) => error,
  )) as {
    stderr: string;
  };
  expect(stderr).toContain('ulimit -n');
  expect(stderr).toContain('[IO_FAILED]');
  expect(stderr).not.toContain('    at ');
  expect(listFolder(folder)).toEqual(['spec.json']);
});

describe('one output, divided differently', () => {
  const part = (i: number, n: number): Part => ({ part: i, parts: n });

  test.each([
    ['the whole beside a part', part(1, 2), undefined],
    ['a part beside the whole', undefined, part(1, 2)],
    ['a part of 3 beside a part of 2', part(1, 2), part(3, 3)],
  ])('%s that is unfinished is refused, and leaves it as it is', async (_, first, second) => {
    const out = join(makeFolder(), 'm.safetensors');
    await stopBeforeNames(out, { part: first });
    const before = listFolder(join(out, '..'));
    await expect(
      engine.writeCheckpoint(SPEC, { out, shardSize, part: second, resume: true }),
    ).rejects.toMatchObject({
      code: 'OUTPUT_UNFINISHED',
      message: expect.stringContaining('divides the output differently') as string,
    });
    expect(listFolder(join(out, '..'))).toEqual(before);
  });

  test('another part of the same division is accepted', async () => {
    const out = join(makeFolder(), 'm.safetensors');
    await stopBeforeNames(out, { part: part(1, 2) });
    expect((await engine.writeCheckpoint(SPEC, { out, shardSize, part: part(2, 2) })).files).toHaveLength(1);
  });
});

test('if a name is taken during the run, no other name is given', async () => {
  const folder = makeFolder();
  const out = join(folder, 'm.safetensors');
  const taken = join(folder, 'm-00003-of-00003.safetensors');
  const onProgress = ({ doneElements, totalElements }: Progress): void => {
    if (doneElements === totalElements) writeFileSync(taken, 'precious');
  };
  await expect(engine.writeCheckpoint(SPEC, { out, shardSize, onProgress })).rejects.toMatchObject({
    code: 'OUTPUT_EXISTS',
  });
  expect(listFolder(folder).filter((name) => !name.startsWith('.'))).toEqual([
    'm-00003-of-00003.safetensors',
  ]);
  expect(readFileSync(taken, 'utf8')).toBe('precious');
  rmSync(taken);
  const { keptElements } = await engine.writeCheckpoint(SPEC, { out, shardSize, resume: true });
  expect(keptElements).toBe(600_000);
});

test('the last of several records counts', async () => {
  const out = join(makeFolder(), 'm.safetensors');
  await stopBeforeNames(out);
  const path = findOwn(workFolderOf(out, undefined), 'journal');
  const [header = '', ...records] = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, [header, journalLine({ done: '1' }), ...records].join('\n'));
  const { keptElements } = await engine.writeCheckpoint(SPEC, { out, shardSize, resume: true });
  expect(keptElements).toBe(600_000);
});

test('with force, a finished file is written again even if it looks whole; with resume alone it is kept', async () => {
  const out = join(makeFolder(), 'm.safetensors');
  await engine.writeCheckpoint(SPEC, { out });
  const good = readFileSync(out);
  const bad = Buffer.from(good);
  bad[bad.length - 5] = at(bad, bad.length - 5) ^ 1;
  writeFileSync(out, bad);
  const { keptElements } = await engine.writeCheckpoint(SPEC, { out, resume: true });
  expect(keptElements).toBe(600_000);
  expect((await engine.verifyCheckpoint(out)).equal).toBe(false);
  await engine.writeCheckpoint(SPEC, { out, resume: true, force: true });
  expectSameBytes(readFileSync(out), good);
});

test('with force, the files of a killed run get the names, not the damaged files that had them', async () => {
  const out = join(makeFolder(), 'm.safetensors');
  const { files } = await engine.writeCheckpoint(SPEC, { out, shardSize });
  const [path = ''] = files.map((file) => file.path);
  const good = readFileSync(path);
  const bad = Buffer.from(good);
  bad[bad.length - 5] = at(bad, bad.length - 5) ^ 1;
  writeFileSync(path, bad);
  await stopBeforeNames(out, { force: true });
  await engine.writeCheckpoint(SPEC, { out, shardSize, force: true, resume: true });
  expectSameBytes(readFileSync(path), good);
  expect((await engine.verifyCheckpoint(`${out}.index.json`)).equal).toBe(true);
});

test('a pipe with the name of the index is refused, and not read', async () => {
  const out = join(makeFolder(), 'm.safetensors');
  execFileSync('mkfifo', [`${out}.index.json`]);
  const run = engine.writeCheckpoint(SPEC, { out, shardSize, force: true, resume: true });
  await expect(run).rejects.toMatchObject({ code: 'OUTPUT_NOT_WRITABLE' });
});
