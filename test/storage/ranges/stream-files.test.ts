/** The files of a checkpoint without a disk: any range of any of them, in any order, at once, and again. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  Engine,
  SharedTensor,
  heNormal,
  ones,
  type ContentsOptions,
  type StreamCheckpointFilesOptions,
  type StreamedFile,
} from 'jumpfill';
import { withPool } from '#built/api/pool-seam.js';
import { expectSameBytes } from '../../support/bytes.js';
import { failureOf } from '../../support/failure.js';
import { listFolder, makeQuickFolder } from '../../support/folder.js';
import { anyMixedSpec } from '../../support/mixed-specs.js';
import { saveSource, type RandomTensor } from '../../support/random-source.js';
import { casesOf } from '../../support/thorough.js';
import { anyTorchSpec } from '../../support/torch-specs.js';

const engine = new Engine({ threads: 2, seed: 1n });
const alone = new Engine({ threads: 1, simd: false });
afterAll(async () => {
  await engine.close();
  await alone.close();
});

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function filesOf(
  spec: unknown,
  options?: StreamCheckpointFilesOptions,
  by = engine,
): Promise<StreamedFile[]> {
  const files: StreamedFile[] = [];
  for await (const file of by.streamCheckpointFiles(spec, options)) files.push(file);
  return files;
}

const namesOf = (files: readonly StreamedFile[]): string[] => files.map(({ name }) => name);

async function firstOf(spec: unknown, options?: StreamCheckpointFilesOptions): Promise<StreamedFile> {
  const [file] = await filesOf(spec, options);
  return file ?? expect.fail('no file');
}

/** The files that writeCheckpoint writes, by name. */
async function written(spec: unknown, options: ContentsOptions = {}): Promise<ReadonlyMap<string, Buffer>> {
  const folder = makeQuickFolder();
  await engine.writeCheckpoint(spec, { ...options, out: join(folder, 'model.safetensors') });
  return new Map(listFolder(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

const expectStream = async (
  file: StreamedFile,
  bytes: Buffer,
  ...[start, end]: [] | readonly [number, number]
): Promise<void> => {
  expectSameBytes(
    await collect(file.stream(start, end)),
    bytes.subarray(start, end),
    `${file.name} ${start}`,
  );
};

const anyShardSize = fc.oneof(fc.integer({ min: 2000, max: 1_500_000 }), fc.constant(undefined));
const anyShare = fc.double({ min: 0, max: 1, noNaN: true });
const anyRanges = fc.array(fc.tuple(anyShare, anyShare), { minLength: 4, maxLength: 4 });

/** Two positions of a file, in order. */
const rangeOf = (byteLength: number, [a, b]: readonly [number, number]): [number, number] => [
  Math.round(Math.min(a, b) * byteLength),
  Math.round(Math.max(a, b) * byteLength),
];

/** Ranges of a few bytes at the ends of the file, of its header and of its tensors. */
function edgesOf(bytes: Buffer): [number, number][] {
  const header = 8 + Number(bytes.readBigUInt64LE());
  const entries = JSON.parse(bytes.toString('utf8', 8, header)) as Record<
    string,
    { data_offsets?: number[] }
  >;
  const ends = Object.values(entries).flatMap((entry) => entry.data_offsets ?? []);
  return [0, bytes.length, ...[0, ...ends].map((end) => header + end)].flatMap((edge): [number, number][] => [
    [edge, edge],
    [Math.max(0, edge - 1), edge],
    [Math.max(0, edge - 3), Math.min(bytes.length, edge + 2)],
  ]);
}

/** Whole files, random ranges and those at edges have the bytes that writeCheckpoint writes. */
async function expectEveryRange(
  spec: unknown,
  shardSize: number | undefined,
  shares: readonly (readonly [number, number])[],
  by: Engine,
  like?: string,
): Promise<void> {
  const expected = await written(spec, { shardSize, like });
  const files = await filesOf(spec, { shardSize, like }, by);
  expect(namesOf(files)).toEqual([...expected.keys()]);
  for (const file of files) {
    const bytes = expected.get(file.name) ?? expect.fail(file.name);
    expect(file.byteLength).toBe(bytes.length);
    await expectStream(file, bytes);
    const edges = file.name.endsWith('.json') ? [] : edgesOf(bytes);
    for (const range of [...shares.map((share) => rangeOf(bytes.length, share)), ...edges])
      await expectStream(file, bytes, ...range);
  }
}

describe('every range of every file has the bytes that writeCheckpoint writes:', () => {
  test('of all dtypes and kinds of draws', async () => {
    const law = fc.asyncProperty(anyMixedSpec, anyShardSize, anyRanges, async (spec, shardSize, shares) => {
      await expectEveryRange(spec, shardSize, shares, engine);
    });
    await fc.assert(law, { numRuns: casesOf({ few: 6, all: 60 }), seed: 14 });
  });

  test("of torch's generator, and on one thread without SIMD", async () => {
    const law = fc.asyncProperty(anyTorchSpec, anyShardSize, anyRanges, async (spec, shardSize, shares) => {
      await expectEveryRange(spec, shardSize, shares, alone);
    });
    await fc.assert(law, { numRuns: casesOf({ few: 3, all: 30 }), seed: 14 });
  });

  test('of orthogonal matrices of many panels, whose parts threads share', async () => {
    const init = { kind: 'orthogonal' };
    const spec = {
      seed: 3,
      tensors: [
        { name: 'wide', shape: [500, 600], init },
        { name: 'tall', shape: [1100, 300], init },
        { name: 'rows', shape: [600, 500], init: { kind: 'zeros', rows: [{ from: 0, to: 400, init }] } },
      ],
    };
    const bytes = (await written(spec)).get('model.safetensors') ?? expect.fail();
    const file = await firstOf(spec);
    await Promise.all([
      expectStream(file, bytes),
      expectStream(file, bytes, 700_001, 2_000_002),
      expectStream(file, bytes, 999_999, bytes.length - 1),
    ]);
  });

  test('of kept tensors, few of them on the calling thread and many on threads, in any dtype', async () => {
    const tensors: RandomTensor[] = [
      { name: 'large', dtype: 'F32', shape: [1100, 1000] },
      { name: 'six', dtype: 'F6_E2M3', shape: [77, 4] },
      ...['F64', 'BF16', 'I64', 'F4'].map((dtype) => ({ name: dtype, dtype, shape: [31, 8] })),
    ];
    const like = saveSource(tensors);
    const rules = [{ match: 'BF16', init: { kind: 'normal' } }];
    const spec = { seed: 4, default: { init: { kind: 'keep' } }, rules };
    const anyKept = fc.asyncProperty(anyRanges, async (shares) => {
      // Nothing else has made it ready for files.
      await using fresh = new Engine({ threads: 2 });
      await expectEveryRange(spec, 2_000_000, shares, fresh, like);
    });
    await fc.assert(anyKept, { numRuns: casesOf({ few: 3, all: 20 }), seed: 14 });
  });

  test('of more than a batch, from within an element to within another', async () => {
    const tensors = [
      { name: 'float', shape: [3_000_001] },
      { name: 'half', shape: [1001, 1999], dtype: 'bfloat16' },
    ];
    const spec = { seed: 5, default: { init: { kind: 'normal', std: 0.5 } }, tensors };
    const bytes = (await written(spec)).get('model.safetensors') ?? expect.fail();
    const file = await firstOf(spec);
    await expectStream(file, bytes, 1003, bytes.length - 1);
    await expectStream(file, bytes, 3_000_002, 13_000_001);
  });
});

const SPEC = {
  seed: 7,
  shard_size: '400kB',
  default: { init: { kind: 'normal', std: 0.02 } },
  tensors: Array.from({ length: 5 }, (_, i) => ({ name: `layer${i}.weight`, shape: [300, 300] })),
};
const LARGE = { seed: 1, tensors: [{ name: 'w', shape: [2 ** 34], init: { kind: 'truncated_normal' } }] };

describe('files', () => {
  test('are the shards in order and the index last; of one file there is no index', async () => {
    expect(namesOf(await filesOf(SPEC))).toEqual([
      ...Array.from({ length: 5 }, (_, i) => `model-0000${i + 1}-of-00005.safetensors`),
      'model.safetensors.index.json',
    ]);
    expect(namesOf(await filesOf(SPEC, { shardSize: '1GB' }))).toEqual(['model.safetensors']);
  });

  test('of a part are its shards, without the index; all parts together are all shards', async () => {
    const parts = await Promise.all(['1/2', '2/2', '3/7'].map((part) => filesOf(SPEC, { part })));
    expect(parts.map(namesOf)).toEqual(
      [[1, 3, 5], [2, 4], [3]].map((part) => part.map((i) => `model-0000${i}-of-00005.safetensors`)),
    );
    expect(await filesOf(SPEC, { part: { part: 6, parts: 7 } })).toEqual([]);
  });

  test('with index: true are the index alone, with false the shards alone; one file has no index', async () => {
    const [index] = await filesOf(SPEC, { index: true });
    const bytes = (await written(SPEC)).get('model.safetensors.index.json') ?? expect.fail();
    await expectStream(index ?? expect.fail(), bytes);
    expect(namesOf(await filesOf(SPEC, { index: false }))).toHaveLength(5);
    expect(await filesOf(SPEC, { index: true, shardSize: '1GB' })).toEqual([]);
  });

  test('have the name that is asked for', async () => {
    expect(namesOf(await filesOf(SPEC, { name: 'tiny.v2', part: '2/5' }))).toEqual([
      'tiny.v2-00002-of-00005.safetensors',
    ]);
    expect(namesOf(await filesOf(SPEC, { name: 'tiny', shardSize: '1GB' }))).toEqual(['tiny.safetensors']);
  });

  test('say the seed, with which another engine streams the same bytes', async () => {
    const spec = { ...SPEC, seed: undefined };
    await using first = new Engine({ threads: 1 });
    await using second = new Engine({ threads: 1 });
    const [file] = await filesOf(spec, {}, first);
    const [same] = await filesOf(spec, { seed: BigInt(file?.seed ?? '') }, second);
    expect(file?.seed).toBe(String(first.seed));
    expect(file?.generator).toBe('xoroshiro128+');
    const whole = await collect((file ?? expect.fail()).stream());
    expectSameBytes(await collect((same ?? expect.fail()).stream()), whole);
    expectSameBytes(await collect((file ?? expect.fail()).stream()), whole);
  });
});

describe('refuses', () => {
  test.each([
    [-1, 5],
    [0, 1e9],
    [6, 5],
    [0.5, 5],
    [0, Number.NaN],
    [0, Infinity],
    ['0', 5],
    [0n, 5],
    [null, 5],
  ])('the range %s to %s, at once and with the size of the file', async (start, end) => {
    const file = await firstOf(SPEC);
    expect(() => file.stream(start as never, end)).toThrow(
      expect.objectContaining({
        code: 'BAD_OFFSET',
        message: expect.stringContaining(`from 0 to ${file.byteLength}`) as string,
      }) as Error,
    );
  });

  test.each([
    '',
    '.',
    '..',
    'a/b',
    '/model',
    'a\\b',
    'a\nb',
    'a\u0000',
    '\ud800',
    'model.safetensors',
    7,
    null,
  ])('the name %j', async (name) => {
    expect(await failureOf(filesOf(SPEC, { name: name as never }))).toMatchObject({ code: 'BAD_OPTION' });
  });

  test('a part without a seed, and one with the index alone', async () => {
    await using other = new Engine({ threads: 1 });
    const spec = { ...SPEC, seed: undefined };
    expect(await failureOf(filesOf(spec, { part: '1/2' }, other))).toMatchObject({ code: 'BAD_OPTION' });
    const both = await failureOf(filesOf(SPEC, { part: '1/2', index: true }));
    expect(both).toMatchObject({ code: 'BAD_OPTION' });
    expect(namesOf(await filesOf(spec, { index: true }, other))).toHaveLength(1);
  });

  test('a bad spec, before the first file', async () => {
    const spec = { tensors: [{ name: 'w', shape: [-1] }] };
    expect(await failureOf(filesOf(spec))).toMatchObject({ code: 'BAD_SPEC' });
  });
});

describe('streams', () => {
  test('of one engine run at once, on one file and on several, and change nothing in each other', async () => {
    const spec = { ...SPEC, tensors: SPEC.tensors.map((tensor) => ({ ...tensor, shape: [1200, 900] })) };
    const expected = await written(spec);
    const files = await filesOf(spec);
    const reads = files.flatMap((file) => {
      const bytes = expected.get(file.name) ?? expect.fail(file.name);
      const third = Math.floor(file.byteLength / 3);
      return [0, third, 2 * third].map((start) => expectStream(file, bytes, start, start + third));
    });
    await Promise.all(reads);
  });

  test('that their readers stop leave nothing running: close() does not wait for the rest', async () => {
    const other = new Engine({ threads: 2 });
    const [file] = await filesOf(LARGE, {}, other);
    for await (const bytes of (file ?? expect.fail()).stream(100_000)) {
      expect(bytes.length).toBeGreaterThan(0);
      break;
    }
    const halfway = (file ?? expect.fail()).stream();
    await halfway.next();
    await halfway.next();
    await other.close();
    const rest = collect(halfway);
    expect(await failureOf(rest)).toMatchObject({ code: 'ENGINE_CLOSED' });
  });

  test("end with Node's streams that are destroyed, and files outlive the iteration that is broken off", async () => {
    const other = new Engine({ threads: 2 });
    for await (const file of other.streamCheckpointFiles(SPEC)) {
      const readable = Readable.from(file.stream());
      await once(readable, 'readable');
      readable.destroy();
      await once(readable, 'close');
      const [whole, again] = await Promise.all([collect(file.stream()), collect(file.stream())]);
      expectSameBytes(whole, again);
      break;
    }
    await other.close();
  });

  test('end with the reason of the signal, and the engine stays usable', async () => {
    const controller = new AbortController();
    const stream = (await firstOf(LARGE, { signal: controller.signal })).stream();
    for (let turn = 0; turn < 3; turn++) await stream.next();
    controller.abort('enough');
    await expect(collect(stream)).rejects.toBe('enough');
    await engine.fill(SharedTensor.empty([2 ** 20]), ones());
  });

  test('survive the death of a thread', async () => {
    const workerUrl = new URL('../../faults/dying-drawer.mjs', import.meta.url);
    await using dying = new Engine({ threads: 2, ...withPool({ workerUrl }) });
    const spec = { seed: 2, tensors: [{ name: 'w', shape: [1500, 2000], init: heNormal() }] };
    const bytes = (await written(spec)).get('model.safetensors') ?? expect.fail();
    const [file] = await filesOf(spec, {}, dying);
    await expectStream(file ?? expect.fail(), bytes);
  });
});

describe('progress', () => {
  test('never falls, counts elements that are read twice once, and ends at the total of the files', async () => {
    const told: [number, number][] = [];
    const files = await filesOf(SPEC, {
      part: '1/2',
      onProgress: ({ doneElements, totalElements }) => void told.push([doneElements, totalElements]),
    });
    for (const file of files) {
      const middle = 1 + Math.floor(file.byteLength / 2);
      await collect(file.stream(middle - 1000));
      await collect(file.stream(0, middle));
      await collect(file.stream());
    }
    const counts = told.map(([done]) => done);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(told.at(-1)).toEqual([270_000, 270_000]);
    expect(new Set(told.map(([, total]) => total))).toEqual(new Set([270_000]));
  });

  test('is told of a range that ends before the total, and not of every piece', async () => {
    const told: number[] = [];
    const file = await firstOf(LARGE, { onProgress: ({ doneElements }) => void told.push(doneElements) });
    let pieces = 0;
    for await (const { length } of file.stream(2 ** 20, 2 ** 20 + 2 ** 25)) pieces += Math.sign(length);
    expect(told.at(-1)).toBe(2 ** 23);
    expect(pieces).toBeGreaterThan(100);
    expect(told.length).toBeLessThan(pieces);
  });

  test('that throws ends the stream with what it threw', async () => {
    const file = await firstOf(SPEC, {
      onProgress: () => {
        throw new Error('seen enough');
      },
    });
    await expect(collect(file.stream())).rejects.toThrow('seen enough');
  });
});
