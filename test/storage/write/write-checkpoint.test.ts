import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, JumpfillError, SharedTensor, type Progress } from 'jumpfill';
import { withPool } from '#built/api/pool-seam.js';
import { expectSameBytes, sha256 } from '../../support/bytes.js';
import { listFolder, makeFolder } from '../../support/folder.js';
import { readSafetensors } from '../../support/safetensors.js';

const engine = new Engine({ threads: 2, seed: 1n });
afterAll(() => engine.close());

const SPEC = {
  seed: 42,
  default: { dtype: 'float32', init: { kind: 'wage', bits: 2, factor: 1 } },
  tensors: [
    { name: '10', shape: [300, 1000] },
    { name: '2', shape: [64, 3, 3, 3] },
    { name: 'größe.重み', shape: [100_003], init: { kind: 'truncated_normal', std: 0.02 } },
    { name: 'u', shape: [7, 5], init: { kind: 'uniform', low: -1, high: 2 } },
    { name: 'scalar', shape: [], init: { kind: 'constant', value: 0.1 } },
    { name: 'none', shape: [0, 3] },
    { name: 'bias', shape: [10], init: { kind: 'zeros' } },
    { name: 'norm', shape: [70_000], init: { kind: 'ones' } },
  ],
} as const;

describe('a checkpoint of one file', () => {
  test('has the tensors in the order of the spec, each with the bytes of a fill of the same name and seed', async () => {
    const out = join(makeFolder(), 'm.safetensors');
    const report = await engine.writeCheckpoint(SPEC, { out });
    const { tensors } = readSafetensors(out);
    expect(tensors.map(({ name, shape, dtype }) => ({ name, shape, dtype }))).toEqual(
      SPEC.tensors.map(({ name, shape }) => ({ name, shape, dtype: 'F32' })),
    );
    const w = await engine.wageInit_(SharedTensor.empty([300, 1000], { name: '10' }), 2, {
      factor: 1,
      seed: 42,
    });
    const t = await engine.truncatedNormal_(SharedTensor.empty([100_003], { name: 'größe.重み' }), {
      std: 0.02,
      seed: 42,
    });
    const u = await engine.uniform_(SharedTensor.empty([7, 5], { name: 'u' }), {
      low: -1,
      high: 2,
      seed: 42,
    });
    const data = new Map(tensors.map((tensor) => [tensor.name, tensor.data]));
    const floats = (name: string): number[] => [
      ...new Float32Array(new Uint8Array(data.get(name) ?? []).buffer),
    ];
    expectSameBytes(data.get('10') ?? new Uint8Array(), w.data);
    expectSameBytes(data.get('größe.重み') ?? new Uint8Array(), t.data);
    expectSameBytes(data.get('u') ?? new Uint8Array(), u.data);
    expect(floats('scalar')).toEqual([Math.fround(0.1)]);
    expect(floats('bias')).toEqual(new Array(10).fill(0));
    expect(floats('norm').every((value) => value === 1)).toBe(true);
    expect(report.tensors.map(({ byteOffset }) => byteOffset)).toEqual(tensors.map(({ begin }) => begin));
  });

  test('has aligned data, and metadata strings that say how to regenerate it', async () => {
    const out = join(makeFolder(), 'm.safetensors');
    await engine.writeCheckpoint(SPEC, { out });
    const { metadata, dataOffset } = readSafetensors(out);
    expect(dataOffset % 8).toBe(0);
    expect(Object.keys(metadata)).toEqual(['format', 'jumpfill']);
    expect(metadata['format']).toBe('pt');
    const told = JSON.parse(metadata['jumpfill'] ?? '') as Record<string, unknown>;
    expect(told).toMatchObject({ byte_contract: 1, seed: '42' });
    expect(told['version']).toMatch(/^\d+\.\d+\.\d+$/);
    expect(told['tensors']).toMatchObject({
      '2': { init: { kind: 'wage', bits: 2, factor: 1, mode: 'fan_in' }, weight_scale: 2, limit: 0.75 },
      bias: { init: { kind: 'zeros' } },
    });
  });

  test('can be regenerated from its own header', async () => {
    const folder = makeFolder();
    const [first, second] = [join(folder, 'a.safetensors'), join(folder, 'b.safetensors')];
    await engine.writeCheckpoint({ ...SPEC, seed: 2n ** 64n - 1n }, { out: first });
    const { metadata, tensors } = readSafetensors(first);
    const told = JSON.parse(metadata['jumpfill'] ?? '') as {
      seed: string;
      tensors: Record<string, { init: object }>;
    };
    const spec = {
      seed: BigInt(told.seed),
      tensors: tensors.map(({ name, shape }) => ({
        name,
        shape,
        dtype: 'float32',
        init: told.tensors[name]?.init,
      })),
    };
    await engine.writeCheckpoint(spec, { out: second });
    expectSameBytes(readFileSync(second), readFileSync(first));
  });

  test('is the same on 1, 2 and 7 threads, and its checksum is the SHA-256 of the file', async () => {
    const out = join(makeFolder(), 'm.safetensors');
    const sums = [];
    for (const threads of [1, 2, 7]) {
      await using other = new Engine({ threads });
      sums.push((await other.writeCheckpoint(SPEC, { out, force: true, checksum: true })).sha256);
    }
    expect(new Set(sums)).toEqual(new Set([sha256(readFileSync(out))]));
  });

  test('is drawn with the seed from the options, else the spec, else the engine', async () => {
    const out = join(makeFolder(), 'm.safetensors');
    const seedless = { default: SPEC.default, tensors: SPEC.tensors };
    const seedOf = async (spec: object, seed?: number): Promise<string> =>
      (await engine.writeCheckpoint(spec, { out, force: true, seed })).seed;
    expect(await seedOf(SPEC, 7)).toBe('7');
    expect(await seedOf(SPEC)).toBe('42');
    expect(await seedOf(seedless)).toBe('1');
  });

  test('of up to four blocks is written on the calling thread', async () => {
    await using fresh = new Engine({ threads: 2 });
    const out = join(makeFolder(), 'm.safetensors');
    await fresh.writeCheckpoint({ tensors: SPEC.tensors.slice(3, 5) }, { out });
    expect(fresh.isStarted).toBe(false);
    expect(readSafetensors(out).tensors).toHaveLength(2);
  });

  test('may have the longest name a file can have', async () => {
    const out = join(makeFolder(), 'm'.repeat(255));
    await engine.writeCheckpoint({ tensors: SPEC.tensors.slice(3, 5) }, { out });
    expect(readSafetensors(out).tensors).toHaveLength(2);
  });

  test('contains 0 for a constant of -0, because its metadata could not express -0', async () => {
    const out = join(makeFolder(), 'm.safetensors');
    const tensors = [{ name: 'c', shape: [2], init: { kind: 'constant', value: -0 } }];
    await engine.writeCheckpoint({ tensors }, { out });
    expect([...(readSafetensors(out).tensors[0]?.data ?? [])]).toEqual(new Array(8).fill(0));
  });

  test('without tensors consists of a header only', async () => {
    const out = join(makeFolder(), 'm.safetensors');
    await engine.writeCheckpoint({ tensors: [] }, { out });
    expect(readSafetensors(out).tensors).toEqual([]);
  });
});

const failureOf = async (promise: Promise<unknown>): Promise<unknown> =>
  await promise.then(
    () => 'it succeeded',
    (reason: unknown) => reason,
  );

describe('no half-written file:', () => {
  test('an existing file is refused without force, and replaced whole with it', async () => {
    const folder = makeFolder();
    const out = join(folder, 'm.safetensors');
    writeFileSync(out, 'precious');
    expect(await failureOf(engine.writeCheckpoint(SPEC, { out }))).toMatchObject({ code: 'OUTPUT_EXISTS' });
    expect(readFileSync(out, 'utf8')).toBe('precious');
    await engine.writeCheckpoint(SPEC, { out, force: true });
    expect(readSafetensors(out).tensors).toHaveLength(SPEC.tensors.length);
    expect(listFolder(folder)).toEqual(['m.safetensors']);
  });

  test('force replaces a link, and never writes through it', async () => {
    const folder = makeFolder();
    const [out, other] = [join(folder, 'm.safetensors'), join(folder, 'other')];
    writeFileSync(other, 'precious');
    symlinkSync(other, out);
    await engine.writeCheckpoint(SPEC, { out, force: true });
    expect(readFileSync(other, 'utf8')).toBe('precious');
    expect(readSafetensors(out).tensors).toHaveLength(SPEC.tensors.length);
  });

  test('a file that appears meanwhile is kept', async () => {
    const folder = makeFolder();
    const out = join(folder, 'm.safetensors');
    const onProgress = ({ doneElements, totalElements }: Progress): void => {
      if (doneElements === totalElements) writeFileSync(out, 'precious');
    };
    expect(await failureOf(engine.writeCheckpoint(SPEC, { out, onProgress }))).toMatchObject({
      code: 'OUTPUT_EXISTS',
    });
    expect(readFileSync(out, 'utf8')).toBe('precious');
    expect(listFolder(folder)).toEqual(['m.safetensors']);
  });

  test('an abort leaves no file behind, neither the final nor a temporary one', async () => {
    const folder = makeFolder();
    const controller = new AbortController();
    const onProgress = (): void => {
      expect(listFolder(folder)).toHaveLength(1);
      controller.abort('enough');
    };
    const run = engine.writeCheckpoint(SPEC, {
      out: join(folder, 'm.safetensors'),
      signal: controller.signal,
      onProgress,
    });
    expect(await failureOf(run)).toBe('enough');
    expect(listFolder(folder)).toEqual([]);
  });

  test('if a thread dies while it writes, its chunks are written again, and the file is the same', async () => {
    const folder = makeFolder();
    const [good, risky] = [join(folder, 'good'), join(folder, 'risky')];
    await engine.writeCheckpoint(SPEC, { out: good });
    const workerUrl = new URL('../../faults/dying-writer.mjs', import.meta.url);
    await using faulty = new Engine({ threads: 2, ...withPool({ workerUrl }) });
    await faulty.writeCheckpoint(SPEC, { out: risky });
    expectSameBytes(readFileSync(risky), readFileSync(good));
    expect(existsSync(join(folder, '.died'))).toBe(true);
  });

  test.each([
    ['ENOSPC', 'NO_SPACE'],
    ['EIO', 'IO_FAILED'],
  ])('%s while a thread writes is reported with the path, and nothing is left', async (errno, code) => {
    const folder = makeFolder();
    const out = join(folder, 'm.safetensors');
    const workerUrl = new URL(`../../faults/${errno.toLowerCase()}-writer.mjs`, import.meta.url);
    await using faulty = new Engine({ threads: 2, ...withPool({ workerUrl }) });
    const error = await failureOf(faulty.writeCheckpoint(SPEC, { out }));
    expect(error).toBeInstanceOf(JumpfillError);
    expect(error).toMatchObject({ code });
    expect((error as JumpfillError).message).toMatch(out);
    expect((error as JumpfillError).message).toMatch(errno);
    expect(listFolder(folder)).toEqual([]);
  });
});

describe('an impossible output is refused:', () => {
  test('in a folder that does not exist', async () => {
    const out = join(makeFolder(), 'no', 'such', 'm.safetensors');
    expect(await failureOf(engine.writeCheckpoint(SPEC, { out }))).toMatchObject({
      code: 'OUTPUT_NOT_WRITABLE',
    });
  });

  test('a folder, or a path through a file', async () => {
    const folder = makeFolder();
    expect(await failureOf(engine.writeCheckpoint(SPEC, { out: folder, force: true }))).toMatchObject({
      code: 'OUTPUT_NOT_WRITABLE',
    });
    writeFileSync(join(folder, 'file'), '');
    const within = join(folder, 'file', 'm.safetensors');
    expect(await failureOf(engine.writeCheckpoint(SPEC, { out: within }))).toMatchObject({
      code: 'OUTPUT_NOT_WRITABLE',
    });
  });

  test.skipIf(process.getuid?.() === 0)('in a folder without permission to write', async () => {
    const folder = makeFolder();
    chmodSync(folder, 0o500);
    const run = engine.writeCheckpoint(SPEC, { out: join(folder, 'm') });
    expect(await failureOf(run)).toMatchObject({ code: 'OUTPUT_NOT_WRITABLE' });
  });

  test('in a folder where even root may not write', async () => {
    expect(await failureOf(engine.writeCheckpoint(SPEC, { out: '/proc/m.safetensors' }))).toMatchObject({
      code: expect.stringMatching(/OUTPUT_NOT_WRITABLE|NO_SPACE/) as string,
    });
  });

  test('larger than the disk, before a byte is written', async () => {
    const folder = makeFolder();
    const spec = { tensors: [{ name: 'w', shape: [2 ** 25, 2 ** 25], init: { kind: 'zeros' } }] };
    expect(await failureOf(engine.writeCheckpoint(spec, { out: join(folder, 'm') }))).toMatchObject({
      code: 'NO_SPACE',
    });
    expect(listFolder(folder)).toEqual([]);
  });

  test('without a path, or with an unknown option', async () => {
    expect(await failureOf(engine.writeCheckpoint(SPEC, {} as { out: string }))).toMatchObject({
      code: 'BAD_OPTION',
    });
    const options = { out: 'x', sed: 1 } as { out: string };
    expect(await failureOf(engine.writeCheckpoint(SPEC, options))).toMatchObject({ code: 'BAD_OPTION' });
  });
});

describe('with force', () => {
  test('anything but a regular file is refused, also behind a link', async () => {
    const folder = makeFolder();
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    symlinkSync(pipe, join(folder, 'link'));
    for (const out of [pipe, join(folder, 'link')]) {
      expect(await failureOf(engine.writeCheckpoint(SPEC, { out, force: true }))).toMatchObject({
        code: 'OUTPUT_NOT_WRITABLE',
      });
    }
    expect(listFolder(folder)).toEqual(['link', 'pipe']);
    expect(statSync(pipe).isFIFO()).toBe(true);
  });

  test('a private file stays private', async () => {
    const out = join(makeFolder(), 'm');
    writeFileSync(out, 'old', { mode: 0o600 });
    await engine.writeCheckpoint(SPEC, { out, force: true });
    expect(statSync(out).mode & 0o777).toBe(0o600);
  });
});
