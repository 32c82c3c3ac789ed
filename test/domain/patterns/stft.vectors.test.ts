/** The filters of a short-time Fourier transform against Keras (vectors/keras_stft.py). */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fillPattern } from '../../../src/domain/patterns/pattern.js';
import { resolvePattern } from '../../../src/domain/recipes/resolve-pattern.js';
import { completeInit } from '../../../src/domain/recipes/init.js';

type Case = readonly [shape: readonly number[], parameters: object, values: readonly number[]];
const cases = JSON.parse(readFileSync('test/vectors/keras_stft.json', 'utf8')) as readonly Case[];

function draw(shape: readonly number[], parameters: object, start = 0, end?: number): Float64Array {
  const init = completeInit({ kind: 'stft', ...parameters });
  if (init.kind !== 'stft') return expect.fail(init.kind);
  const elementCount = shape.reduce((product, size) => product * size, 1);
  const out = new Float64Array((end ?? elementCount) - start);
  fillPattern('float64', resolvePattern(init, { shape, dtype: 'float64', name: 'w' }), start, out);
  return out;
}

/** Keras takes the sine of angles up to 2 pi frame, which are rounded; the vectors have 15 digits. */
const CLOSE = 2e-14;

test('every value is the one that Keras computes in doubles', () => {
  expect(cases.length).toBeGreaterThan(100);
  for (const [shape, parameters, values] of cases) {
    const gaps = Array.from(draw(shape, parameters), (value, i) => Math.abs(value - (values[i] ?? NaN)));
    expect(Math.max(...gaps), JSON.stringify([shape, parameters])).toBeLessThan(CLOSE);
  }
});

test('a slice is that piece of the whole, and no value is -0', () => {
  const shape = [16, 1, 17];
  const whole = draw(shape, { side: 'imag' });
  for (const [start, end] of [
    [0, 1],
    [5, 40],
    [100, 272],
  ] as const)
    expect(draw(shape, { side: 'imag' }, start, end)).toEqual(whole.subarray(start, end));
  expect(whole.some((value) => Object.is(value, -0))).toBe(false);
});

test.each([
  [[16, 17], 'BAD_SHAPE'],
  [[16, 2, 17], 'BAD_SHAPE'],
  [[16, 1, 1], 'BAD_SHAPE'],
  [[0, 1, 3], 'BAD_SHAPE'],
])('shape %j is refused', (shape, code) => {
  expect(() => draw(shape, {})).toThrow(expect.objectContaining({ code }));
});
