/** Orthogonal matrices of many panels in checkpoints: files, streams, verification and slices have the same bytes from any threads. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Engine, type ModelSpec } from 'jumpfill';
import { expectSameBytes } from '../support/bytes.js';
import { makeFolder } from '../support/folder.js';
import { casesOf } from '../support/thorough.js';

const SPEC: ModelSpec = {
  seed: 7,
  tensors: [
    { name: 'wide', shape: [500, 600], init: { kind: 'orthogonal' } },
    { name: 'tall', shape: [1100, 300], init: { kind: 'orthogonal' } },
    { name: 'small', shape: [64, 64], dtype: 'bfloat16', init: { kind: 'orthogonal' } },
    { name: 'square', shape: [520, 520], dtype: 'float64', init: { kind: 'orthogonal', gain: 2 } },
  ],
};

async function write(threads: number): Promise<{ path: string; bytes: Buffer }> {
  await using engine = new Engine({ threads });
  const path = join(makeFolder(), 'model.safetensors');
  await engine.writeCheckpoint(SPEC, { out: path });
  return { path, bytes: await readFile(path) };
}

test('a file, a stream and a verification agree, from any number of threads', async () => {
  const { path, bytes } = await write(1);
  for (const threads of casesOf({ few: [2], all: [2, 3, 7] })) {
    expect((await write(threads)).bytes.equals(bytes)).toBe(true);
    await using engine = new Engine({ threads });
    const pieces: Uint8Array[] = [];
    for await (const piece of engine.streamCheckpoint(SPEC)) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
    expect((await engine.verifyCheckpoint(path)).equal).toBe(true);
  }
});

test('a slice, of rows or from within a row on, has the bytes of the whole', async () => {
  await using engine = new Engine({ threads: 2 });
  for (const [name, end] of [
    ['wide', 300_000],
    ['tall', 330_000],
  ] as const) {
    const whole = await engine.drawSlice(SPEC, { name, start: 0, end });
    const part = await engine.drawSlice(SPEC, { name, start: 70_001, end: 71_003 });
    expectSameBytes(part.data, whole.data.subarray(70_001, 71_003));
  }
});

test('a run that is stopped within a matrix is resumed to the same bytes', async () => {
  const { bytes } = await write(2);
  await using engine = new Engine({ threads: 2 });
  const out = join(makeFolder(), 'model.safetensors');
  const controller = new AbortController();
  const stopped = engine.writeCheckpoint(SPEC, { out, signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(stopped).rejects.toThrow('enough');
  await engine.writeCheckpoint(SPEC, { out, resume: true });
  expectSameBytes(await readFile(out), bytes);
});

test('a batch has up to 65,536 matrices; a larger one is refused before it takes memory', async () => {
  await using engine = new Engine({ threads: 2 });
  const spec = (count: number): ModelSpec => ({
    tensors: [
      { name: 'w', shape: [count, 1, 1], dtype: 'bfloat16', init: { kind: 'orthogonal', batch_axis: [0] } },
    ],
  });
  expect((await engine.planCheckpoint(spec(2 ** 16))).tensors).toHaveLength(1);
  for (const count of [2 ** 16 + 1, 50_000_000])
    await expect(engine.planCheckpoint(spec(count))).rejects.toMatchObject({
      code: 'TOO_LARGE',
      message: expect.stringContaining(
        `is a batch of ${count} matrices. A tensor has 65536 orthogonal matrices at most`,
      ) as unknown,
    });
});
