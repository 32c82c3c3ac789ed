import { expect, test } from 'vitest';
import {
  decodeElement,
  formatBits,
  unravelIndex,
  writeElement,
} from '../../../src/domain/tensors/element.js';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

test.each([
  ['float32', bytes(0, 0, 0x80, 0x3f), 1, '0x3f800000'],
  ['float32', bytes(0, 0, 0, 0x80), -0, '0x80000000'],
  ['float64', bytes(0, 0, 0, 0, 0, 0, 0xf0, 0xbf), -1, '0xbff0000000000000'],
  ['float16', bytes(0, 0x3c), 1, '0x3c00'],
  ['float16', bytes(1, 0), 2 ** -24, '0x0001'],
  ['bfloat16', bytes(0x80, 0xff), -Infinity, '0xff80'],
  ['bfloat16', bytes(0xc1, 0x7f), NaN, '0x7fc1'],
  ['int8', bytes(0xff), -1, '0xff'],
] as const)('%s %s is %d, %s', (dtype, element, value, bits) => {
  expect(decodeElement(dtype, element)).toBe(value);
  expect(formatBits(element)).toBe(bits);
});

test('the index of a flat element has one number per dimension, even beyond 2^32', () => {
  expect(unravelIndex(0, [])).toEqual([]);
  expect(unravelIndex(23, [2, 3, 4])).toEqual([1, 2, 3]);
  expect(unravelIndex(5, [2, 3])).toEqual([1, 2]);
  expect(unravelIndex(2 ** 45 + 7, [2 ** 20, 2 ** 30])).toEqual([2 ** 15, 7]);
});

test.each([
  [1, -2, '1-2j'],
  [1, 2, '1+2j'],
  [1, 0, '1+0j'],
  [1, -0, '1-0j'],
  [0.5, NaN, '0.5+NaNj'],
])('a complex number of %d and %d is %s', (real, imaginary, text) => {
  expect(writeElement('complex64', new Uint8Array(Float32Array.of(real, imaginary).buffer), 0)).toBe(text);
});
