/**
 * Checkpoints that mix all dtypes and kinds of draws: 8-bit floats, whole numbers, packed elements, constants, patterns, rows, sparse and
 * orthogonal matrices, ties and streams. They have the same bytes whole, in parts and after a failure, and can be written from themselves.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, expect, test } from 'vitest';
import { Engine, openCheckpoint } from 'jumpfill';
import { openFailingEngine, stopFailing } from '../../support/failing-writes.js';
import { expectSameBytes } from '../../support/bytes.js';
import { listFolder, makeFolder } from '../../support/folder.js';
import { anyMixedSpec } from '../../support/mixed-specs.js';
import { casesOf } from '../../support/thorough.js';

const engine = new Engine({ threads: 2 });
afterAll(() => engine.close());
afterEach(stopFailing);

const anyShardSize = fc.oneof(fc.integer({ min: 2000, max: 1_500_000 }), fc.constant(undefined));
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

test('a run that fails anywhere is finished by another, and parts that are merged are the files of one run', async () => {
  let failures = 0;
  const anyPoint = fc.integer({ min: 1, max: 9 });
  const law = fc.asyncProperty(anyMixedSpec, anyShardSize, anyPoint, async (spec, shardSize, point) => {
    const [whole, broken, parts] = [await write(spec, shardSize), makeFolder(), makeFolder()];
    const options = { out: nameIn(broken), shardSize, resume: true, recordIntervalMs: 0 };
    await using failing = openFailingEngine(point);
    await failing.writeCheckpoint(spec, options).catch((error: unknown) => {
      failures++;
      expect(error).toMatchObject({ code: 'IO_FAILED' });
    });
    await engine.writeCheckpoint(spec, options);
    expectSameFiles(broken, whole);
    for (const part of [2, 1])
      await engine.writeCheckpoint(spec, { out: nameIn(parts), shardSize, part: { part, parts: 2 } });
    if (listFolder(whole).length > 1) await engine.mergeCheckpoint({ out: nameIn(parts) });
    expectSameFiles(parts, whole);
  });
  await fc.assert(law, { numRuns: casesOf({ few: 6, all: 60 }), seed: 13 });
  expect(failures).toBeGreaterThan(casesOf({ few: 1, all: 20 }));
});

test('what a checkpoint records writes it again, and verifies it with and without SIMD', async () => {
  await using plain = new Engine({ threads: 1, simd: false });
  const law = fc.asyncProperty(anyMixedSpec, async (spec) => {
    const folder = await write(spec);
    const recorded = (await openCheckpoint(folder)).spec();
    expectSameFiles(await write(recorded), folder);
    expect(await engine.verifyCheckpoint(folder, { spec })).toMatchObject({ equal: true });
    expect(await plain.verifyCheckpoint(folder)).toMatchObject({ equal: true });
  });
  await fc.assert(law, { numRuns: casesOf({ few: 4, all: 60 }), seed: 13 });
});
