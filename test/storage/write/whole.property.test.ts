/** Checkpoints of whole numbers and coins have the same bytes however they are written, and can be written again from themselves. */
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
import { anySmallWholeSpec, anyWholeSpec } from '../../support/whole-specs.js';

const engine = new Engine({ threads: 3 });
const others = [1, 2, 7].map((threads) => new Engine({ threads, simd: threads !== 1 }));
afterAll(async () => {
  await Promise.all([engine, ...others].map((each) => each.close()));
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

test('a file has the bytes of a stream, on 1, 2, 3 and 7 threads, with SIMD and without', async () => {
  const law = fc.asyncProperty(anyWholeSpec, async (spec) => {
    const whole = readFileSync(nameIn(await write(spec)));
    for (const other of others) expectSameBytes(await streamed(spec, other), whole);
  });
  await fc.assert(law, { numRuns: casesOf({ few: 3, all: 30 }), seed: 13 });
});

test('shards hold the tensors of one file, and parts that are merged the files of one run', async () => {
  const law = fc.asyncProperty(anyWholeSpec, anyShardSize, async (spec, shardSize) => {
    const [whole, shards, parts] = [await write(spec), await write(spec, shardSize), makeFolder()];
    expect(dataOf(shards)).toEqual(dataOf(whole));
    for (const part of [2, 1])
      await engine.writeCheckpoint(spec, { out: nameIn(parts), shardSize, part: { part, parts: 2 } });
    if (listFolder(shards).length > 1) await engine.mergeCheckpoint({ out: nameIn(parts) });
    expectSameFiles(parts, shards);
  });
  await fc.assert(law, { numRuns: casesOf({ few: 2, all: 20 }), seed: 13 });
});

test('a run that fails is finished by another, with the bytes of an unbroken one', async () => {
  const anyPoint = fc.integer({ min: 1, max: 4 });
  const law = fc.asyncProperty(anyWholeSpec, anyShardSize, anyPoint, async (spec, shardSize, point) => {
    const [whole, broken] = [await write(spec, shardSize), makeFolder()];
    const options = { out: nameIn(broken), shardSize, resume: true, recordIntervalMs: 0 };
    await using failing = openFailingEngine(point);
    await failing.writeCheckpoint(spec, options).catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'IO_FAILED' });
    });
    await engine.writeCheckpoint(spec, options);
    expectSameFiles(broken, whole);
  });
  await fc.assert(law, { numRuns: casesOf({ few: 2, all: 20 }), seed: 13 });
});

/** A range in the middle of each tensor. */
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
  const law = fc.asyncProperty(anySmallWholeSpec, async (spec) => {
    const folder = await write(spec);
    const recorded = (await openCheckpoint(folder)).spec();
    expectSameFiles(await write(recorded), folder);
    expect(await engine.verifyCheckpoint(folder)).toMatchObject({ equal: true });
    expect(await engine.verifyCheckpoint(folder, { spec })).toMatchObject({ equal: true });
    await expectSlices(spec, folder);
    await expectSlices(recorded, folder);
  });
  await fc.assert(law, { numRuns: casesOf({ few: 12, all: 150 }), seed: 13 });
});

test('inspection finds nothing unexpected', async () => {
  const law = fc.asyncProperty(anyWholeSpec, async (spec) => {
    const { tensors } = await engine.inspectCheckpoint(nameIn(await write(spec)));
    for (const { name, verdict } of tensors) expect([name, verdict]).toEqual([name, { kind: 'expected' }]);
  });
  await fc.assert(law, { numRuns: casesOf({ few: 6, all: 100 }), seed: 13 });
});
