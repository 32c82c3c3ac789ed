/** Shards: the same tensors as in one file, laid out as Hugging Face's libraries read them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseSafetensorsMetadata } from '@huggingface/hub';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, mergeCheckpoint, openCheckpoint, type WriteReport } from 'jumpfill';
import { readSafetensors } from '../../support/safetensors.js';
import { listFolder, makeFolder } from '../../support/folder.js';
import { casesOf } from '../../support/thorough.js';

const engine = new Engine({ threads: 2, seed: 1n });
afterAll(() => engine.close());

const anyTensor = fc.record({
  shape: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 3 }),
  dtype: fc.constantFrom('float32', 'float64', 'float16', 'bfloat16', 'float8_e4m3fn'),
  init: fc.constantFrom(
    { kind: 'truncated_normal' },
    { kind: 'uniform', low: -1, high: 1 },
    { kind: 'ones' },
  ),
});
const anySpec = fc.record({
  seed: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  tensors: fc
    .array(anyTensor, { maxLength: 12 })
    .map((tensors) => tensors.map((tensor, i) => ({ name: `${i}.w`, ...tensor }))),
});
const anyShardSize = fc.oneof(fc.integer({ min: 1, max: 200_000 }), fc.constant(2 ** 40));

/** The bytes of every tensor, by name. */
function contentsOf(paths: readonly string[]): Map<string, string> {
  const tensors = paths.flatMap((path) => readSafetensors(path).tensors);
  return new Map(tensors.map(({ name, data }) => [name, Buffer.from(data).toString('base64')]));
}

const pathsOf = ({ files }: WriteReport): string[] => files.map(({ path }) => path);

test('shards of any size hold the same tensors as one file, and each passes the strict reader', async () => {
  await fc.assert(
    fc.asyncProperty(anySpec, anyShardSize, async (spec, shardSize) => {
      const folder = makeFolder();
      const one = await engine.writeCheckpoint(spec, { out: join(folder, 'one.safetensors') });
      const many = await engine.writeCheckpoint(spec, { out: join(folder, 'many.safetensors'), shardSize });
      expect(contentsOf(pathsOf(many))).toEqual(contentsOf(pathsOf(one)));
      expect(listFolder(folder).filter((name) => name.startsWith('.'))).toEqual([]);
    }),
    { numRuns: casesOf({ few: 10, all: 40 }) },
  );
});

test('any checkpoint of shards is regenerated, to the byte, from its own metadata', async () => {
  await fc.assert(
    fc.asyncProperty(anySpec, anyShardSize, async (spec, shardSize) => {
      const [a, b] = [makeFolder(), makeFolder()];
      const first = await engine.writeCheckpoint(spec, { out: join(a, 'm.safetensors'), shardSize });
      const checkpoint = await openCheckpoint(first.path);
      const second = await engine.writeCheckpoint(checkpoint.spec(), { out: join(b, 'm.safetensors') });
      expect(listFolder(b)).toEqual(listFolder(a));
      for (const name of listFolder(a))
        expect(readFileSync(join(b, name))).toEqual(readFileSync(join(a, name)));
      expect(second.seed).toBe(String(spec.seed));
    }),
    { numRuns: casesOf({ few: 10, all: 40 }) },
  );
});

const SPEC = {
  seed: 7,
  default: { init: { kind: 'truncated_normal', std: 0.02 } },
  tensors: ['a', 'b', '10', '2', 'c'].map((name) => ({ name, shape: [100, 100] })),
};

test('@huggingface/hub reads the index, and every header by way of it', async () => {
  const folder = makeFolder();
  const report = await engine.writeCheckpoint(SPEC, {
    out: join(folder, 'model.safetensors'),
    shardSize: '100KB',
  });
  const serve = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const { pathname } = new URL(url instanceof Request ? url.url : url);
    const name = pathname.split('/').at(-1) ?? '';
    if (!listFolder(folder).includes(name)) return new Response('no such file', { status: 404 });
    const bytes = readFileSync(join(folder, name));
    const range = new Headers(init?.headers).get('range');
    const [, first = '0', last = String(bytes.length - 1)] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
    const piece = bytes.subarray(Number(first), Math.min(Number(last) + 1, bytes.length));
    const headers = {
      'content-length': String(piece.length),
      'content-range': `bytes ${first}-${Number(first) + piece.length - 1}/${bytes.length}`,
      etag: '"x"',
    };
    return await Promise.resolve(new Response(piece, { status: range === null ? 200 : 206, headers }));
  };
  const parsed = await parseSafetensorsMetadata({
    repo: 'some/model',
    path: 'model.safetensors.index.json',
    computeParametersCount: true,
    fetch: serve,
  });
  if (!parsed.sharded) expect.fail('not sharded');
  expect(parsed.index.metadata).toEqual({ total_parameters: 5 * 10_000, total_size: 5 * 40_000 });
  expect(Object.keys(parsed.headers).sort()).toEqual(report.files.map(({ path }) => path.split('/').at(-1)));
  expect(parsed.parameterCount).toEqual({ F32: 50_000 });
  expect(parsed.index.weight_map).toMatchObject({ 10: 'model-00002-of-00003.safetensors' });
});

test('the index is what transformers writes: sorted, indented, with a newline at the end', async () => {
  const folder = makeFolder();
  await engine.writeCheckpoint(SPEC, { out: join(folder, 'm.safetensors'), shardSize: '100KB' });
  expect(readFileSync(join(folder, 'm.safetensors.index.json'), 'utf8')).toBe(`{
  "metadata": {
    "total_parameters": 50000,
    "total_size": 200000
  },
  "weight_map": {
    "10": "m-00002-of-00003.safetensors",
    "2": "m-00002-of-00003.safetensors",
    "a": "m-00001-of-00003.safetensors",
    "b": "m-00001-of-00003.safetensors",
    "c": "m-00003-of-00003.safetensors"
  }
}
`);
});

test('a plan lists the files that are then written, their sizes, and existing files in the way', async () => {
  const folder = makeFolder();
  const options = { out: join(folder, 'm.safetensors'), shardSize: '100KB' };
  const plan = await engine.planCheckpoint(SPEC, options);
  expect(listFolder(folder)).toEqual([]);
  const report = await engine.writeCheckpoint(SPEC, options);
  expect(plan.files.map(({ path, byteLength }) => ({ path, byteLength }))).toEqual(report.files);
  expect(plan.indexPath).toBe(report.path);
  expect(plan.tensors).toEqual(report.tensors);
  expect(plan.files.map(({ exists }) => exists)).toEqual([false, false, false]);
  expect((await engine.planCheckpoint(SPEC, options)).files.map(({ exists }) => exists)).toEqual([
    true,
    true,
    true,
  ]);
  for (const { path, byteLength } of plan.files) expect(readFileSync(path)).toHaveLength(byteLength);
  expect(plan.freeBytes).toBeGreaterThan(0);
});

test('a single file beside an index causes a warning: loaders would take it', async () => {
  const out = join(makeFolder(), 'model.safetensors');
  await engine.writeCheckpoint(SPEC, { out });
  const report = await engine.writeCheckpoint(SPEC, { out, shardSize: '100KB' });
  expect(report.warnings).toEqual([
    expect.stringContaining('also contains "model.safetensors", of another checkpoint'),
  ]);
});

test('shards of a name without .safetensors are refused before a byte is written', async () => {
  const folder = makeFolder();
  const run = engine.writeCheckpoint(SPEC, { out: join(folder, 'm.bin'), shardSize: '100KB' });
  await expect(run).rejects.toMatchObject({ code: 'BAD_OPTION' });
  expect(listFolder(folder)).toEqual([]);
});

describe('parts', () => {
  const shardSize = '100KB';

  test('in any number and order, once merged, are the checkpoint of a single run', async () => {
    const whole = makeFolder();
    await engine.writeCheckpoint(SPEC, { out: join(whole, 'm.safetensors'), shardSize });
    for (const parts of [1, 2, 3, 5]) {
      const folder = makeFolder();
      const out = join(folder, 'm.safetensors');
      for (let part = parts; part >= 1; part--) {
        await engine.writeCheckpoint(SPEC, { out, shardSize, part: { part, parts } });
      }
      expect(listFolder(folder)).not.toContain('m.safetensors.index.json');
      const merged = await mergeCheckpoint({ out });
      expect(merged).toMatchObject({ tensorCount: 5, totalSize: 200_000, seed: '7' });
      // Merging again changes nothing.
      await mergeCheckpoint({ out });
      expect(listFolder(folder)).toEqual(listFolder(whole));
      for (const name of listFolder(whole)) {
        expect(readFileSync(join(folder, name))).toEqual(readFileSync(join(whole, name)));
      }
    }
  });

  test('that version 0.4 has merged, without total_parameters, can be merged: nothing is written or refused', async () => {
    const out = join(makeFolder(), 'm.safetensors');
    await engine.writeCheckpoint(SPEC, { out, shardSize });
    const index = `${out}.index.json`;
    const text = readFileSync(index, 'utf8');
    const former = text.replace(/ *"total_parameters": \d+,\n/, '');
    expect(former).not.toBe(text);
    writeFileSync(index, former);
    expect(await mergeCheckpoint({ out })).toMatchObject({ tensorCount: 5 });
    expect(readFileSync(index, 'utf8')).toBe(former);
    expect(await engine.verifyCheckpoint(index)).toMatchObject({ equal: true });
    writeFileSync(index, former.replace('200000', '200001'));
    await expect(mergeCheckpoint({ out })).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    await mergeCheckpoint({ out, force: true });
    expect(readFileSync(index, 'utf8')).toBe(text);
  });

  test('written twice are the same; without force the second time is refused, and with resume it has nothing to do', async () => {
    const out = join(makeFolder(), 'm.safetensors');
    const part = '2/2';
    const { files, part: written } = await engine.writeCheckpoint(SPEC, { out, shardSize, part });
    expect(written).toEqual({ part: 2, parts: 2 });
    expect(
      (await engine.planCheckpoint(SPEC, { out, shardSize, part })).files.map(({ path }) => path),
    ).toEqual(files.map(({ path }) => path));
    const [first] = files.map(({ path }) => readFileSync(path));
    await expect(engine.writeCheckpoint(SPEC, { out, shardSize, part })).rejects.toMatchObject({
      code: 'OUTPUT_EXISTS',
    });
    const again = await engine.writeCheckpoint(SPEC, { out, shardSize, part, resume: true });
    expect(again.keptElements).toBe(again.elementCount);
    const forced = await engine.writeCheckpoint(SPEC, { out, shardSize, part, force: true });
    expect(forced.files.map(({ path }) => readFileSync(path))).toEqual([first]);
  });

  test('without a seed are refused: each would draw its own', async () => {
    await using random = new Engine({ threads: 1 });
    const { tensors, default: usual } = SPEC;
    const run = random.writeCheckpoint(
      { tensors, default: usual },
      { out: join(makeFolder(), 'm.safetensors'), shardSize, part: { part: 1, parts: 2 } },
    );
    await expect(run).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining('seed') as string,
    });
  });

  test.each([
    [
      'a missing shard',
      async (out: string) => engine.writeCheckpoint(SPEC, { out, shardSize, part: { part: 1, parts: 3 } }),
      'lacks 2 of 3 shards: "m-00002-of-00003.safetensors", "m-00003-of-00003.safetensors"',
    ],
    ['no shard', async () => Promise.resolve(), 'holds no shard of "m.safetensors", such as'],
    [
      'another seed',
      async (out: string) => {
        await engine.writeCheckpoint(SPEC, { out, shardSize, part: { part: 1, parts: 2 } });
        await engine.writeCheckpoint(SPEC, { out, shardSize, part: { part: 2, parts: 2 }, seed: 8 });
      },
      'belong to different checkpoints: the seed is 8 in one and 7 in the other',
    ],
    [
      'another spec',
      async (out: string) => {
        const other = { ...SPEC, default: { init: { kind: 'truncated_normal', std: 0.03 } } };
        await engine.writeCheckpoint(SPEC, { out, shardSize, part: { part: 1, parts: 2 } });
        await engine.writeCheckpoint(other, { out, shardSize, part: { part: 2, parts: 2 } });
      },
      'in the other; so the tensors differ, or their order, or how they are cut into shards',
    ],
    [
      'two checkpoints',
      async (out: string) => {
        await engine.writeCheckpoint(SPEC, { out, shardSize });
        await engine.writeCheckpoint(SPEC, { out, shardSize: '50KB', part: { part: 1, parts: 2 } });
      },
      'holds shards of 2 checkpoints: one of 3 shards, one of 5 shards',
    ],
  ])('with %s are not merged', async (_, write, message) => {
    const folder = makeFolder();
    const out = join(folder, 'm.safetensors');
    await write(out);
    const before = listFolder(folder);
    await expect(mergeCheckpoint({ out })).rejects.toMatchObject({
      code: 'BAD_CHECKPOINT',
      message: expect.stringContaining(message) as string,
    });
    expect(listFolder(folder)).toEqual(before);
  });

  test('that were renamed, or whose metadata were changed, are not merged', async () => {
    const folder = makeFolder();
    const out = join(folder, 'm.safetensors');
    await engine.writeCheckpoint(SPEC, { out, shardSize });
    const [one, two] = ['m-00001-of-00003.safetensors', 'm-00002-of-00003.safetensors'].map((name) =>
      join(folder, name),
    );
    const bytes = [readFileSync(one ?? ''), readFileSync(two ?? '')] as const;
    writeFileSync(one ?? '', bytes[1]);
    writeFileSync(two ?? '', bytes[0]);
    await expect(mergeCheckpoint({ out })).rejects.toThrow('records that it is shard 2 of 3');
    writeFileSync(two ?? '', bytes[1]);
    // The same length, so that the header's stays.
    writeFileSync(one ?? '', bytes[0].toString('latin1').replaceAll('0.02', '0.03'), 'latin1');
    await expect(mergeCheckpoint({ out, force: true })).rejects.toThrow('do not add up to the checkpoint');
  });
});
