import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeOf, codeStep } from '../../../src/domain/kernels/codes.js';
import {
  clip,
  clipBound,
  largestMagnitude,
  quantize,
  shift,
  shiftExponent,
  type Quantization,
} from '../../../src/domain/operators/wage-operators.js';

const anyFloat = fc.float({ noNaN: true, noDefaultInfinity: true });
const nearOne = fc.float({ noNaN: true, min: -2, max: 2 });
const anyGrid = fc.integer({ min: 2, max: 15 });
const anyNearest = fc.constantFrom('half_even' as const, 'half_up' as const);

const quantized = (values: number[], options: Partial<Quantization>, words?: Uint32Array): number[] => {
  const range = Float32Array.from(values);
  quantize(range, { bits: 2, rounding: 'half_even', scale: 1, ...options }, words);
  return [...range];
};

describe('clip', () => {
  test.each([
    [1, [-3, -1, 0.9, 1, 2], [-1, -1, Math.fround(0.9), 1, 1]],
    [2, [-3, -0.5, 0.25, 0.75, 2], [-0.5, -0.5, 0.25, 0.5, 0.5]],
    [8, [-1, 0.9921875, 0.9921876, 1], [-0.9921875, 0.9921875, 0.9921875, 0.9921875]],
    [15, [1], [1 - 2 ** -14]],
    [16, [1.5, -0.99999], [1, Math.fround(-0.99999)]],
  ])('at %s bits: %j becomes %j', (bits, values, expected) => {
    const range = Float32Array.from(values);
    clip(range, bits);
    expect([...range]).toEqual(expected);
  });

  test('a NaN stays a NaN', () => {
    const range = Float32Array.of(NaN);
    clip(range, 4);
    expect(range[0]).toBeNaN();
  });
});

describe('quantize', () => {
  // 2 bits: steps of 1/2 within +-1/2. 3 bits: steps of 1/4 within +-3/4.
  test.each([
    ['half_even', 2, [-0.25, 0.25, 0.26, -0.26, 0.75, -9], [0, 0, 0.5, -0.5, 0.5, -0.5]],
    ['half_up', 2, [-0.25, 0.25, 0.26, -0.26, 0.75, -9], [0, 0.5, 0.5, -0.5, 0.5, -0.5]],
    ['half_even', 3, [0.125, 0.375, 0.625, -0.125, -0.375, -0.625], [0, 0.5, 0.5, 0, -0.5, -0.5]],
    ['half_up', 3, [0.125, 0.375, 0.625, -0.125, -0.375, -0.625], [0.25, 0.5, 0.75, 0, -0.25, -0.5]],
  ] as const)('%s at %s bits: %j becomes %j', (rounding, bits, values, expected) => {
    expect(quantized([...values], { bits, rounding })).toEqual([...expected]);
  });

  test('1 bit is the sign, 0 of zeros', () => {
    expect(quantized([-3, -1e-40, -0, 0, 1e-40, 2], { bits: 1 })).toEqual([-1, -1, 0, 0, 1, 1]);
  });

  test('more than 15 bits clip to 1 and round nothing', () => {
    expect(quantized([0.1, -3], { bits: 16 })).toEqual([Math.fround(0.1), -1]);
  });

  test('divides by a scale above 1.8, and not by one below', () => {
    expect(quantized([0.6], { scale: 4 })).toEqual([0.125]);
    expect(quantized([0.6], { scale: 1.8 })).toEqual([0.5]);
    expect(quantized([0.6], { scale: 1.9 })).toEqual([Math.fround(0.5 / 1.9)]);
    expect(quantized([5], { bits: 1, scale: 2 })).toEqual([0.5]);
  });

  test('gives the nearest point of the grid within the bounds, and leaves that point alone', () => {
    const law = fc.property(nearOne, anyGrid, anyNearest, (x, bits, rounding) => {
      const [q = NaN] = quantized([x], { bits, rounding });
      const step = codeStep(bits);
      const bounded = Math.min(Math.max(x, -clipBound(bits)), clipBound(bits));
      expect(Number.isInteger(q / step) && Math.abs(q) <= clipBound(bits)).toBe(true);
      expect(Math.abs(q - bounded)).toBeLessThanOrEqual(step / 2);
      expect(quantized([q], { bits, rounding })).toEqual([q]);
      if (rounding === 'half_even' && bits <= 8) expect(codeOf(x, bits) * step).toBe(q);
    });
    fc.assert(law, { numRuns: 3000 });
  });

  test('stochastic: a word below the fraction rounds up, another down; points of the grid stay', () => {
    // 0.2 at 3 bits lies at 0.8 steps, -0.2 at -0.8: a fifth of a step above -1.
    const fraction = Math.fround(Math.fround(0.2) * 4);
    const below = Math.ceil(fraction * 2 ** 24) - 1;
    const words = Uint32Array.of(below * 256 + 255, (below + 1) * 256, 0, 0xffffffff, 0);
    const values = [0.2, 0.2, -0.2, -0.2, 0.25];
    expect(quantized(values, { bits: 3, rounding: 'stochastic' }, words)).toEqual([0.25, 0, 0, -0.25, 0.25]);
    const law = fc.property(fc.integer({ min: -127, max: 127 }), fc.nat(2 ** 32 - 1), (code, word) => {
      const point = code / 128;
      expect(quantized([point], { bits: 8, rounding: 'stochastic' }, Uint32Array.of(word))).toEqual([
        point + 0,
      ]);
    });
    fc.assert(law);
  });

  test('stochastic: over all words, up as often as the fraction says', () => {
    const law = fc.property(
      fc.float({ noNaN: true, min: -1, max: 1 }),
      fc.integer({ min: 2, max: 8 }),
      (x, bits) => {
        const n = 2 ** 12;
        const words = Uint32Array.from({ length: n }, (_, i) => (i / n) * 2 ** 32);
        const drawn = quantized(new Array<number>(n).fill(x), { bits, rounding: 'stochastic' }, words);
        const mean = drawn.reduce((sum, q) => sum + q, 0) / n;
        const bounded = Math.min(Math.max(x, -clipBound(bits)), clipBound(bits));
        expect(Math.abs(mean - bounded)).toBeLessThanOrEqual(codeStep(bits) / n);
      },
    );
    fc.assert(law, { numRuns: 200 });
  });

  test('a NaN stays a NaN, a zero is +0', () => {
    for (const rounding of ['half_even', 'half_up', 'stochastic'] as const) {
      expect(
        quantized([NaN, -0, -1e-9], { bits: 4, rounding }, Uint32Array.of(0, 0, 0)).map((q) => q),
      ).toEqual([NaN, 0, 0]);
    }
  });
});

describe('shift', () => {
  test.each([
    [1, 0, 0],
    [1.25, 0, 1],
    [Math.SQRT2 - 1e-7, 0, 1],
    [Math.SQRT2 + 1e-7, 1, 1],
    [2, 1, 1],
    [3, 2, 2],
    [0.3, -2, -1],
    [1024 * (1 + 2 ** -23), 10, 11],
    [2 ** -149, -149, -149],
    [3 * 2 ** -149, -147, -147],
    [(2 - 2 ** -23) * 2 ** 127, 128, 128],
    [0, 0, 0],
  ])('log2 of %s: nearest %s, ceiling %s', (largest, nearest, ceiling) => {
    const float = Math.fround(largest);
    expect([shiftExponent(float, 'nearest'), shiftExponent(float, 'ceiling')]).toEqual([nearest, ceiling]);
  });

  test('brings the largest magnitude into (1/2, 1] by the ceiling, into (sqrt 1/2, sqrt 2) by nearest', () => {
    const law = fc.property(fc.array(anyFloat, { minLength: 1 }), (values) => {
      const ceiling = Float32Array.from(values);
      const largest = largestMagnitude(ceiling);
      const nearest = Float32Array.from(values);
      shift(ceiling, shiftExponent(largest, 'ceiling'));
      shift(nearest, shiftExponent(largest, 'nearest'));
      if (largest === 0) {
        expect([...ceiling]).toEqual([...Float32Array.from(values)]);
        return;
      }
      expect(largestMagnitude(ceiling) > 0.5 && largestMagnitude(ceiling) <= 1).toBe(true);
      expect(largestMagnitude(nearest) ** 2 > 0.5 && largestMagnitude(nearest) ** 2 < 2).toBe(true);
    });
    fc.assert(law, { numRuns: 1000 });
  });

  test('is exact except for the sign of a zero', () => {
    const law = fc.property(anyFloat, fc.integer({ min: -20, max: 20 }), (x, exponent) => {
      fc.pre(Math.abs(x) < 2 ** 100 && (x === 0 || Math.abs(x) > 2 ** -100));
      const range = Float32Array.of(x);
      shift(range, exponent);
      expect(range[0]).toBe(x / 2 ** exponent + 0);
    });
    fc.assert(law);
  });

  test('the largest magnitude of an empty range is 0, with a NaN it is NaN', () => {
    expect(largestMagnitude(new Float32Array(0))).toBe(0);
    expect(largestMagnitude(Float32Array.of(1, NaN, -3))).toBeNaN();
    expect(largestMagnitude(Float32Array.of(1, -3))).toBe(3);
  });
});
