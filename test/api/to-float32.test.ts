import { afterEach, expect, test, vi } from 'vitest';
import { SharedTensor, toFloat32, type Dtype } from 'jumpfill';
import { NARROW_FORMATS, type NarrowDtype } from '../../src/domain/arithmetic/narrow-floats.js';

/** Every pattern, as a tensor of this dtype. */
function everyPattern(dtype: NarrowDtype): SharedTensor<typeof dtype> {
  const count = 2 * NARROW_FORMATS[dtype].sign;
  const tensor = SharedTensor.wrap(new SharedArrayBuffer(2 * count + 2), [2, count / 2], {
    dtype,
    byteOffset: 2,
  });
  for (let i = 0; i < count; i++) tensor.data[i] = i;
  return tensor;
}

const NARROW_DTYPES = Object.keys(NARROW_FORMATS) as NarrowDtype[];

test.each(NARROW_DTYPES)('every pattern of %s is its value, exactly', (dtype) => {
  const numbers = toFloat32(everyPattern(dtype));
  const { fromBits, sign } = NARROW_FORMATS[dtype];
  expect(numbers).toHaveLength(2 * sign);
  const wrong = numbers.findIndex((number, bits) => !Object.is(number, fromBits(bits)));
  expect(wrong).toBe(-1);
});

test('a float16 has the value that Node’s Float16Array reads, if Node has one', () => {
  const Float16 = (
    globalThis as { Float16Array?: new (buffer: SharedArrayBuffer, byteOffset: number) => ArrayLike<number> }
  ).Float16Array;
  const tensor = everyPattern('float16');
  const numbers = toFloat32(tensor);
  if (Float16 === undefined) return;
  expect(Array.from(numbers)).toEqual(Array.from(new Float16(tensor.buffer, 2)));
});

test.each([
  ['float32', [0.1, -0, Infinity, NaN], [Math.fround(0.1), -0, Infinity, NaN]],
  ['float64', [0.1, 1e300, -1e-300], [Math.fround(0.1), Infinity, -0]],
  ['int8', [-128, 0, 127], [-128, 0, 127]],
  ['int64', [-(2n ** 63n), 0n, 2n ** 24n + 1n], [-(2 ** 63), 0, 2 ** 24]],
  ['uint64', [2n ** 64n - 1n, 3n], [2 ** 64, 3]],
] as const)('of %s it is a copy', (dtype, values, expected) => {
  const tensor = SharedTensor.empty<Dtype>([values.length], { dtype });
  values.forEach((value, i) => (tensor.data[i] = value));
  const numbers = toFloat32(tensor);
  expect(Array.from(numbers)).toEqual(expected);
  // The copy has memory of its own.
  tensor.data[0] = values[1];
  expect(numbers[0]).toBe(expected[0]);
  expect(numbers.buffer).toBeInstanceOf(ArrayBuffer);
});

test('an empty tensor gives an empty array, and anything but a tensor is refused', () => {
  expect(toFloat32(SharedTensor.empty([0, 3], { dtype: 'bfloat16' }))).toHaveLength(0);
  expect(() => toFloat32([1] as never)).toThrow(expect.objectContaining({ code: 'BAD_BUFFER' }));
});

test('a dtype that is not computed with is refused: its bit patterns are there to be read', () => {
  const opaque = SharedTensor.wrap(new SharedArrayBuffer(4), [4], { dtype: 'float8_e8m0fnu' as Dtype });
  expect(() => toFloat32(opaque)).toThrow(expect.objectContaining({ code: 'BAD_DTYPE' }));
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test('a copy that this machine cannot allocate is refused with its size', () => {
  const tensor = SharedTensor.empty([5], { dtype: 'float16', name: 'w' });
  const noRoom = function (): never {
    throw new RangeError('Array buffer allocation failed');
  };
  vi.stubGlobal('Float32Array', noRoom);
  expect(() => toFloat32(tensor)).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
  expect(() => toFloat32(tensor)).toThrow(/"w".*20 bytes/);
});
