import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HALF_FORMATS } from '../../../src/domain/arithmetic/half.js';
import { runKernel, type FloatKernel } from '../../../src/domain/kernels/kernel.js';
import {
  constantHalfParameters,
  halfParameters,
  narrowToHalf,
  type HalfParameters,
} from '../../../src/domain/kernels/store-half.js';
import {
  fillTruncatedNormal,
  truncatedNormalParameters,
} from '../../../src/domain/kernels/truncated-normal.js';
import { fillUniform, uniformParameters } from '../../../src/domain/kernels/uniform.js';

function fillHalf(out: Uint16Array, words: Uint32Array, kernel: FloatKernel, half: HalfParameters): void {
  const values = new Float32Array(out.length);
  runKernel(kernel, values, words);
  narrowToHalf(out, values, half);
}

const anyDtype = fc.constantFrom('float16' as const, 'bfloat16' as const);
const anyBound = fc.oneof(
  fc.double({ noNaN: true, min: -1, max: 1 }),
  fc.double({ noNaN: true, min: -65_000, max: 65_000 }),
  fc.double({ noNaN: true, min: -1e-4, max: 1e-4 }),
);
const anyWords = fc.uint32Array({ minLength: 8, maxLength: 40 });
/** The outermost words reach the ends of the interval. */
const withEnds = (words: Uint32Array): Uint32Array => Uint32Array.of(0x7fffffff, 0x80000000, ...words);

test('a uniform stays in its closed interval, and is the rounded float32 value if that lies within', () => {
  const law = fc.property(anyDtype, anyBound, anyBound, anyWords, (dtype, a, b, drawn) => {
    const [low, high] = a < b ? [a, b] : [b, a];
    const half = halfParameters(dtype, low, high);
    fc.pre(half.lowest <= half.highest && low < high);
    const words = withEnds(drawn);
    const kernel = uniformParameters(low, high);
    const floats = new Float32Array(words.length);
    fillUniform(floats, words, kernel);
    const halves = new Uint16Array(words.length);
    fillHalf(halves, words, kernel, half);
    const { fromBits, toBits } = HALF_FORMATS[dtype];
    halves.forEach((bits, i) => {
      const value = fromBits(bits);
      expect(value >= low && value <= high).toBe(true);
      const rounded = fromBits(toBits(floats[i] ?? NaN));
      expect(value).toBe(Math.min(Math.max(rounded, half.lowest), half.highest));
    });
  });
  fc.assert(law, { numRuns: 1000 });
});

test('a truncated normal stays within two standard deviations of the mean', () => {
  const law = fc.property(anyDtype, anyBound, anyBound, anyWords, (dtype, mean, spread, drawn) => {
    const std = Math.abs(spread) / 2;
    const half = halfParameters(dtype, mean - 2 * std, mean + 2 * std);
    fc.pre(half.lowest <= half.highest);
    const words = withEnds(drawn);
    const kernel = truncatedNormalParameters(mean, std);
    const floats = new Float32Array(words.length);
    fillTruncatedNormal(floats, words, kernel);
    const halves = new Uint16Array(words.length);
    fillHalf(halves, words, kernel, half);
    halves.forEach((bits) => {
      const value = HALF_FORMATS[dtype].fromBits(bits);
      expect(value >= mean - 2 * std && value <= mean + 2 * std).toBe(true);
    });
  });
  fc.assert(law, { numRuns: 500 });
});

test('no value passes bounds that are not halves, although rounding alone would', () => {
  // 0.1 lies above bfloat16 0.099609375 and below 0.10009765625, to which the nearest would go.
  const half = halfParameters('bfloat16', -0.1, 0.1);
  expect([half.lowest, half.highest]).toEqual([-0.099609375, 0.099609375]);
  const halves = new Uint16Array(2);
  fillHalf(halves, Uint32Array.of(0x7fffffff, 0x80000000), uniformParameters(-0.1, 0.1), half);
  expect([...halves].map(HALF_FORMATS.bfloat16.fromBits)).toEqual([0.099609375, -0.099609375]);
});

test('a constant is the nearest half', () => {
  const halves = new Uint16Array(3);
  const kernel: FloatKernel = { kind: 'constant', value: Math.fround(0.1) };
  fillHalf(halves, new Uint32Array(3), kernel, constantHalfParameters('float16', Math.fround(0.1)));
  expect([...halves]).toEqual([0x2e66, 0x2e66, 0x2e66]);
});
