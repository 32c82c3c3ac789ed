import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, openCheckpoint, verifyCheckpoint, type Checkpoint, type Progress } from 'jumpfill';
import { at } from '#built/base/at.js';
import { withPool } from '#built/api/pool-seam.js';
import { makeDraw } from '../../../src/domain/recipes/draws.js';
import { BLOCK_ELEMENTS } from '../../../src/domain/streams/generator.js';
import { resolveModel } from '../../../src/domain/specs/spec.js';
import { openFiller, SPECIFICATION } from '../../../src/engine/choice/open-filler.js';
import { compareFile } from '../../../src/storage/verify/compare-work.js';
import { Findings } from '../../../src/storage/verify/findings.js';
import { failureOf } from '../../support/failure.js';
import { makeFolder } from '../../support/folder.js';
import { frame, headerOf, saveFile, writeShards } from '../../support/stored-files.js';
import { casesOf, slowTest } from '../../support/thorough.js';

const engine = new Engine({ threads: 2, seed: 1n });
afterAll(() => engine.close());

const SPEC = {
  seed: 42,
  tensors: [
    { name: 'w', shape: [300, 1001], init: { kind: 'wage', bits: 2, factor: 1 } },
    { name: 'codes', shape: [30, 1001], init: { kind: 'wage', bits: 4, codes: true } },
    { name: 'half', shape: [400_001], dtype: 'bfloat16', init: { kind: 'truncated_normal', std: 0.02 } },
    { name: 'he', shape: [70, 3, 5], dtype: 'float16', init: { kind: 'he_normal' } },
    { name: 'double', shape: [3, 50_001], dtype: 'float64', init: { kind: 'normal' } },
    { name: 'scalar', shape: [], init: { kind: 'constant', value: 0.1 } },
    { name: 'bias', shape: [10], init: { kind: 'zeros' } },
    { name: 'none', shape: [0, 3], init: { kind: 'zeros' } },
  ],
} as const;

const ELEMENTS = 300_300 + 30_030 + 400_001 + 1050 + 150_003 + 1 + 10;
const BYTES = 4 * 300_300 + 30_030 + 2 * 400_001 + 2 * 1050 + 8 * 150_003 + 4 + 40;

/** Saves the same tensors without metadata. */
async function strip(path: string): Promise<string> {
  const checkpoint = await openCheckpoint(path);
  const entries = Object.fromEntries(
    checkpoint.names.map((name) => {
      const { storedDtype, shape, byteLength } = checkpoint.entry(name);
      return [name, { storedDtype, shape, byteLength }] as const;
    }),
  );
  let end = 0;
  const header = headerOf(
    Object.fromEntries(
      Object.entries(entries).map(([name, { storedDtype, shape, byteLength }]) => [
        name,
        [storedDtype, shape, end, (end += byteLength)],
      ]),
    ),
  );
  const file = readFileSync(checkpoint.entry(checkpoint.names[0] ?? '').file);
  return saveFile(frame(header, file.subarray(file.length - end)));
}

/** Changes one byte of a tensor, by its position in the tensor's data. */
function flip(
  checkpoint: Checkpoint,
  name: string,
  byte: number,
  mask = 1,
): { file: string; position: number } {
  const { file, byteOffset } = checkpoint.entry(name);
  const bytes = readFileSync(file);
  const position = byteOffset + byte;
  bytes[position] = at(bytes, position) ^ mask;
  writeFileSync(file, bytes);
  return { file, position };
}

describe('verifying', () => {
  test.each([1, 3])('finds a checkpoint of %i files equal', async (shards) => {
    const folder = await writeShards(engine, SPEC, shards);
    const seen: Progress[] = [];
    const report = await engine.verifyCheckpoint(folder, { onProgress: (progress) => seen.push(progress) });
    expect(report).toEqual({
      path: folder,
      equal: true,
      generator: 'xoroshiro128+',
      seed: '42',
      threads: 2,
      checkedElements: ELEMENTS,
      checkedBytes: BYTES,
      totalBytes: BYTES,
      elapsedMs: expect.any(Number) as number,
      differences: [],
      metadataDifferences: [],
      missing: [],
      unchecked: [],
      warnings: [],
    });
    expect(seen.at(-1)).toEqual({ doneElements: ELEMENTS, totalElements: ELEMENTS });
  });

  test('needs no metadata with a spec, and no seed in the spec with metadata', async () => {
    const folder = await writeShards(engine, SPEC, 1);
    const stripped = await strip(folder);
    expect(await failureOf(engine.verifyCheckpoint(stripped))).toMatchObject({ code: 'NO_RECIPE' });
    expect(await engine.verifyCheckpoint(stripped, { spec: SPEC })).toMatchObject({
      equal: true,
      checkedBytes: BYTES,
    });
    const seedless = { tensors: SPEC.tensors };
    expect(await failureOf(engine.verifyCheckpoint(stripped, { spec: seedless }))).toMatchObject({
      code: 'BAD_SEED',
    });
    expect(await engine.verifyCheckpoint(stripped, { spec: seedless, seed: 42 })).toMatchObject({
      equal: true,
    });
    expect(await verifyCheckpoint(folder, { spec: seedless, engine })).toMatchObject({
      equal: true,
      seed: '42',
    });
  });

  test('with another seed finds every random tensor different, and no other', async () => {
    const { equal, differences } = await engine.verifyCheckpoint(await writeShards(engine, SPEC, 2), {
      seed: 43,
    });
    expect(equal).toBe(false);
    expect(differences.map(({ name }) => name).sort()).toEqual(['codes', 'double', 'half', 'he', 'w']);
  });

  test('of some tensors reads only those', async () => {
    const folder = await writeShards(engine, SPEC, 2);
    flip(await openCheckpoint(folder), 'half', 0);
    const report = await engine.verifyCheckpoint(folder, { tensors: ['w', 'scalar', 'w'] });
    expect(report).toMatchObject({ equal: true, checkedElements: 300_301, totalBytes: BYTES });
    expect(await engine.verifyCheckpoint(folder, { tensors: ['half'] })).toMatchObject({ equal: false });
    expect(await engine.verifyCheckpoint(folder, { tensors: [] })).toMatchObject({
      equal: true,
      checkedElements: 0,
    });
    const error = await failureOf(engine.verifyCheckpoint(folder, { tensors: ['half', 'scaler'] }));
    expect(error.message).toMatch(/no tensor "scaler".*Did you mean "scalar"/);
  });

  test('of a sample checks whole blocks, at least one of each tensor, and reports the seed that chose them', async () => {
    const folder = await writeShards(engine, SPEC, 1);
    const report = await engine.verifyCheckpoint(folder, { sample: 0.001 });
    expect(report).toMatchObject({ equal: true, sampleSeed: expect.stringMatching(/^\d+$/) as string });
    expect(report.checkedElements).toBeGreaterThanOrEqual(30_030 + 1050 + 11 + 3);
    expect(report.checkedElements).toBeLessThanOrEqual(3 * BLOCK_ELEMENTS + 30_030 + 1050 + 11);
    const of = async (sampleSeed: number): Promise<number> =>
      (await engine.verifyCheckpoint(folder, { sample: 0.4, sampleSeed })).checkedElements;
    expect(await of(1)).toBe(await of(1));
    expect(await engine.verifyCheckpoint(folder, { sample: 1 })).toMatchObject({ checkedElements: ELEMENTS });
    flip(await openCheckpoint(folder), 'bias', 5);
    expect(await engine.verifyCheckpoint(folder, { sample: 0.001 })).toMatchObject({ equal: false });
  });

  slowTest('opens few files at once, and reports its progress as one run', async () => {
    const tensors = Array.from({ length: 150 }, (_, i) => ({
      name: `${i}`,
      shape: [25],
      init: { kind: 'normal' },
    }));
    const out = join(makeFolder(), 'm.safetensors');
    const { path, files } = await engine.writeCheckpoint({ seed: 1, tensors }, { out, shardSize: 100 });
    expect(files).toHaveLength(150);
    const seen: Progress[] = [];
    const report = await engine.verifyCheckpoint(path, { onProgress: (progress) => seen.push(progress) });
    expect(report).toMatchObject({ equal: true, checkedElements: 150 * 25 });
    const done = seen.map(({ doneElements }) => doneElements);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(seen.at(-1)).toEqual({ doneElements: 150 * 25, totalElements: 150 * 25 });
    flip(await openCheckpoint(path), '149', 0);
    flip(await openCheckpoint(path), '0', 0);
    expect((await engine.verifyCheckpoint(path)).differences.map(({ name }) => name)).toEqual(['0', '149']);
    // Node itself has some 20 open, and more than 64 while it loads modules.
    const limited = spawnSync('bash', [
      '-c',
      `ulimit -n 100; ${process.execPath} dist/src/cli.js verify "$0"`,
      path,
    ]);
    expect(limited.stdout.toString()).toMatch(/different: 3,750 elements/);
    const tight = spawnSync('bash', [
      '-c',
      `ulimit -n 74; ${process.execPath} dist/src/cli.js verify "$0"`,
      path,
    ]);
    expect(tight.stderr.toString()).toMatch(/EMFILE.* Raise the limit .*\[IO_FAILED\]/);
    expect(tight.status).toBe(1);
  });

  test('can be aborted', async () => {
    const folder = await writeShards(engine, SPEC, 1);
    const controller = new AbortController();
    const onProgress = (): void => {
      controller.abort('enough');
    };
    const run = engine.verifyCheckpoint(folder, { signal: controller.signal, onProgress });
    expect(await run.catch((reason: unknown) => reason)).toBe('enough');
    const gone = engine.verifyCheckpoint(folder, { signal: AbortSignal.abort('never') });
    expect(await gone.catch((reason: unknown) => reason)).toBe('never');
  });
});

test('a flipped byte is found: its tensor, element and position, and nothing else', async () => {
  const folder = await writeShards(engine, SPEC, 2);
  const checkpoint = await openCheckpoint(folder);
  const anyByte = fc
    .record({ name: fc.constantFrom(...checkpoint.names.filter((name) => name !== 'none')), at: fc.nat() })
    .map(({ name, at }) => ({ name, byte: at % checkpoint.entry(name).byteLength }));
  const property = fc.asyncProperty(
    anyByte,
    fc.integer({ min: 1, max: 255 }),
    async ({ name, byte }, mask) => {
      const { file } = flip(checkpoint, name, byte, mask);
      const { byteLength, elementCount, byteOffset, shape } = checkpoint.entry(name);
      const width = byteLength / elementCount;
      const element = Math.floor(byte / width);
      const { equal, differences, metadataDifferences } = await engine.verifyCheckpoint(folder);
      flip(checkpoint, name, byte, mask);
      expect({ equal, metadataDifferences }).toEqual({ equal: false, metadataDifferences: [] });
      expect(differences).toHaveLength(1);
      expect(differences[0]).toMatchObject({
        name,
        differing: 1,
        first: { element, file, byteOffset: byteOffset + element * width },
      });
      const index = differences[0]?.first.index ?? [];
      expect(index.reduce((flat, step, axis) => flat * at(shape, axis) + step, 0)).toBe(element);
      const { expected, found } = differences[0]?.first ?? expect.fail('no difference');
      expect(BigInt(expected.bits) ^ BigInt(found.bits)).toBe(BigInt(mask) << BigInt(8 * (byte % width)));
    },
  );
  await fc.assert(property, { numRuns: casesOf({ few: 10, all: 25 }) });
  expect(await engine.verifyCheckpoint(folder)).toMatchObject({ equal: true });
});

describe('what differs', () => {
  test('is counted per tensor, and the first element is shown as numbers and bits', async () => {
    const folder = await writeShards(engine, SPEC, 1);
    const checkpoint = await openCheckpoint(folder);
    for (const element of [400_000, 399_999, 131_072, 7]) flip(checkpoint, 'half', 2 * element + 1, 0x80);
    flip(checkpoint, 'bias', 39, 0x80);
    const { differences } = await engine.verifyCheckpoint(folder);
    const { name, differing, first } =
      differences.find((difference) => difference.name === 'half') ?? expect.fail('none');
    expect({ name, differing, element: first.element, index: first.index }).toEqual({
      name: 'half',
      differing: 4,
      element: 7,
      index: [7],
    });
    expect(first.expected.value).toBe(-Number(first.found.value));
    expect(differences.find((difference) => difference.name === 'bias')).toMatchObject({
      differing: 1,
      first: { expected: { value: 0, bits: '0x00000000' }, found: { value: -0, bits: '0x80000000' } },
    });
  });

  test('may be the facts in the metadata: scales, steps, widths', async () => {
    const path = (await openCheckpoint(await writeShards(engine, SPEC, 1))).entry('w').file;
    const bytes = readFileSync(path);
    const text = bytes.toString('latin1');
    const change = (from: string, to: string): string => {
      expect(text).toContain(from);
      return saveFile(Buffer.from(text.replace(from, to), 'latin1'));
    };
    const scale = await engine.verifyCheckpoint(change('\\"weight_scale\\":16', '\\"weight_scale\\":32'));
    expect(scale).toMatchObject({ equal: false, differences: [] });
    expect(scale.metadataDifferences).toEqual([
      { name: 'w', figure: 'weightScale', stored: 32, expected: 16 },
    ]);
    const gone = await engine.verifyCheckpoint(change('\\"step\\":0.125', '\\"stop\\":0.125'));
    expect(gone.metadataDifferences).toEqual([
      { name: 'codes', figure: 'step', stored: undefined, expected: 0.125 },
    ]);
    // Each recorded width: a normal's std, a uniform's limit.
    for (const figure of ['std', 'limit'] as const) {
      // Behind the initialiser, which may have a std of its own.
      const told = new RegExp(`(?<=\\}[^{}]*)\\\\"${figure}\\\\":([0-9.e-]+)`);
      const [whole = '', digits = ''] = told.exec(text) ?? [];
      const other = `${digits.slice(0, -1)}${digits.endsWith('1') ? '2' : '1'}`;
      const { metadataDifferences } = await engine.verifyCheckpoint(
        change(whole, whole.replace(digits, other)),
      );
      expect(metadataDifferences, figure).toEqual([
        { name: expect.any(String) as string, figure, stored: Number(other), expected: Number(digits) },
      ]);
    }
    const damaged = change('\\"seed\\"', '\\"sead\\"');
    expect(await failureOf(engine.verifyCheckpoint(damaged))).toMatchObject({ code: 'BAD_CHECKPOINT' });
    const told = await engine.verifyCheckpoint(damaged, { spec: SPEC });
    expect(told).toMatchObject({
      equal: false,
      differences: [],
      metadataFault: expect.stringMatching(/seed is missing/) as string,
    });
  });

  test('is neither forgotten nor counted twice when a thread dies', async () => {
    const folder = await writeShards(engine, SPEC, 1);
    const checkpoint = await openCheckpoint(folder);
    const { file, byteOffset } = checkpoint.entry('w');
    const bytes = readFileSync(file);
    for (let element = 0; element < 300_300; element += 1000)
      bytes.writeUInt8(bytes.readUInt8(byteOffset + 4 * element) ^ 1, byteOffset + 4 * element);
    writeFileSync(file, bytes);
    const workerUrl = new URL('../../faults/dying-reader.mjs', import.meta.url);
    await using faulty = new Engine({ threads: 2, ...withPool({ workerUrl }) });
    const { differences } = await faulty.verifyCheckpoint(folder);
    expect(existsSync(join(dirname(file), '.died'))).toBe(true);
    expect(differences).toMatchObject([{ name: 'w', differing: 301, first: { element: 0 } }]);
  });
});

describe('verifying is refused', () => {
  test('with a spec of other tensors, which are listed', async () => {
    const folder = await writeShards(engine, SPEC, 2);
    const [w, codes, half, ...rest] = SPEC.tensors;
    const spec = {
      seed: 42,
      tensors: [
        { ...w, shape: [1001, 300] },
        { ...half, dtype: 'float16' },
        { name: 'extra', shape: [1], init: { kind: 'zeros' } },
        ...rest,
      ],
    };
    const error = await failureOf(engine.verifyCheckpoint(folder, { spec }));
    expect(error).toMatchObject({ code: 'BAD_CHECKPOINT' });
    for (const mismatch of [
      'Tensor "w" is F32 [300,1001], but F32 [1001,300] in the spec',
      'Tensor "half" is BF16 [400001], but F16 [400001] in the spec',
      'Tensor "extra" is missing',
      `Tensor "${codes.name}" is not in the spec`,
    ]) {
      expect(error.message).toContain(mismatch);
    }
  });

  test('with metadata that are not a spec', async () => {
    const told = {
      byte_contract: 1,
      seed: '1',
      tensors: { a: { init: { kind: 'uniform', low: 2, high: 1 } } },
    };
    const save = (init: unknown): string =>
      saveFile(
        frame(
          headerOf(
            { a: ['F32', [1], 0, 4] },
            { jumpfill: JSON.stringify({ ...told, tensors: { a: { init } } }) },
          ),
          4,
        ),
      );
    for (const init of [
      told.tensors.a.init,
      { kind: 'unifrom' },
      1,
      null,
      [],
      { kind: 'zeros', __proto: 1 },
    ]) {
      expect(await failureOf(engine.verifyCheckpoint(save(init))), JSON.stringify(init)).toMatchObject({
        code: 'BAD_CHECKPOINT',
      });
    }
  });

  test.each([
    [{ sample: 0 }, 'BAD_OPTION'],
    [{ sample: 1.5 }, 'BAD_OPTION'],
    [{ sample: NaN }, 'BAD_OPTION'],
    [{ sampleSeed: 1 }, 'BAD_OPTION'],
    [{ sample: 0.5, sampleSeed: -1 }, 'BAD_SEED'],
    [{ tensors: 'w' }, 'BAD_OPTION'],
    [{ tensors: [1] }, 'BAD_OPTION'],
    [{ seed: 1.5 }, 'BAD_SEED'],
    [{ sed: 1 }, 'BAD_OPTION'],
    [{ spec: {} }, 'BAD_SPEC'],
    [{ signal: 1 }, 'BAD_OPTION'],
  ])('with %j', async (options, code) => {
    const folder = await writeShards(engine, SPEC, 1);
    expect(await failureOf(engine.verifyCheckpoint(folder, options as object))).toMatchObject({ code });
  });

  test('with a negative sampleSeed, which no choice of a generator would mend', async () => {
    const folder = await writeShards(engine, SPEC, 1);
    expect(await failureOf(engine.verifyCheckpoint(folder, { sample: 0.5, sampleSeed: -1 }))).toMatchObject({
      message: 'verifyCheckpoint: sampleSeed: The seed is -1. A seed is a whole number from 0 to 2^64 - 1.',
    });
  });

  test('without a path, without a checkpoint, and after the engine was closed', async () => {
    expect(await failureOf(engine.verifyCheckpoint(''))).toMatchObject({ code: 'BAD_OPTION' });
    expect(await failureOf(engine.verifyCheckpoint(makeFolder()))).toMatchObject({ code: 'BAD_CHECKPOINT' });
    const closed = new Engine({ threads: 1 });
    await closed.close();
    expect(await failureOf(closed.verifyCheckpoint('x'))).toMatchObject({ code: 'ENGINE_CLOSED' });
  });
});

describe('a read error names the file', () => {
  test('and the byte, when the system fails', async () => {
    const folder = await writeShards(engine, SPEC, 1);
    const workerUrl = new URL('../../faults/eio-reader.mjs', import.meta.url);
    await using faulty = new Engine({ threads: 2, ...withPool({ workerUrl }) });
    const error = await failureOf(faulty.verifyCheckpoint(folder));
    expect(error).toMatchObject({ code: 'IO_FAILED' });
    expect(error.message).toContain(`${folder}/model-00001-of-00001.safetensors: reading failed at byte `);
    expect(error.message).toContain(': EIO');
  });

  test('and the byte where it ends if it was cut short: missing bytes do not count as zeros', () => {
    const path = saveFile(Buffer.alloc(4000));
    const [tensor] = resolveModel({
      tensors: [{ name: 'z', shape: [1000], init: { kind: 'zeros' } }],
    }).tensors;
    const source = { generator: 'xoroshiro128+', seed: 1n } as const;
    const draw = makeDraw(source, tensor ?? expect.fail('none'), undefined);
    const descriptor = openSync(path, 'r');
    const findings = Findings.create();
    const file = { kind: 'file', descriptor, path, position: 0 } as const;
    const filler = openFiller(SPECIFICATION, () => undefined);
    const work = compareFile({ kind: 'compare', draw, source: file, findings }, filler);
    work.run(0, 1000, 0);
    truncateSync(path, 3999);
    expect(() => {
      work.run(0, 1000, 0);
    }).toThrow(`${path}: reading failed: the file ends at byte 3999`);
    expect(new Findings(findings)).toMatchObject({ differing: 0, first: undefined });
    closeSync(descriptor);
  });
});

test('findings keep the sum and the smallest first element, in any order of additions', () => {
  const findings = new Findings(Findings.create());
  findings.add(3, 500);
  findings.add(1, 2 ** 52);
  findings.add(2 ** 40, 7);
  expect({ differing: findings.differing, first: findings.first }).toEqual({
    differing: 2 ** 40 + 4,
    first: 7,
  });
});
