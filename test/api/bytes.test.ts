/** The main promise: the same (seed, name, recipe, dtype, element) gives the same bits, however they are drawn. */
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, SharedTensor, truncatedNormal_, uniform_, wageInit_, wageLimits } from 'jumpfill';
import { expectSameBytes } from '../support/bytes.js';

const SEED = 2n ** 64n - 1n;
const engines = [1, 2, 3, 7].map((threads) => new Engine({ threads, seed: SEED }));
afterAll(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
});
const [one = new Engine(), two = new Engine()] = engines;

const SHAPE = [37, 10_007];
const LENGTH = 37 * 10_007;

type Fill = (engine: Engine, tensor: SharedTensor, offset?: number) => Promise<SharedTensor>;
const fills: Record<string, Fill> = {
  wageInit_: (engine, tensor, offset = 0) => engine.wageInit_(tensor, 2, { factor: 1, offset }),
  truncatedNormal_: (engine, tensor, offset = 0) =>
    engine.truncatedNormal_(tensor, { std: 0.02, mean: 0.1, offset }),
  uniform_: (engine, tensor, offset = 0) => engine.uniform_(tensor, { low: -3, high: 0.1, offset }),
};

describe.each(Object.entries(fills))('%s', (_, fill) => {
  test('gives the same bytes on 1, 2, 3 and 7 threads', async () => {
    const tensors = await Promise.all(
      engines.map((engine) => fill(engine, SharedTensor.empty(SHAPE, { name: 'w' }))),
    );
    for (const tensor of tensors) expectSameBytes(tensor.data, tensors[0]?.data ?? new Float32Array());
  });

  test('gives the same bytes in wrapped memory, and touches no byte around it', async () => {
    const own = await fill(one, SharedTensor.empty(SHAPE, { name: 'w' }));
    const buffer = new SharedArrayBuffer(4 * LENGTH + 24);
    new Uint8Array(buffer).fill(0xaa);
    const wrapped = await fill(two, SharedTensor.wrap(buffer, SHAPE, { name: 'w', byteOffset: 12 }));
    expectSameBytes(wrapped.data, own.data);
    const around = [...new Uint8Array(buffer, 0, 12), ...new Uint8Array(buffer, 4 * LENGTH + 12)];
    expect(around).toEqual(new Array(24).fill(0xaa));
  });

  test('gives a slice the bytes of the same piece of the whole', async () => {
    const whole = await fill(two, SharedTensor.empty(SHAPE, { name: 'w' }));
    const [, columns = 0] = SHAPE;
    const slices = fc.asyncProperty(fc.nat(36), fc.integer({ min: 1, max: 37 }), async (row, rows) => {
      const count = Math.min(rows, 37 - row);
      const slice = await fill(two, SharedTensor.empty([count, columns], { name: 'w' }), row * columns);
      expectSameBytes(slice.data, whole.data.subarray(row * columns, (row + count) * columns));
    });
    await fc.assert(slices, { numRuns: 15 });
  });

  test('gives other bytes for another seed or name', async () => {
    const values = await fill(one, SharedTensor.empty(SHAPE, { name: 'w' }));
    const other = await fill(one, SharedTensor.empty(SHAPE, { name: 'v' }));
    expect(other.data.subarray(0, 8)).not.toEqual(values.data.subarray(0, 8));
  });
});

test('the environment chooses the kernels', () => {
  expect(one.kernels).toBe(process.env['JUMPFILL_SIMD'] === '0' ? 'specification' : 'simd');
});

test('a seed may be a number or a bigint; a name in the options overrides the name of the tensor', async () => {
  const tensor = (): SharedTensor => SharedTensor.empty([100], { name: 'tensor' });
  const a = await one.truncatedNormal_(tensor(), { seed: 7, name: 'given' });
  const b = await two.truncatedNormal_(SharedTensor.empty([100], { name: 'given' }), { seed: 7n });
  expectSameBytes(a.data, b.data);
  const c = await one.truncatedNormal_(tensor(), { seed: 7 });
  expect(c.data).not.toEqual(a.data);
});

test('two unnamed fills differ, and a run repeats: they are named #0, #1, ...', async () => {
  const run = async (): Promise<Float32Array[]> => {
    await using engine = new Engine({ threads: 1, seed: 3 });
    const first = await engine.uniform_(SharedTensor.empty([50]), { low: 0, high: 1 });
    const second = await engine.uniform_(SharedTensor.empty([50]), { low: 0, high: 1 });
    return [first.data, second.data];
  };
  const [a, b] = await run();
  expect(a).not.toEqual(b);
  expect(await run()).toEqual([a, b]);
  const named = await one.uniform_(SharedTensor.empty([50]), { low: 0, high: 1, seed: 3, name: '#1' });
  expect(named.data).toEqual(b);
});

test('an engine without a seed draws 64 random bits, and that seed reproduces its bytes', async () => {
  const engine = new Engine({ threads: 1 });
  expect(engine.seed).not.toBe(new Engine().seed);
  const tensor = await engine.uniform_(SharedTensor.empty([9], { name: 'x' }), { low: 0, high: 1 });
  const again = await one.uniform_(SharedTensor.empty([9], { name: 'x' }), {
    low: 0,
    high: 1,
    seed: engine.seed,
  });
  expectSameBytes(tensor.data, again.data);
});

test('the functions of the module fill as an engine does', async () => {
  const bounds = { low: 2, high: 3, seed: 1, name: 'm' };
  const a = await uniform_(SharedTensor.empty([1000]), bounds);
  const b = await uniform_(SharedTensor.empty([1000]), { ...bounds, engine: two });
  expectSameBytes(a.data, b.data);
  await truncatedNormal_(a);
  const w = SharedTensor.empty([4, 512]);
  expect(await wageInit_(w, 8)).toBe(w);
  expect(w.weightScale).toBe(wageLimits([4, 512], 8).weightScale);
});

test('a fill leaves every value within the bounds that a user sees', async () => {
  const { limit } = wageLimits(SHAPE, 16, 1);
  const wage = await two.wageInit_(SharedTensor.empty(SHAPE), 16, { factor: 1 });
  expect(wage.data.every((value) => Math.abs(value) <= limit)).toBe(true);
  const normal = await two.truncatedNormal_(SharedTensor.empty([2 ** 20]));
  expect(normal.data.every((value) => Math.abs(value) <= 2)).toBe(true);
});

test('the weight scale survives other fills and clone, and only a fill that succeeds sets it', async () => {
  const w = SharedTensor.empty([64, 4608], { name: 'w' });
  expect(w.weightScale).toBeUndefined();
  await two.wageInit_(w, 2, { factor: 1 });
  expect(w.weightScale).toBe(32);
  await two.truncatedNormal_(w);
  expect(w.weightScale).toBe(32);
  const copy = w.clone();
  expect([copy.weightScale, copy.name, copy.shape, copy.dtype]).toEqual([32, 'w', w.shape, 'float32']);
  expectSameBytes(copy.data, w.data);
  expect(copy.buffer).not.toBe(w.buffer);
  await expect(two.wageInit_(w, 2, { factor: -1 })).rejects.toThrow();
  expect(w.weightScale).toBe(32);
});

test('empty tensors can be filled, and WAGE sets their scale', async () => {
  const empty = await one.wageInit_(SharedTensor.empty([0, 4]), 2, { factor: 1 });
  expect(empty.weightScale).toBe(wageLimits([0, 4], 2, 1).weightScale);
  expect((await one.uniform_(SharedTensor.empty([0]), { low: 0, high: 1 })).data).toHaveLength(0);
  expect((await one.uniform_(SharedTensor.empty([]), { low: 0, high: 1 })).data).toHaveLength(1);
});
