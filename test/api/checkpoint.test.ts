/** Reads checkpoints, and draws slices of checkpoints that were never written. */
import { appendFileSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, JumpfillError, drawSlice, openCheckpoint, SharedTensor, type Checkpoint } from 'jumpfill';
import { failureOf } from '../support/failure.js';
import { expectSameBytes } from '../support/bytes.js';
import { makeFolder } from '../support/folder.js';
import { readSafetensors } from '../support/safetensors.js';
import { frame, headerOf, saveFile, writeShards } from '../support/stored-files.js';

const engine = new Engine({ threads: 2, seed: 1n });
afterAll(() => engine.close());

const SPEC = {
  seed: 42,
  tensors: [
    { name: 'w', shape: [300, 1000], init: { kind: 'wage', bits: 2, factor: 1 } },
    { name: 'codes', shape: [30, 1001], init: { kind: 'wage', bits: 4, codes: true } },
    { name: 'half', shape: [70_001], dtype: 'bfloat16', init: { kind: 'truncated_normal', std: 0.02 } },
    { name: 'double', shape: [3, 5], dtype: 'float64', init: { kind: 'normal' } },
    { name: 'scalar', shape: [], init: { kind: 'constant', value: 0.1 } },
    { name: 'none', shape: [0, 3], init: { kind: 'zeros' } },
  ],
} as const;

async function openWritten(shards: number): Promise<Checkpoint> {
  return await openCheckpoint(await writeShards(engine, SPEC, shards));
}

describe.each([1, 3])('a checkpoint of %i files', (shards) => {
  test('gives the position of each tensor', async () => {
    const checkpoint = await openWritten(shards);
    expect([...checkpoint.names].sort()).toEqual(SPEC.tensors.map(({ name }) => name).sort());
    for (const name of checkpoint.names) {
      const { file, byteOffset, byteLength, ...entry } = checkpoint.entry(name);
      const stored = readSafetensors(file).tensors.find((tensor) => tensor.name === name);
      expect(stored).toMatchObject({ begin: byteOffset, shape: entry.shape, dtype: entry.storedDtype });
      expect(stored?.data.length).toBe(byteLength);
    }
  });

  test('gives tensors with their bytes, shapes, dtypes, scales and steps', async () => {
    const checkpoint = await openWritten(shards);
    for (const { name, shape } of SPEC.tensors) {
      const tensor = await checkpoint.tensor(name);
      const stored = readSafetensors(checkpoint.entry(name).file).tensors.find(
        (other) => other.name === name,
      );
      expect(tensor).toBeInstanceOf(SharedTensor);
      expect({ shape: tensor.shape, name: tensor.name }).toEqual({ shape, name });
      expectSameBytes(tensor.data, stored?.data ?? new Uint8Array());
    }
    expect(await checkpoint.tensor('w')).toMatchObject({
      weightScale: 16,
      step: undefined,
      dtype: 'float32',
    });
    expect(await checkpoint.tensor('codes')).toMatchObject({ step: 0.125, dtype: 'int8' });
    expect(await checkpoint.tensor('half')).toMatchObject({ weightScale: undefined, dtype: 'bfloat16' });
  });
});

test('a slice is a piece of the tensor, whether it is read or drawn', async () => {
  const checkpoint = await openWritten(2);
  const recipe = checkpoint.spec();
  const wholes = new Map<string, Uint8Array>();
  for (const name of checkpoint.names) {
    const { buffer, byteOffset, byteLength } = await checkpoint.tensor(name);
    wholes.set(name, new Uint8Array(buffer, byteOffset, byteLength));
    expectSameBytes((await checkpoint.read(name)).data, wholes.get(name) ?? new Uint8Array(), name);
  }
  const anySlice = fc
    .record({ name: fc.constantFrom(...checkpoint.names), a: fc.nat(), b: fc.nat() })
    .map(({ name, a, b }) => {
      const { elementCount } = checkpoint.entry(name);
      const [start = 0, end = 0] = [a % (elementCount + 1), b % (elementCount + 1)].sort((x, y) => x - y);
      return { name, start, end };
    });
  const property = fc.asyncProperty(anySlice, async ({ name, start, end }) => {
    const { byteLength, elementCount } = checkpoint.entry(name);
    const width = elementCount === 0 ? 0 : byteLength / elementCount;
    const expected = wholes.get(name)?.subarray(start * width, end * width) ?? new Uint8Array();
    const [read, made] = await Promise.all([
      checkpoint.read(name, start, end),
      engine.drawSlice(recipe, { name, start, end }),
    ]);
    expectSameBytes(read.data, expected, `${name} ${start} to ${end}`);
    expectSameBytes(made.data, expected, `${name} ${start} to ${end}`);
    const form = {
      shape: [end - start],
      dtype: read.dtype,
      name,
      weightScale: read.weightScale,
      step: read.step,
    };
    expect(made).toMatchObject(form);
    expect(read).toMatchObject(form);
  });
  await fc.assert(property, { numRuns: 60 });
});

test('the recipe is a spec that survives JSON and makes the same file', async () => {
  const folder = await writeShards(engine, SPEC, 1);
  const checkpoint = await openCheckpoint(folder);
  const out = join(makeFolder(), 'again');
  await engine.writeCheckpoint(JSON.parse(JSON.stringify(checkpoint.spec())), { out });
  const again = await openCheckpoint(out);
  for (const name of checkpoint.names) {
    expectSameBytes((await again.tensor(name)).data, (await checkpoint.tensor(name)).data, name);
  }
});

describe('drawSlice', () => {
  const spec = {
    tensors: [{ name: 'w', shape: [2 ** 20, 2 ** 25], init: { kind: 'uniform', low: 0, high: 1 } }],
  };

  test('draws a slice of a tensor of 128 TiB', async () => {
    const start = 2 ** 45 - 100_000;
    const slice = await engine.drawSlice({ ...spec, seed: 3 }, { name: 'w', start, end: 2 ** 45 });
    const piece = SharedTensor.empty([100_000], { name: 'w' });
    await engine.uniform_(piece, { low: 0, high: 1, seed: 3, offset: start });
    expectSameBytes(slice.data, piece.data);
  });

  test('takes the seed from the options, else the spec, else the engine, and works on the shared engine', async () => {
    const bytes = async (recipe: object, seed?: number): Promise<Uint32Array> =>
      new Uint32Array(
        (await drawSlice(recipe, { name: 'w', start: 0, end: 10, engine, seed })).data.slice().buffer,
      );
    expect(await bytes(spec)).toEqual(await bytes({ ...spec, seed: 1 }));
    expect(await bytes({ ...spec, seed: 9 }, 5)).toEqual(await bytes({ ...spec, seed: 5 }));
    expect((await drawSlice({ ...spec, seed: 1 }, { name: 'w', start: 0, end: 10 })).length).toBe(10);
  });

  test.each([
    ['v', 0, 1, 'BAD_NAME'],
    ['w', -1, 1, 'BAD_OFFSET'],
    ['w', 2, 1, 'BAD_OFFSET'],
    ['w', 0, 2 ** 45 + 1, 'BAD_OFFSET'],
    ['w', 0.5, 1, 'BAD_OFFSET'],
    ['w', 0, NaN, 'BAD_OFFSET'],
  ])('refuses %s from %d to %d', async (name, start, end, code) => {
    expect(await failureOf(engine.drawSlice(spec, { name, start, end }))).toMatchObject({ code });
  });

  test('checks only the named tensor, and refuses a name that two tensors have', async () => {
    const [w] = spec.tensors;
    const odd = { seed: 1, tensors: [{ name: 'v', shape: 'none' }, w] };
    const slice = await engine.drawSlice(odd, { name: 'w', start: 5, end: 15 });
    expectSameBytes(
      slice.data,
      (await engine.drawSlice({ ...spec, seed: 1 }, { name: 'w', start: 5, end: 15 })).data,
    );
    const twice = engine.drawSlice({ seed: 1, tensors: [w, w] }, { name: 'w', start: 5, end: 15 });
    expect(await failureOf(twice)).toMatchObject({ code: 'BAD_NAME' });
    for (const tensors of [[null], 1, { w }, [1, w, 'w']]) {
      const making = engine.drawSlice({ seed: 1, tensors }, { name: 'v', start: 5, end: 15 });
      expect(await failureOf(making)).toMatchObject({ code: 'BAD_SPEC' });
    }
  });

  test('refuses an invalid spec, an unknown option, and work after close', async () => {
    expect(await failureOf(engine.drawSlice({}, { name: 'w', start: 0, end: 1 }))).toMatchObject({
      code: 'BAD_SPEC',
    });
    const odd = { sed: 1 } as object;
    expect(await failureOf(engine.drawSlice(spec, { name: 'w', start: 0, end: 1, ...odd }))).toMatchObject({
      code: 'BAD_OPTION',
    });
    const closed = new Engine({ threads: 1 });
    await closed.close();
    expect(await failureOf(closed.drawSlice(spec, { name: 'w', start: 0, end: 1 }))).toMatchObject({
      code: 'ENGINE_CLOSED',
    });
  });

  test('finishes before close does', async () => {
    const closing = new Engine({ threads: 1, seed: 1n });
    const making = closing.drawSlice(spec, { name: 'w', start: 0, end: 500_000 });
    await closing.close();
    expect((await making).length).toBe(500_000);
  });
});

describe('what a checkpoint refuses', () => {
  test('a missing tensor, with the nearest name', async () => {
    const checkpoint = await openWritten(1);
    const error = await failureOf(checkpoint.tensor('code'));
    expect(error).toMatchObject({ code: 'BAD_NAME' });
    expect(error.message).toMatch(/no tensor "code".*Did you mean "codes"/);
    expect(() => checkpoint.entry('__proto__')).toThrow(JumpfillError);
    expect(await failureOf(checkpoint.read('x', 0, 1))).toMatchObject({ code: 'BAD_NAME' });
    expect(await failureOf(checkpoint.read('x'))).toMatchObject({ code: 'BAD_NAME' });
  });

  test('an invalid range', async () => {
    const checkpoint = await openWritten(1);
    for (const [start, end] of [
      [-1, 1],
      [0, 16],
      [3, 2],
      [0.5, 1],
      [0, NaN],
    ] as const) {
      expect(await failureOf(checkpoint.read('double', start, end))).toMatchObject({ code: 'BAD_OFFSET' });
    }
  });

  test('a slice of packed elements that begins or ends within a byte', async () => {
    const path = saveFile(frame(headerOf({ a: ['F4', [6], 0, 3], b: ['F6_E2M3', [8], 3, 9] }), 9));
    const checkpoint = await openCheckpoint(path);
    expect((await checkpoint.read('a', 2, 6)).data).toHaveLength(2);
    expect((await checkpoint.read('b', 4, 8)).data).toHaveLength(3);
    for (const [name, start, end] of [
      ['a', 1, 3],
      ['a', 0, 1],
      ['b', 2, 6],
      ['b', 0, 2],
    ] as const)
      expect((await failureOf(checkpoint.read(name, start, end))).code).toMatch(/BAD_OFFSET|BAD_SHAPE/);
  });

  test('a file that has become shorter or longer, or vanished, since it was opened', async () => {
    const path = saveFile(frame(headerOf({ a: ['F32', [1000], 0, 4000] }), 4000));
    const checkpoint = await openCheckpoint(path);
    appendFileSync(path, 'x');
    expect(await failureOf(checkpoint.tensor('a'))).toMatchObject({ code: 'IO_FAILED' });
    truncateSync(path, 1000);
    expect(await failureOf(checkpoint.read('a', 0, 1))).toMatchObject({ code: 'IO_FAILED' });
    unlinkSync(path);
    expect(await failureOf(checkpoint.tensor('a'))).toMatchObject({ code: 'BAD_CHECKPOINT' });
  });

  test('an empty path, a missing checkpoint, and a missing or damaged recipe', async () => {
    expect(await failureOf(openCheckpoint(''))).toMatchObject({ code: 'BAD_OPTION' });
    const path = saveFile('rubbish');
    expect(await failureOf(openCheckpoint(path))).toMatchObject({ code: 'BAD_CHECKPOINT' });
    writeFileSync(path, frame(headerOf({ a: ['F32', [1], 0, 4] }), 4));
    const plain = await openCheckpoint(path);
    expect(() => plain.spec()).toThrow(/`spec`/);
    expect((await plain.tensor('a')).weightScale).toBeUndefined();
    writeFileSync(path, frame(headerOf({ a: ['F32', [1], 0, 4] }, { jumpfill: '{' }), 4));
    const damaged = await openCheckpoint(path);
    expect(damaged.entry('a').shape).toEqual([1]);
    expect(await failureOf(damaged.tensor('a'))).toMatchObject({ code: 'BAD_CHECKPOINT' });
  });

  test('no read of a tensor whose name would be invalid here', async () => {
    const json =
      '{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"":{"dtype":"U8","shape":[0],"data_offsets":[4,4]}}';
    const checkpoint = await openCheckpoint(saveFile(frame(json, 4)));
    expect(checkpoint.names).toEqual(['__proto__', '']);
    expect(await checkpoint.tensor('__proto__')).toMatchObject({ name: undefined, length: 1 });
  });
});
