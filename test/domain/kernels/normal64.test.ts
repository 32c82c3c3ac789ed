import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FIXED_ONE } from '../../../bench/fit/approximation/fixed-point.js';
import { ulpError } from '../../../bench/fit/reference/normal-mass.js';
import {
  TAIL_BELOW,
  fillNormal64,
  normal64Parameters,
  normalFromWord,
} from '../../../src/domain/kernels/normal64.js';
import { LAST_WORD, anyWord64, halvesOf } from '../../support/words64.js';

const z = (word: bigint): number => normalFromWord(...halvesOf(word));

/** Error in ulps of a positive word's z against 256-bit fixed point. */
const ulps = (word: bigint): number => Math.abs(ulpError(z(word), ((2n * word + 1n) * FIXED_ONE) >> 64n));

/** The last word of the centre, about. */
const SEAM = LAST_WORD - BigInt(TAIL_BELOW * 2 ** 63);

test('is within 2 ulp of the inverse of the distribution function: centre, tail, seam, ends', () => {
  let worst = 0;
  for (let i = 0n; i < 2000n; i++) {
    worst = Math.max(worst, ulps((i * 0x4f1bbcdcbfa53e0bn) % LAST_WORD), ulps(LAST_WORD - i));
    worst = Math.max(worst, ulps(SEAM + ((i - 1000n) << 11n)), ulps(SEAM + ((i - 1000n) << 44n)));
    const shift = i % 63n;
    worst = Math.max(worst, ulps(LAST_WORD >> shift), ulps(LAST_WORD - ((LAST_WORD / (i + 1n)) >> shift)));
  }
  expect(worst).toBeLessThan(2);
  expect(worst).toBeGreaterThan(0.5); // the reference is another computation, not this one again
});

test('every bit of the word counts, and the tail ends beyond 9', () => {
  expect(z(LAST_WORD)).toBeCloseTo(9.155293772686086, 13);
  expect(z(LAST_WORD - 1n)).toBeLessThan(z(LAST_WORD));
  expect(z(1n) / z(0n)).toBeCloseTo(3, 14);
});

test('is odd: w and ~w give opposite values; never 0', () => {
  const law = fc.property(anyWord64, (word) => {
    expect(z(~word)).toBe(-z(word));
    expect(z(word) > 0).toBe(BigInt.asIntN(64, word) >= 0n);
    expect(Math.abs(z(word))).toBeGreaterThan(0);
  });
  fc.assert(law, { numRuns: 5000, examples: [[LAST_WORD], [0n], [-1n]] });
});

test('words in order give values in order, to within both errors, across the seam as well', () => {
  const near = fc.bigInt({ min: -(1n << 50n), max: 1n << 50n }).map((distance) => SEAM + distance);
  const law = fc.property(fc.oneof(fc.tuple(anyWord64, anyWord64), fc.tuple(near, near)), ([a, b]) => {
    const [lower, upper] = a < b ? [a, b] : [b, a];
    const slack = 2 ** -50 * Math.max(Math.abs(z(lower)), Math.abs(z(upper)));
    expect(z(upper) - z(lower)).toBeGreaterThan(-slack);
  });
  fc.assert(law, { numRuns: 5000 });
});

test('a value is mean + std * z, each operation rounded to a double', () => {
  const parameter = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const law = fc.property(anyWord64, parameter, parameter, (word, mean, spread) => {
    const std = Math.abs(spread);
    const out = new Float64Array(1);
    fillNormal64(out, Uint32Array.from(halvesOf(word)), normal64Parameters(mean, std));
    const product = Float64Array.of(std * z(word));
    expect(out[0]).toBe(mean + 0 + (product[0] ?? NaN));
  });
  fc.assert(law);
});
