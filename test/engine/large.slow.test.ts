/** Real fills past 2^32 bytes: 4 and 5 GiB, checked where 32-bit arithmetic would have gone wrong. */
import { expect, test } from 'vitest';
import { Engine, SharedTensor } from 'jumpfill';
import { expectSameBytes } from '../support/bytes.js';

const LENGTH = (5 * 2 ** 30) / 4;

test('a 5 GiB tensor agrees with its slices, below and above 4 GiB and at its end', async () => {
  await using engine = new Engine({ seed: 8n });
  const bounds = { low: -1, high: 1 };
  const seen: number[] = [];
  const whole = await engine.uniform_(SharedTensor.empty([LENGTH], { name: 'large' }), {
    ...bounds,
    onProgress: ({ doneElements }) => seen.push(doneElements),
  });
  expect(whole.byteLength).toBe(5 * 2 ** 30);
  expect(seen.at(-1)).toBe(LENGTH);
  for (const offset of [0, 2 ** 29 - 1000, 2 ** 30 - 1000, 2 ** 30, LENGTH - 100_000]) {
    const slice = await engine.uniform_(SharedTensor.empty([100_000], { name: 'large' }), {
      ...bounds,
      offset,
    });
    const there = new Float32Array(whole.buffer, 4 * offset, 100_000);
    expectSameBytes(slice.data, there, `offset ${offset}`);
  }
});

test('a tensor of exactly 4 GiB, the largest that SIMD kernels fill in place, is right up to its last byte', async () => {
  await using engine = new Engine({ seed: 8n });
  await using scalar = new Engine({ seed: 8n, simd: false });
  const length = 2 ** 30;
  const whole = await engine.truncatedNormal_(SharedTensor.empty([length], { name: 'large' }));
  expect(whole.memory).toBeDefined();
  for (const offset of [0, 2 ** 29 - 1000, length - 100_000]) {
    const slice = SharedTensor.empty([100_000], { name: 'large' });
    await scalar.truncatedNormal_(slice, { offset });
    expectSameBytes(slice.data, new Float32Array(whole.buffer, 4 * offset, 100_000), `offset ${offset}`);
  }
});
