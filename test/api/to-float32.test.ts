import { expect, test } from 'vitest';
import { SharedTensor, toFloat32, type Dtype } from 'jumpfill';
import { HALF_FORMATS } from '../../src/domain/arithmetic/half.js';

/** Every pattern of 16 bits, as a tensor of this dtype. */
function everyPattern(dtype: 'float16' | 'bfloat16'): SharedTensor<typeof dtype> {
  const buffer = new SharedArrayBuffer(2 ** 17 + 2);
  const patterns = new Uint16Array(buffer, 2);
  for (let i = 0; i < 2 ** 16; i++) patterns[i] = i;
  return SharedTensor.wrap(buffer, [2 ** 8, 2 ** 8], { dtype, byteOffset: 2 });
}

test.each(['float16', 'bfloat16'] as const)('every pattern of %s is its value, exactly', (dtype) => {
  const numbers = toFloat32(everyPattern(dtype));
  expect(numbers).toHaveLength(2 ** 16);
  const { fromBits } = HALF_FORMATS[dtype];
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
] as const)('of %s it is a copy', (dtype, values, expected) => {
  const tensor = SharedTensor.empty<Dtype>([values.length], { dtype });
  values.forEach((value, i) => (tensor.data[i] = value));
  const numbers = toFloat32(tensor);
  expect(Array.from(numbers)).toEqual(expected);
  tensor.data[0] = 1;
  expect(numbers[0]).toBe(expected[0]);
  expect(numbers.buffer).toBeInstanceOf(ArrayBuffer);
});

test('an empty tensor gives an empty array, and anything but a tensor is refused', () => {
  expect(toFloat32(SharedTensor.empty([0, 3], { dtype: 'bfloat16' }))).toHaveLength(0);
  expect(() => toFloat32([1] as never)).toThrow(expect.objectContaining({ code: 'BAD_BUFFER' }));
});
