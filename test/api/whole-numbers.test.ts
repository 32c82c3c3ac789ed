/** Whole numbers and coins of a name are the same in every dtype, and their parameters may be bigints, numbers or digits. */
import { afterAll, expect, test } from 'vitest';
import {
  bernoulli,
  bits,
  Engine,
  integers,
  rademacher,
  SharedTensor,
  type Dtype,
  type InitInput,
} from 'jumpfill';
import { decodeElement } from '../../src/domain/tensors/element.js';
import { DTYPES } from '../../src/domain/tensors/dtypes.js';
import { expectSameBytes } from '../support/bytes.js';
import { NUMBER_DTYPES } from '../support/whole-draws.js';

const engine = new Engine({ threads: 2, seed: 11n });
afterAll(() => engine.close());

const COUNT = 300_001;

const draw = async (dtype: Dtype, init: InitInput): Promise<SharedTensor<Dtype>> =>
  engine.fill(SharedTensor.empty<Dtype>([COUNT], { dtype, name: 'w' }), init);

/** Every 97th value, across all blocks and every place in a group. */
async function valuesOf(dtype: Dtype, init: InitInput): Promise<number[]> {
  const { data } = await draw(dtype, init);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const { byteWidth } = DTYPES[dtype];
  return Array.from({ length: Math.floor(COUNT / 97) }, (_, i) =>
    decodeElement(dtype, bytes.subarray(97 * i * byteWidth, (97 * i + 1) * byteWidth)),
  );
}

test('integers and coins are the same numbers in every dtype', async () => {
  for (const init of [integers({ low: 0, high: 2 }), bernoulli({ p: 0.2 })]) {
    const wanted = await valuesOf('float64', init);
    expect(new Set(wanted)).toEqual(new Set([0, 1]));
    for (const dtype of NUMBER_DTYPES) expect(await valuesOf(dtype, init), dtype).toEqual(wanted);
  }
  const signed = NUMBER_DTYPES.filter((dtype) => dtype !== 'bool' && !dtype.startsWith('uint'));
  for (const init of [integers({ low: -8, high: 9 }), rademacher({ scale: 3 })]) {
    const wanted = await valuesOf('float64', init);
    for (const dtype of signed) expect(await valuesOf(dtype, init), dtype).toEqual(wanted);
  }
});

test('bits of fewer than 32 are the low ones of a word, a bool is the highest', async () => {
  const words = await valuesOf('uint32', bits());
  expect(await valuesOf('uint8', bits())).toEqual(words.map((word) => word & 0xff));
  expect(await valuesOf('int16', bits())).toEqual(words.map((word) => (word << 16) >> 16));
  expect(await valuesOf('bool', bits())).toEqual(words.map((word) => word >>> 31));
});

test('all patterns of int64 are its bits', async () => {
  const all = integers({ low: -(2n ** 63n), high: 2n ** 63n });
  const [drawn, words] = [await draw('int64', all), await draw('uint64', bits())];
  const difference = new BigUint64Array(drawn.data.buffer, drawn.data.byteOffset, COUNT).map(
    (value) => value ^ (1n << 63n),
  );
  expectSameBytes(difference, words.data);
});

test('a bigint, its digits and a number are one parameter, which is written as JSON has it', async () => {
  expect(integers({ low: 0n, high: 2n ** 64n })).toEqual({
    kind: 'integers',
    low: 0,
    high: '18446744073709551616',
  });
  expect(integers({ low: '-7', high: 9n })).toEqual({ kind: 'integers', low: '-7', high: 9 });
  const [a, b] = [
    await draw('int64', { kind: 'integers', low: '-7', high: 9n }),
    await draw('int64', integers({ low: -7, high: 9 })),
  ];
  expectSameBytes(a.data, b.data);
});

test('p = 0 and p = 1 are exact, and the smallest p that happens is 2^-33', async () => {
  expect(new Set(await valuesOf('bool', bernoulli({ p: 0 })))).toEqual(new Set([0]));
  expect(new Set(await valuesOf('bool', bernoulli({ p: 1 })))).toEqual(new Set([1]));
  expect(new Set(await valuesOf('bool', bernoulli({ p: 2 ** -33 })))).toEqual(new Set([0]));
  await expect(draw('bool', bernoulli({ p: 2 ** -34 }))).rejects.toThrow('use zeros');
});
