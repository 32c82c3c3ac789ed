/** With torch's generator, too, a checkpoint has the same bytes however it is written, and can be written again from itself. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, expect, test } from 'vitest';
import { Engine, openCheckpoint } from 'jumpfill';
import { openFailingEngine, stopFailing } from '../../support/failing-writes.js';
import { expectSameBytes } from '../../support/bytes.js';
import { listFolder, makeFolder } from '../../support/folder.js';
import { readSafetensors } from '../../support/safetensors.js';
import { casesOf } from '../../support/thorough.js';
import { anySmallSpec, anyTorchSpec, type TorchSpec } from '../../support/torch-specs.js';

const engine = new Engine({ threads: 3 });
const alone = new Engine({ threads: 1, simd: false });
afterAll(async () => {
  await engine.close();
  await alone.close();
});
afterEach(stopFailing);

const anyShardSize = fc.integer({ min: 20, max: 1_000_000 });

const nameIn = (folder: string): string => join(folder, 'm.safetensors');

async function write(spec: unknown, shardSize?: number): Promise<string> {
  const folder = makeFolder();
  await engine.writeCheckpoint(spec, { out: nameIn(folder), shardSize });
  return folder;
}

function expectSameFiles(actual: string, expected: string): void {
  expect(listFolder(actual)).toEqual(listFolder(expected));
  for (const name of listFolder(expected))
    expectSameBytes(readFileSync(join(actual, name)), readFileSync(join(expected, name)), name);
}

/** The data of every tensor, by name. */
const dataOf = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    listFolder(folder)
      .filter((name) => name.endsWith('.safetensors'))
      .flatMap((name) => readSafetensors(join(folder, name)).tensors)
      .map(({ name, data }): [string, string] => [name, Buffer.from(data).toString('base64')])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

async function streamed(spec: unknown, by: Engine): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of by.streamCheckpoint(spec)) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('a file has the bytes of a stream, and of one thread without SIMD', async () => {
  const law = fc.asyncProperty(anyTorchSpec, async (spec) => {
    const whole = readFileSync(nameIn(await write(spec)));
    expectSameBytes(await streamed(spec, engine), whole);
    expectSameBytes(await streamed(spec, alone), whole);
  });
  await fc.assert(law, { numRuns: casesOf({ few: 2, all: 15 }) });
});

test('shards hold the tensors of one file, and parts that are merged the files of one run', async () => {
  const law = fc.asyncProperty(anyTorchSpec, anyShardSize, async (spec, shardSize) => {
    const [whole, shards, parts] = [await write(spec), await write(spec, shardSize), makeFolder()];
    expect(dataOf(shards)).toEqual(dataOf(whole));
    for (const part of [2, 1])
      await engine.writeCheckpoint(spec, { out: nameIn(parts), shardSize, part: { part, parts: 2 } });
    if (listFolder(shards).length > 1) await engine.mergeCheckpoint({ out: nameIn(parts) });
    expectSameFiles(parts, shards);
  });
  await fc.assert(law, { numRuns: casesOf({ few: 2, all: 20 }) });
});

test('a run that fails is finished by another, with the bytes of an unbroken one', async () => {
  let failures = 0;
  const anyPoint = fc.integer({ min: 1, max: 8 });
  const law = fc.asyncProperty(anyTorchSpec, anyShardSize, anyPoint, async (spec, shardSize, point) => {
    const [whole, broken] = [await write(spec, shardSize), makeFolder()];
    const options = { out: nameIn(broken), shardSize, resume: true, recordIntervalMs: 0 };
    await using failing = openFailingEngine(point);
    await failing.writeCheckpoint(spec, options).catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'IO_FAILED' });
      failures++;
    });
    await engine.writeCheckpoint(spec, options);
    expectSameFiles(broken, whole);
  });
  await fc.assert(law, { numRuns: casesOf({ few: 3, all: 20 }) });
  expect(failures).toBeGreaterThan(casesOf({ few: 0, all: 7 }));
});

/** All ranges that begin or end at one of a few elements. */
async function expectSlices(spec: unknown, folder: string): Promise<void> {
  const checkpoint = await openCheckpoint(folder);
  for (const name of checkpoint.names) {
    const { elementCount } = checkpoint.entry(name);
    const start = Math.floor(elementCount / 3);
    const end = Math.max(start, elementCount - 2);
    const drawn = await engine.drawSlice(spec, { name, start, end });
    expectSameBytes(drawn.data, (await checkpoint.read(name, start, end)).data, name);
  }
}

test('what a checkpoint records writes it again, verifies it, and draws its slices', async () => {
  const law = fc.asyncProperty(
    anySmallSpec,
    fc.oneof(fc.integer({ min: 20, max: 20_000 }), fc.constant(undefined)),
    async (spec, shardSize) => {
      const folder = await write(spec, shardSize);
      const recorded = (await openCheckpoint(folder)).spec();
      expectSameFiles(await write(recorded), folder);
      expect(await engine.verifyCheckpoint(folder)).toMatchObject({ equal: true, generator: 'torch' });
      expect(await engine.verifyCheckpoint(folder, { spec })).toMatchObject({ equal: true });
      await expectSlices(spec, folder);
      await expectSlices(recorded, folder);
    },
  );
  await fc.assert(law, { numRuns: casesOf({ few: 12, all: 150 }) });
});

test('any one shard verifies alone, and writes its tensors again', async () => {
  const law = fc.asyncProperty(anySmallSpec, fc.integer({ min: 20, max: 20_000 }), async (spec, size) => {
    const folder = await write(spec, size);
    for (const name of listFolder(folder).filter((file) => file.endsWith('.safetensors'))) {
      const shard = join(folder, name);
      const recorded = (await openCheckpoint(shard)).spec();
      expect(await engine.verifyCheckpoint(shard)).toMatchObject({ equal: true });
      const again = await write({ ...recorded, shard_size: undefined });
      const held = new Map(readSafetensors(shard).tensors.map(({ name: tensor, data }) => [tensor, data]));
      for (const { name: tensor, data } of readSafetensors(nameIn(again)).tensors)
        expectSameBytes(data, held.get(tensor) ?? new Uint8Array(), tensor);
    }
  });
  await fc.assert(law, { numRuns: casesOf({ few: 6, all: 100 }) });
});

test('a moved tensor draws other numbers, a renamed one the same', async () => {
  const tensors = ['a', 'b'].map((name) => ({
    name,
    shape: [20],
    dtype: 'float32',
    init: { kind: 'normal' },
  }));
  const spec = { generator: 'torch', seed: 3n, tensors } satisfies TorchSpec;
  const [[a, b], [c, d]] = [
    [...dataOf(await write(spec)).values()],
    [...dataOf(await write({ ...spec, tensors: [...tensors].reverse() })).values()],
  ];
  expect([a, b]).toEqual([d, c]);
  expect(a).not.toEqual(b);
});
