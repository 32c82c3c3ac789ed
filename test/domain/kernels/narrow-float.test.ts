import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NARROW_FORMATS, type NarrowDtype } from '../../../src/domain/arithmetic/narrow-floats.js';
import { runKernel, type FloatKernel } from '../../../src/domain/kernels/kernel.js';
import {
  constantNarrowFloat,
  narrowFloatParameters,
  narrowToFloat,
  type NarrowFloatParameters,
} from '../../../src/domain/kernels/narrow-float.js';
import { truncatedNormalParameters } from '../../../src/domain/kernels/truncated-normal.js';
import { fillUniform, uniformParameters } from '../../../src/domain/kernels/uniform.js';

/** The kernel's values as the dtype's. */
function drawNarrow(words: Uint32Array, kernel: FloatKernel, bounds: NarrowFloatParameters): number[] {
  const values = new Float32Array(words.length);
  runKernel(kernel, values, words);
  const out =
    NARROW_FORMATS[bounds.dtype].sign === 0x80 ? new Uint8Array(words.length) : new Uint16Array(words.length);
  narrowToFloat(out, values, bounds);
  return Array.from(out, NARROW_FORMATS[bounds.dtype].fromBits);
}

const anyDtype = fc.constantFrom<NarrowDtype>('float16', 'bfloat16', 'float8_e4m3fn', 'float8_e5m2');
const anyBound = fc.oneof(
  fc.double({ noNaN: true, min: -1, max: 1 }),
  fc.double({ noNaN: true, min: -440, max: 440 }),
  fc.double({ noNaN: true, min: -0.01, max: 0.01 }),
  fc.double({ noNaN: true, min: -1e-4, max: 1e-4 }),
);
const anyWords = fc.uint32Array({ minLength: 8, maxLength: 40 });
/** The outermost words reach the ends of the interval. */
const withEnds = (words: Uint32Array): Uint32Array => Uint32Array.of(0x7fffffff, 0x80000000, ...words);

test('a uniform stays in its closed interval, and is the rounded float32 value if that lies within', () => {
  const law = fc.property(anyDtype, anyBound, anyBound, anyWords, (dtype, a, b, drawn) => {
    const [low, high] = a < b ? [a, b] : [b, a];
    const bounds = narrowFloatParameters(dtype, low, high);
    fc.pre(bounds.lowest <= bounds.highest && low < high);
    const words = withEnds(drawn);
    const kernel = uniformParameters(low, high);
    const floats = new Float32Array(words.length);
    fillUniform(floats, words, kernel);
    const { fromBits, toBits } = NARROW_FORMATS[dtype];
    drawNarrow(words, kernel, bounds).forEach((value, i) => {
      expect(value >= low && value <= high).toBe(true);
      const rounded = fromBits(toBits(floats[i] ?? NaN));
      expect(value).toBe(Math.min(Math.max(rounded, bounds.lowest), bounds.highest));
    });
  });
  fc.assert(law, { numRuns: 1000 });
});

test('a truncated normal stays within two standard deviations of the mean', () => {
  const law = fc.property(anyDtype, anyBound, anyBound, anyWords, (dtype, mean, spread, drawn) => {
    const std = Math.abs(spread) / 2;
    const bounds = narrowFloatParameters(dtype, mean - 2 * std, mean + 2 * std);
    fc.pre(bounds.lowest <= bounds.highest);
    const words = withEnds(drawn);
    const kernel = truncatedNormalParameters(mean, std);
    drawNarrow(words, kernel, bounds).forEach((value) => {
      expect(value >= mean - 2 * std && value <= mean + 2 * std).toBe(true);
    });
  });
  fc.assert(law, { numRuns: 500 });
});

test.each([
  // 0.1 lies above bfloat16 0.099609375 and below 0.10009765625, to which the nearest would go.
  ['bfloat16', 0.099609375],
  // And between 0.09375 and 0.1015625, the nearer one.
  ['float8_e4m3fn', 0.09375],
  ['float8_e5m2', 0.09375],
] as const)('no %s passes bounds that it does not hold, although rounding alone would', (dtype, within) => {
  const bounds = narrowFloatParameters(dtype, -0.1, 0.1);
  expect([bounds.lowest, bounds.highest]).toEqual([-within, within]);
  const ends = Uint32Array.of(0x7fffffff, 0x80000000);
  expect(drawNarrow(ends, uniformParameters(-0.1, 0.1), bounds)).toEqual([within, -within]);
});

test.each([
  ['float16', 0x2e66],
  ['bfloat16', 0x3dcd],
  ['float8_e4m3fn', 0x1d],
  ['float8_e5m2', 0x2e],
] as const)('a constant is the nearest %s', (dtype, bits) => {
  const value = Math.fround(0.1);
  const drawn = drawNarrow(
    new Uint32Array(3),
    { kind: 'constant', value },
    constantNarrowFloat(dtype, value),
  );
  expect(drawn).toEqual(Array(3).fill(NARROW_FORMATS[dtype].fromBits(bits)));
});
