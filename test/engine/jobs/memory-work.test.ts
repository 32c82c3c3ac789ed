/** Threads get the chosen kernels and the tensor's memory, which they fill in place. */
import { expect, test } from 'vitest';
import { Engine, SharedTensor } from 'jumpfill';
import { withPool } from '#built/api/pool-seam.js';
import type { Filler } from '#built/engine/fillers/filler.js';
import { fillMemory } from '#built/engine/jobs/memory-work.js';
import type { Draw } from '../../../src/domain/draws/draw.js';
import { uniformParameters } from '../../../src/domain/kernels/uniform.js';

const LENGTH = 400_000;
const REPORTING_WORKER = new URL('../../faults/reporting-worker.mjs', import.meta.url);

/** The kernels and the memory of the task that a thread gets. */
async function taskOf(tensor: SharedTensor, simd: boolean): Promise<string> {
  await using engine = new Engine({ threads: 1, simd, ...withPool({ workerUrl: REPORTING_WORKER }) });
  const failure: unknown = await engine
    .uniform_(tensor, { low: 0, high: 1 })
    .catch((error: unknown) => error);
  return (failure as { found: string }).found;
}

test('a tensor of the library comes with its memory, a wrapped one without', async () => {
  const wrapped = SharedTensor.wrap(new SharedArrayBuffer(4 * LENGTH), [LENGTH]);
  expect(await taskOf(SharedTensor.empty([LENGTH]), true)).toBe('simd, a memory');
  expect(await taskOf(wrapped, true)).toBe('simd, no memory');
  expect(await taskOf(SharedTensor.empty([LENGTH]), false)).toBe('specification, a memory');
});

test('a WebAssembly.Memory may be wrapped, and is filled in place from an offset on', async () => {
  const { memory } = SharedTensor.empty([LENGTH]);
  if (memory === undefined) expect.fail('no memory');
  const wrapped = SharedTensor.wrap(memory, [1000], { byteOffset: 12, name: 'w' });
  expect(await taskOf(SharedTensor.wrap(memory, [LENGTH]), true)).toBe('simd, a memory');
  await using engine = new Engine({ seed: 1 });
  await engine.uniform_(wrapped, { low: 1, high: 2 });
  const plain = await engine.uniform_(SharedTensor.empty([1000], { name: 'w' }), { low: 1, high: 2 });
  expect([...new Float32Array(memory.buffer, 12, 1000)]).toEqual([...plain.data]);
});

test('memory is filled in place, any other buffer as a buffer, from where the extent begins', () => {
  const calls: unknown[] = [];
  const filler = {
    fillMemory: (_draw, start, count, memory, byteOffset) =>
      calls.push(['memory', start, count, memory, byteOffset]),
    fillBuffer: (_draw, start, count, buffer, byteOffset) =>
      calls.push(['buffer', start, count, buffer, byteOffset]),
    fillScratch: () => new Uint8Array(),
    compareScratch: () => undefined,
    operate: () => undefined,
    enter: () => undefined,
    leave: () => undefined,
    expect: () => undefined,
  } satisfies Filler;
  const draw: Draw = {
    dtype: 'float32',
    kind: 'stream',
    root: [1, 2, 3, 4],
    kernel: uniformParameters(0, 1),
  };
  const { buffer, memory } = SharedTensor.empty([LENGTH]);
  const target = { kind: 'memory', buffer, byteOffset: 8 } as const;
  for (const of of [memory, undefined]) {
    const where = { ...target, memory: of };
    fillMemory({ kind: 'draw', draw, target: where }, where, filler).run(700, 10, 100);
  }
  expect(calls).toEqual([
    ['memory', 700, 10, memory, 408],
    ['buffer', 700, 10, buffer, 408],
  ]);
});
