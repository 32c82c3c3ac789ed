/** Kept tensors when something fails: the promises of writing hold for bytes that are copied, too. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { Engine, type Progress, type WriteCheckpointOptions } from 'jumpfill';
import { withPool } from '#built/api/pool-seam.js';
import { openFailingEngine, stopFailing } from '../../support/failing-writes.js';
import { failureOf } from '../../support/failure.js';
import { listFolder, makeFolder } from '../../support/folder.js';
import { expectSameBytes } from '../../support/bytes.js';
import { readSafetensors } from '../../support/safetensors.js';
import { expectSameFiles } from '../../support/same-files.js';
import { saveSource, type RandomTensor } from '../../support/random-source.js';

const engine = new Engine({ threads: 2 });
afterAll(() => engine.close());
afterEach(() => {
  stopFailing();
  for (const name of ['CHANGED_FILE', 'CHANGE']) Reflect.deleteProperty(process.env, name);
});

/** Several chunks, in an order of files that shards change. */
const MODEL: readonly RandomTensor[] = [
  { name: 'embed', dtype: 'F32', shape: [1000, 700] },
  { name: 'head', dtype: 'BF16', shape: [600, 1000] },
  { name: 'layer', dtype: 'F16', shape: [1000, 1000] },
  { name: 'norm', dtype: 'F64', shape: [5] },
];
const SPEC = {
  seed: 7,
  default: { init: { kind: 'keep' } },
  rules: [{ match: 'head', init: { kind: 'normal', std: 0.02 } }],
};
const SHARDED = '1500kB';

const nameIn = (folder: string): string => join(folder, 'm.safetensors');

interface Written {
  readonly folder: string;
  readonly options: WriteCheckpointOptions;
}

/** Options for a new folder. */
function into(like: string, options: Partial<WriteCheckpointOptions> = {}): Written {
  const folder = makeFolder();
  return { folder, options: { out: nameIn(folder), like, ...options } };
}

async function writeWhole(like: string, shardSize?: string): Promise<string> {
  const { folder, options } = into(like, { shardSize });
  await engine.writeCheckpoint(SPEC, options);
  return folder;
}

const faultyEngine = (worker: string): Engine => {
  const workerUrl = new URL(`../../faults/${worker}.mjs`, import.meta.url);
  return new Engine({ threads: 2, ...withPool({ workerUrl }) });
};

/** A run that a failing disk ends, and that can be resumed. */
async function breakOff({ options }: Written): Promise<void> {
  await using failing = openFailingEngine(3);
  const broken = failing.writeCheckpoint(SPEC, { ...options, resume: true, recordIntervalMs: 0 });
  expect(await failureOf(broken)).toMatchObject({ code: 'IO_FAILED' });
}

describe('a run that was broken off', () => {
  test.each([undefined, SHARDED])(
    'goes on, and ends with the files of an unbroken run (shards: %s)',
    async (shardSize) => {
      const like = saveSource(MODEL, 2);
      const written = into(like, { shardSize });
      await breakOff(written);
      await engine.writeCheckpoint(SPEC, { ...written.options, resume: true });
      expectSameFiles(written.folder, await writeWhole(like, shardSize));
    },
  );

  test('does not go on with a source that has changed, and does once that is what it was', async () => {
    const like = saveSource(MODEL);
    utimesSync(like, 1000, 1000);
    const written = into(like);
    await breakOff(written);
    utimesSync(like, 1, 1);
    const resume = { ...written.options, resume: true };
    const { code, message } = await failureOf(engine.writeCheckpoint(SPEC, resume));
    expect(code).toBe('RESUME_REFUSED');
    expect(message).toContain(
      'the source source.safetensors has changed: its time of change (ns) was 1000000000000 and is 1000000000',
    );
    utimesSync(like, 1000, 1000);
    await engine.writeCheckpoint(SPEC, resume);
    expectSameFiles(written.folder, await writeWhole(like));
  });

  test('goes on with the same file under another path', async () => {
    const like = saveSource(MODEL);
    const written = into(like);
    await breakOff(written);
    const moved = join(makeFolder(), basename(like));
    renameSync(like, moved);
    await engine.writeCheckpoint(SPEC, { ...written.options, like: moved, resume: true });
    expectSameFiles(written.folder, await writeWhole(moved));
  });

  test('does not go on without its source', async () => {
    const like = saveSource(MODEL);
    const written = into(like);
    await breakOff(written);
    rmSync(like);
    expect(await failureOf(engine.writeCheckpoint(SPEC, { ...written.options, resume: true }))).toMatchObject(
      {
        code: 'BAD_CHECKPOINT',
      },
    );
  });
});

describe('a source', () => {
  test('that changes while tensors are kept of it ends the run: nothing is published or left', async () => {
    const like = saveSource(MODEL);
    const { folder, options } = into(like, { resume: true, recordIntervalMs: 0 });
    Object.assign(process.env, { CHANGED_FILE: like, CHANGE: 'touch' });
    await using faulty = faultyEngine('changing-source');
    const { code, message } = await failureOf(faulty.writeCheckpoint(SPEC, options));
    expect(code).toBe('IO_FAILED');
    expect(message).toContain(`${like} has changed since its header was read: its time of change`);
    expect(message).toContain('Nothing was left behind.');
    expect(listFolder(folder)).toEqual([]);
  });

  test('that is cut short meanwhile is named, and its missing bytes do not count as zeros', async () => {
    const like = saveSource(MODEL);
    const { folder, options } = into(like);
    Object.assign(process.env, { CHANGED_FILE: like, CHANGE: 'cut' });
    await using faulty = faultyEngine('changing-source');
    const { code, message } = await failureOf(faulty.writeCheckpoint(SPEC, options));
    expect([code, message]).toEqual([
      'IO_FAILED',
      expect.stringContaining(`${like}: reading failed: the file ends at byte`),
    ]);
    expect(listFolder(folder)).toEqual([]);
  });

  test('that cannot be read is named, and not the output', async () => {
    const like = saveSource(MODEL);
    const { folder, options } = into(like);
    await using faulty = faultyEngine('eio-reader');
    const { code, message } = await failureOf(faulty.writeCheckpoint(SPEC, options));
    expect(code).toBe('IO_FAILED');
    expect(message).toMatch(/^\S*source\.safetensors: reading failed at byte \d+: EIO/);
    expect(message).not.toContain(options.out);
    expect(listFolder(folder)).toEqual([]);
  });

  test.each([1, 2])(
    'of a stream that changes ends the stream before its last bytes (after %i reads)',
    async (reads) => {
      const like = saveSource([...MODEL, { name: 'large', dtype: 'U8', shape: [20_000_000] }]);
      const stream = engine.streamCheckpoint(SPEC, { like });
      for (let i = 0; i < reads; i++) await stream.next();
      utimesSync(like, 1, 1);
      const rest = async (): Promise<void> => {
        for await (const bytes of stream) expect(bytes.length).toBeGreaterThan(0);
      };
      expect(await failureOf(rest())).toMatchObject({ code: 'IO_FAILED' });
    },
  );
});

describe('an output', () => {
  test.each(['enospc', 'eio'])('that cannot be written is named (%s)', async (fault) => {
    const { folder, options } = into(saveSource(MODEL));
    await using faulty = faultyEngine(`${fault}-writer`);
    const { message } = await failureOf(faulty.writeCheckpoint(SPEC, options));
    expect(message).toContain(options.out);
    expect(listFolder(folder)).toEqual([]);
  });

  test('is whole if a thread dies while it copies', async () => {
    const like = saveSource(MODEL);
    const { folder, options } = into(like);
    await using faulty = faultyEngine('dying-writer');
    await faulty.writeCheckpoint(SPEC, options);
    expect(existsSync(join(folder, '.died'))).toBe(true);
    rmSync(join(folder, '.died'));
    expectSameFiles(folder, await writeWhole(like));
  });

  test.each([
    ['by its own name', (like: string) => like],
    [
      'by a hard link',
      (like: string) => {
        const link = nameIn(makeFolder());
        linkSync(like, link);
        return link;
      },
    ],
    [
      'by a link',
      (like: string) => {
        const link = nameIn(makeFolder());
        symlinkSync(like, link);
        return link;
      },
    ],
    [
      'by a link to its folder',
      (like: string) => {
        const link = join(makeFolder(), 'linked');
        symlinkSync(dirname(like), link);
        return join(link, basename(like));
      },
    ],
  ])('is not its own source, %s', async (_, outFor) => {
    const like = saveSource(MODEL);
    const bytes = readFileSync(like);
    const out = outFor(like);
    for (const resume of [false, true]) {
      const { code, message } = await failureOf(
        engine.writeCheckpoint(SPEC, { out, like, force: true, resume }),
      );
      expect([code, message]).toEqual(['BAD_OPTION', expect.stringContaining('is a file of')]);
    }
    expect(readFileSync(like).equals(bytes)).toBe(true);
    expect(listFolder(dirname(like))).toEqual([basename(like)]);
  });

  test('does not replace a shard or the index of its source, whatever it keeps of them', async () => {
    const like = saveSource(MODEL, 2);
    const before = listFolder(dirname(like));
    const run = engine.writeCheckpoint(
      { ...SPEC, default: { init: { kind: 'zeros' } }, rules: [{ match: 'norm', init: { kind: 'keep' } }] },
      { out: join(dirname(like), 'source.safetensors'), like, shardSize: SHARDED, force: true },
    );
    expect(await failureOf(run)).toMatchObject({ code: 'BAD_OPTION' });
    expect(listFolder(dirname(like))).toEqual(before);
  });

  test('may lie beside its source, and replace it where nothing is kept', async () => {
    const like = saveSource(MODEL);
    const whole = await writeWhole(like);
    const beside = makeFolder();
    linkSync(like, join(beside, 'source.safetensors'));
    await engine.writeCheckpoint(SPEC, { out: nameIn(beside), like: join(beside, 'source.safetensors') });
    rmSync(join(beside, 'source.safetensors'));
    expectSameFiles(beside, whole);
    await engine.writeCheckpoint(
      { seed: 1, default: { init: { kind: 'zeros' } } },
      { out: like, like, force: true },
    );
    expect(
      readFileSync(like)
        .subarray(-8)
        .every((byte) => byte === 0),
    ).toBe(true);
  });
});

describe('parts', () => {
  test('copy their own tensors, and merge to the files of one run', async () => {
    const like = saveSource(MODEL, 2);
    const { folder, options } = into(like, { shardSize: SHARDED });
    for (const part of ['2/2', '1/2']) await engine.writeCheckpoint(SPEC, { ...options, part });
    await engine.mergeCheckpoint({ out: options.out });
    expectSameFiles(folder, await writeWhole(like, SHARDED));
  });

  test('of two sources whose headers are equal do not merge', async () => {
    const [like, other] = ['', 'trained further'].map((salt) => saveSource(MODEL, 1, makeFolder(), salt));
    const { options } = into(like ?? '', { shardSize: SHARDED });
    await engine.writeCheckpoint(SPEC, { ...options, part: '1/2' });
    await engine.writeCheckpoint(SPEC, { ...options, like: other, part: '2/2' });
    const { code, message } = await failureOf(engine.mergeCheckpoint({ out: options.out }));
    expect([code, message]).toEqual([
      'BAD_CHECKPOINT',
      expect.stringContaining('belong to different checkpoints'),
    ]);
  });

  test('that are finished are not taken for those of another source with an equal header', async () => {
    const [like, other] = ['', 'trained further'].map((salt) => saveSource(MODEL, 1, makeFolder(), salt));
    const { options } = into(like ?? '', { resume: true });
    await engine.writeCheckpoint(SPEC, options);
    expect((await engine.writeCheckpoint(SPEC, options)).keptElements).toBeGreaterThan(0);
    expect(await failureOf(engine.writeCheckpoint(SPEC, { ...options, like: other }))).toMatchObject({
      code: 'OUTPUT_EXISTS',
    });
  });
});

test('sources count among the files that must be open, and verify opens a few at a time', () => {
  const tensors = Array.from({ length: 150 }, (_, i) => ({ name: `t${i}`, dtype: 'U8', shape: [8] }));
  const like = saveSource(tensors, 150);
  const [folder, spec] = [makeFolder(), join(makeFolder(), 'spec.json')];
  writeFileSync(spec, JSON.stringify({ seed: 1, default: { init: { kind: 'keep' } } }));
  const run = (limit: string, ...words: string[]): string => {
    const script = `${limit} exec '${process.execPath}' dist/src/cli.js ${words.join(' ')} --like '${like}'`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    return stdout + stderr;
  };
  const limit = 'ulimit -n 100;';
  expect(run(limit, 'init', spec, '--out', nameIn(folder))).toMatch(
    /151 files must be open at once.*\[IO_FAILED\]/,
  );
  expect(listFolder(folder)).toEqual([]);
  expect(run(limit, 'plan', spec, '--out', nameIn(folder))).toContain('151 files must be open at once');
  expect(run('', 'init', spec, '--out', nameIn(folder), '--quiet')).toBe('');
  expect(run(limit, 'verify', nameIn(folder))).toMatch(/: equal: 1,200 elements/);
});

test('progress counts copied elements, and checksums cover them', async () => {
  const seen: Progress[] = [];
  const { options } = into(saveSource(MODEL), {
    checksum: true,
    onProgress: (progress) => seen.push(progress),
  });
  const { elementCount, sha256 } = await engine.writeCheckpoint(SPEC, options);
  expect(elementCount).toBe(2_300_005);
  expect(seen.at(-1)).toEqual({ doneElements: elementCount, totalElements: elementCount });
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
});

test("kept tensors take no words of torch's generator: what follows is drawn as if they were constants", async () => {
  const like = saveSource(MODEL);
  const rules = [{ match: 'layer', init: { kind: 'normal', std: 0.02 } }];
  const draw = async (kind: string): Promise<Uint8Array> => {
    const { options } = into(like);
    await engine.writeCheckpoint(
      { seed: 3, generator: 'torch', default: { init: { kind } }, rules },
      options,
    );
    const given = kind === 'keep' ? { like } : {};
    expect(await engine.verifyCheckpoint(options.out, given)).toMatchObject({ equal: true, unchecked: [] });
    return (
      readSafetensors(options.out).tensors.find(({ name }) => name === 'layer')?.data ?? expect.fail('none')
    );
  };
  expectSameBytes(await draw('keep'), await draw('zeros'), 'layer');
});
