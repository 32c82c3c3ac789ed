/** Readers of typed arrays: an index out of range is a mistake in the code, and no undefined goes on as NaN or 0. */
import { expect, test } from 'vitest';
import {
  float32At,
  float64At,
  int32At,
  int8At,
  uint16At,
  uint32At,
  uint8At,
} from '../../../src/domain/arithmetic/typed-at.js';

test.each([
  ['int8At', (index: number) => int8At(Int8Array.of(1, -2), index), -2],
  ['uint8At', (index: number) => uint8At(Uint8Array.of(1, 200), index), 200],
  ['int32At', (index: number) => int32At(Int32Array.of(1, -2), index), -2],
  ['uint16At', (index: number) => uint16At(Uint16Array.of(1, 65_535), index), 65_535],
  ['uint32At', (index: number) => uint32At(Uint32Array.of(1, 2 ** 32 - 1), index), 2 ** 32 - 1],
  ['float32At', (index: number) => float32At(Float32Array.of(1, -0.5), index), -0.5],
  ['float64At', (index: number) => float64At(Float64Array.of(1, NaN), index), NaN],
] as const)('%s reads an element, and throws where there is none', (_, read, last) => {
  expect(read(1)).toBe(last);
  for (const index of [2, -1, 0.5]) {
    expect(() => read(index)).toThrow(RangeError);
    expect(() => read(index)).toThrow(`There is no element ${index} of 2.`);
  }
});
