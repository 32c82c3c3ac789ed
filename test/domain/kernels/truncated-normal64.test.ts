import fc from 'fast-check';
import { expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import { PRECISE_TOTAL_MASS, ulpError } from '../../../bench/fit/reference/normal-mass.js';
import { ceilSum, floorSum } from '../../../src/domain/arithmetic/float64.js';
import {
  fillTruncatedNormal64,
  truncatedFromWord,
  truncatedNormal64Parameters,
} from '../../../src/domain/kernels/truncated-normal64.js';
import { LAST_WORD, anyWord64, halvesOf } from '../../support/words64.js';

const z = (word: bigint): number => truncatedFromWord(...halvesOf(word));

/** Error in ulps of a positive word's z against 256-bit fixed point. */
function ulps(word: bigint): number {
  const twiceM = 2n * (word >> 11n) + 1n;
  return Math.abs(ulpError(z(word), (twiceM * PRECISE_TOTAL_MASS) >> 53n));
}

test('is within 2 ulp of the inverse of the distribution function', () => {
  let worst = 0;
  for (let i = 0n; i < 4000n; i++) {
    // Golden section steps, the last lattice points, and the ends by powers of two.
    worst = Math.max(worst, ulps((i * 0x4f1bbcdcbfa53e0bn) % LAST_WORD), ulps(LAST_WORD - (i << 11n)));
    worst = Math.max(worst, ulps(LAST_WORD >> (i % 52n)), ulps(LAST_WORD - (LAST_WORD >> (i % 52n))));
  }
  expect(worst).toBeLessThan(2);
  expect(worst).toBeGreaterThan(0.5); // the reference is another computation, not this one again
});

test('is odd: w and ~w give opposite values; never 0, always below 2', () => {
  const law = fc.property(anyWord64, (word) => {
    expect(z(~word)).toBe(-z(word));
    expect(Math.abs(z(word))).toBeGreaterThan(0);
    expect(Math.abs(z(word))).toBeLessThan(2);
  });
  fc.assert(law, { numRuns: 5000, examples: [[LAST_WORD], [0n], [-1n]] });
});

test('words in order give values in order, to within both errors', () => {
  const law = fc.property(anyWord64, anyWord64, (a, b) => {
    const [lower, upper] = a < b ? [a, b] : [b, a];
    const slack = 2 ** -50 * Math.max(Math.abs(z(lower)), Math.abs(z(upper)));
    expect(z(upper) - z(lower)).toBeGreaterThan(-slack);
  });
  fc.assert(law, { numRuns: 2000 });
});

const anyParameter = fc.oneof(
  fc.double({ min: -1e3, max: 1e3, noNaN: true }),
  fc.double({ min: -1e300, max: 1e300, noNaN: true }),
);

test('a value is mean + std * z and never leaves [mean - 2 std, mean + 2 std], not even by an ulp', () => {
  const law = fc.property(anyWord64, anyParameter, anyParameter, (word, mean, spread) => {
    const std = Math.abs(spread);
    const words = [word, LAST_WORD, ~LAST_WORD];
    const out = new Float64Array(words.length);
    fillTruncatedNormal64(
      out,
      Uint32Array.from(words.flatMap(halvesOf)),
      truncatedNormal64Parameters(mean, std),
    );
    const [low, high] = [ceilSum(mean, -2 * std), floorSum(mean, 2 * std)];
    out.forEach((value, i) => {
      const free = mean + std * z(at(words, i));
      expect(value >= low && value <= high).toBe(true);
      expect(value === free || free < low || free > high).toBe(true);
    });
  });
  fc.assert(law, { numRuns: 2000 });
});
