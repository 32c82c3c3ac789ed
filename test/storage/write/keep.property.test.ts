/**
 * Checkpoints in which any tensors are kept, drawn, tied, left out and renamed, of sources of any cut: kept bytes are the source's, and whatever
 * way a checkpoint is written, verified or streamed, it is the same.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, expect, test } from 'vitest';
import { Engine, openCheckpoint, type WriteCheckpointOptions } from 'jumpfill';
import { openFailingEngine, stopFailing } from '../../support/failing-writes.js';
import { expectSameBytes } from '../../support/bytes.js';
import { listFolder, makeFolder } from '../../support/folder.js';
import {
  ANY_STORED_DTYPE,
  randomBytesOf,
  saveSource,
  type RandomTensor,
} from '../../support/random-source.js';
import { expectSameFiles } from '../../support/same-files.js';
import { readSafetensors } from '../../support/safetensors.js';
import { casesOf } from '../../support/thorough.js';

const engine = new Engine({ threads: 2 });
afterAll(() => engine.close());
afterEach(stopFailing);

/** What becomes of a tensor; `renamed` is kept under another name. */
type Fate = 'kept' | 'drawn' | 'skipped' | 'renamed';

interface Model {
  readonly tensors: readonly (RandomTensor & { readonly fate: Fate })[];
  readonly files: number;
  readonly shardSize: number | undefined;
  readonly generator: 'torch' | 'xoroshiro128+';
  readonly seed: number;
}

const FLOATS = ['F32', 'BF16', 'F16', 'F64'];
/** A multiple of 8 elements fills whole bytes, whatever the dtype. */
const anyShape = fc.oneof(
  fc.tuple(
    fc.integer({ min: 0, max: 300 }),
    fc.integer({ min: 1, max: 40 }).map((eights) => 8 * eights),
  ),
  fc.constant([2 ** 18 + 8]),
);
const anyTensor = fc.oneof(
  fc.record({
    dtype: fc.constantFrom(...FLOATS),
    shape: anyShape,
    fate: fc.constantFrom<Fate>('drawn', 'kept', 'renamed'),
  }),
  fc.record({
    dtype: fc.constantFrom(...ANY_STORED_DTYPE),
    shape: anyShape,
    fate: fc.constantFrom<Fate>('kept', 'skipped', 'renamed'),
  }),
);

const anyModel: fc.Arbitrary<Model> = fc.record({
  tensors: fc
    .array(anyTensor, { minLength: 2, maxLength: 8 })
    .map((list) => [
      { name: 'always.kept', dtype: 'F16', shape: [600, 600], fate: 'kept' as const },
      ...list.map((tensor, i) => ({ name: `${tensor.fate}.${i}`, ...tensor })),
    ]),
  files: fc.integer({ min: 1, max: 3 }),
  shardSize: fc.oneof(fc.integer({ min: 20_000, max: 1_500_000 }), fc.constant(undefined)),
  generator: fc.constantFrom('torch', 'xoroshiro128+'),
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
});

const KEEP = { kind: 'keep' };
const specOf = ({ generator, seed }: Model): object => ({
  ...{ seed, generator, default: { init: KEEP } },
  rules: [
    { match: 'drawn.*', init: { kind: 'normal', std: 0.5 } },
    { match: 'skipped.*', skip: true },
    { match: 'renamed.*', rename: 'model.$1', init: KEEP },
  ],
});

const nameIn = (folder: string): string => join(folder, 'm.safetensors');
const writtenName = (name: string): string => name.replace(/^renamed\./, 'model.');

function expectKept(folder: string, { tensors }: Model): void {
  const files = listFolder(folder).filter((name) => name.endsWith('.safetensors'));
  const stored = files.flatMap((name) => readSafetensors(join(folder, name)).tensors);
  const left = tensors.filter(({ fate }) => fate !== 'skipped');
  expect(stored.map(({ name }) => name).sort()).toEqual(left.map(({ name }) => writtenName(name)).sort());
  for (const tensor of left) {
    const written = stored.find(({ name }) => name === writtenName(tensor.name));
    expect([written?.dtype, written?.shape]).toEqual([tensor.dtype, tensor.shape]);
    if (tensor.fate === 'drawn') continue;
    expectSameBytes(written?.data ?? new Uint8Array(1), randomBytesOf(tensor), tensor.name);
  }
}

async function write(model: Model, options: Partial<WriteCheckpointOptions>): Promise<string> {
  const folder = makeFolder();
  await engine.writeCheckpoint(specOf(model), {
    shardSize: model.shardSize,
    ...options,
    out: nameIn(folder),
  });
  return folder;
}

test('after a failure, in parts and as streams, the files are those of one run, and kept bytes are those of the source', async () => {
  let failures = 0;
  const anyPoint = fc.integer({ min: 1, max: 6 });
  const law = fc.asyncProperty(anyModel, anyPoint, async (model, point) => {
    const like = saveSource(model.tensors, model.files);
    const { shardSize } = model;
    const spec = specOf(model);
    const [whole, broken, parts] = [await write(model, { like }), makeFolder(), makeFolder()];
    expectKept(whole, model);
    await using failing = openFailingEngine(point);
    const options = { out: nameIn(broken), like, shardSize, resume: true, recordIntervalMs: 0 };
    await failing.writeCheckpoint(spec, options).catch((error: unknown) => {
      failures++;
      expect(error).toMatchObject({ code: 'IO_FAILED' });
    });
    await engine.writeCheckpoint(spec, options);
    expectSameFiles(broken, whole);
    for (const part of [2, 1])
      await engine.writeCheckpoint(spec, { out: nameIn(parts), like, shardSize, part: { part, parts: 2 } });
    if (listFolder(whole).length > 1) await engine.mergeCheckpoint({ out: nameIn(parts) });
    expectSameFiles(parts, whole);
    for await (const file of engine.streamCheckpointFiles(spec, { like, shardSize, name: 'm' })) {
      const pieces: Uint8Array[] = [];
      const cut = Math.floor(file.byteLength * 0.6);
      for await (const piece of file.stream(0, cut)) pieces.push(piece);
      for await (const piece of file.stream(cut)) pieces.push(piece);
      expectSameBytes(Buffer.concat(pieces), readFileSync(join(whole, file.name)), file.name);
    }
  });
  await fc.assert(law, { numRuns: casesOf({ few: 6, all: 60 }), seed: 14 });
  expect(failures).toBeGreaterThan(casesOf({ few: 1, all: 20 }));
});

test('what a checkpoint records, with its source, writes it again; verify compares all of it, or says what it did not', async () => {
  const law = fc.asyncProperty(anyModel, async (model) => {
    const like = saveSource(model.tensors, model.files);
    const folder = await write(model, { like });
    const recorded = (await openCheckpoint(folder)).spec();
    const again = makeFolder();
    await engine.writeCheckpoint(recorded, { out: nameIn(again), like });
    expectSameFiles(again, folder);
    expect(await engine.verifyCheckpoint(folder, { like })).toMatchObject({ equal: true, unchecked: [] });
    expect(await engine.verifyCheckpoint(folder, { like, spec: specOf(model) })).toMatchObject({
      equal: true,
      unchecked: [],
    });
    const checkpoint = await openCheckpoint(folder);
    // The recorded hash of a shorter one tells all of it.
    const unchecked = model.tensors
      .filter(({ fate }) => fate === 'kept' || fate === 'renamed')
      .map(({ name }) => writtenName(name))
      .filter((name) => checkpoint.entry(name).byteLength > 8192);
    const alone = await engine.verifyCheckpoint(folder);
    expect({ ...alone, unchecked: [...alone.unchecked].sort() }).toMatchObject({
      equal: true,
      unchecked: unchecked.sort(),
    });
    expect((await engine.inspectCheckpoint(folder)).verdicts).toMatchObject({ unexpected: 0, unknown: 0 });
  });
  await fc.assert(law, { numRuns: casesOf({ few: 6, all: 60 }), seed: 14 });
});
