/** A checkpoint as a stream: the bytes of its file, in order, no faster than they are read. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Engine, ones, SharedTensor } from 'jumpfill';
import { expectSameBytes } from '../../support/bytes.js';
import { makeFolder } from '../../support/folder.js';
import { casesOf } from '../../support/thorough.js';

const engine = new Engine({ threads: 2, seed: 1n });
afterAll(() => engine.close());

const SPEC = {
  seed: 42,
  default: { init: { kind: 'truncated_normal', std: 0.02 } },
  tensors: [
    { name: 'half', shape: [1000, 1000], dtype: 'bfloat16' },
    { name: 'large', shape: [casesOf({ few: 800, all: 3000 }), 1500] },
    { name: 'none', shape: [0] },
    { name: 'double', shape: [77], dtype: 'float64' },
    { name: 'codes', shape: [100_003], dtype: 'int8', init: { kind: 'wage', bits: 4, codes: true } },
    { name: 'scalar', shape: [] },
  ].map((tensor) => (tensor.name === 'codes' ? { ...tensor, shape: [7, 14_287] } : tensor)),
};

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('a stream has the bytes of the file, on 1, 2 and 7 threads', async () => {
  const out = join(makeFolder(), 'm.safetensors');
  await engine.writeCheckpoint(SPEC, { out });
  const file = readFileSync(out);
  for (const threads of [1, 2, 7]) {
    await using other = new Engine({ threads });
    expectSameBytes(await collect(other.streamCheckpoint(SPEC)), file);
  }
});

test('a reader that does not read pauses the drawing: at most two batches are drawn', async () => {
  let told = 0;
  const spec = {
    seed: 1,
    tensors: [{ name: 'w', shape: [2 ** 34], init: { kind: 'uniform', low: 0, high: 1 } }],
  };
  const reader = engine.streamCheckpoint(spec, { onProgress: ({ doneElements }) => (told = doneElements) });
  // The header, then a batch.
  await reader.next();
  const { value } = await reader.next();
  expect(value?.byteLength).toBeLessThanOrEqual(2 ** 24);
  expect(told).toBe(0);
  await reader.return();
});

test('a batch that the reader has stays as it is while the rest is drawn', async () => {
  const spec = { seed: 1, tensors: [{ name: 'w', shape: [2 ** 23], init: { kind: 'truncated_normal' } }] };
  const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  const seen: [Uint8Array, string][] = [];
  for await (const piece of engine.streamCheckpoint(spec)) seen.push([piece, hashOf(piece)]);
  expect(seen.length).toBeGreaterThan(3);
  for (const [piece, hash] of seen) expect(hashOf(piece)).toBe(hash);
});

test('a reader may stop: close() does not wait for the rest', async () => {
  const other = new Engine({ threads: 2 });
  const reader = other.streamCheckpoint({
    tensors: [{ name: 'w', shape: [2 ** 34], init: { kind: 'truncated_normal' } }],
  });
  await reader.next();
  await reader.next();
  await other.close();
  await expect(
    (async () => {
      for (;;) await reader.next();
    })(),
  ).rejects.toMatchObject({ code: 'ENGINE_CLOSED' });
});

test('if it is aborted while the reader is busy, it rejects at the next turn and nowhere else', async () => {
  const strays: unknown[] = [];
  const stray = (reason: unknown): void => {
    strays.push(reason);
  };
  process.on('unhandledRejection', stray);
  const controller = new AbortController();
  const spec = { seed: 1, tensors: [{ name: 'w', shape: [2 ** 30], init: { kind: 'truncated_normal' } }] };
  const reader = engine.streamCheckpoint(spec, { signal: controller.signal });
  for (let turn = 0; turn < 3; turn++) await reader.next();
  controller.abort('enough');
  // The batch that was being drawn has failed, and the reader has not asked for it yet.
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  await engine.fill(SharedTensor.empty([2 ** 20]), ones());
  await expect(reader.next()).rejects.toBe('enough');
  process.off('unhandledRejection', stray);
  expect(strays).toEqual([]);
});

test('bad input is refused before the first byte, and an abort ends it with the reason', async () => {
  await expect(
    engine.streamCheckpoint({ tensors: [{ name: 'w', shape: [-1] }] }).next(),
  ).rejects.toMatchObject({
    code: 'BAD_SPEC',
  });
  const controller = new AbortController();
  const reader = engine.streamCheckpoint(SPEC, { signal: controller.signal });
  await reader.next();
  controller.abort('enough');
  await expect(collect(reader)).rejects.toBe('enough');
});
