import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactDelta } from '../../../bench/fit/reference/bounded-normal.js';
import {
  boundedNormalParameters,
  fillBoundedNormal,
  reachOfBounds,
  signedDelta,
} from '../../../src/domain/kernels/bounded-normal.js';
import { anyBounds } from '../../support/random.js';

const EXTREMES = [-(2 ** 31), -(2 ** 31) + 1, -1, 0, 1, 2 ** 31 - 1];
const anyWords = fc
  .array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { minLength: 40, maxLength: 40 })
  .map((words) => [...words, ...EXTREMES].sort((a, b) => a - b));
const anyShift = fc.double({ min: -50, max: 50, noNaN: true });

test('every value lies within the bounds, taken exactly; a larger word never gives a value noticeably smaller', () => {
  const law = fc.property(anyBounds, anyWords, anyShift, ([low, high], words, mean) => {
    const out = new Float32Array(words.length);
    const parameters = boundedNormalParameters(mean, 1, low, high);
    if (parameters.lowest > parameters.highest) return; // no float32 between them: the recipe refuses
    fillBoundedNormal(out, Uint32Array.from(words), parameters);
    const [least, most] = reachOfBounds(low, high);
    out.forEach((value, i) => {
      expect(value).toBeGreaterThanOrEqual(mean + low - Math.abs(mean + low) * 2 ** -52);
      expect(value).toBeLessThanOrEqual(mean + high + Math.abs(mean + high) * 2 ** -52);
      const slack = 1e-5 * (Math.abs(value) + Math.abs(mean) + most - least);
      expect(value - (out[i - 1] ?? -Infinity)).toBeGreaterThanOrEqual(-slack);
      expect(value).toBeGreaterThanOrEqual(mean + least - slack);
      expect(value).toBeLessThanOrEqual(mean + most + slack);
    });
  });
  fc.assert(law, { numRuns: 300 });
});

test('distances from the anchor are within 1.4e-6 of exact ones, for any bounds', () => {
  const law = fc.property(anyBounds, anyWords, ([low, high], words) => {
    const parameters = boundedNormalParameters(0, 1, low, high);
    const exact = exactDelta(low, high);
    for (const word of words) {
      const wanted = exact(word);
      const found = signedDelta(word, parameters);
      // Half a lattice step is all that a word next to the split may be off.
      expect(Math.abs(found - wanted)).toBeLessThan(1.4e-6 * Math.abs(wanted) + 2 ** -54);
    }
  });
  fc.assert(law, { numRuns: 300 });
});

test('mirrored bounds on one side of 0 give mirrored values', () => {
  const law = fc.property(anyBounds, anyWords, ([low, high], words) => {
    fc.pre(low >= 0 || high <= 0); // a split within a step would be rounded either way
    const there = boundedNormalParameters(0, 1, low, high);
    const back = boundedNormalParameters(0, 1, -high, -low);
    for (const word of words) expect(signedDelta(word, there)).toBe(-signedDelta(~word, back));
  });
  fc.assert(law, { numRuns: 100 });
});

test('bounds are exact: a double bound below 0.1 does not let the float32 above it through', () => {
  const { lowest, highest } = boundedNormalParameters(0, 1, 0.1, 0.7);
  expect(lowest).toBeGreaterThanOrEqual(0.1);
  expect(highest).toBeLessThanOrEqual(0.7);
  // 1 + 2^-30 * 2^-30: the sum rounds to 1 in double precision, and 1 is not within.
  expect(boundedNormalParameters(1, 2 ** -30, 2 ** -30, 1).lowest).toBe(1 + 2 ** -23);
  expect(boundedNormalParameters(-1, 2 ** -30, -1, -(2 ** -30)).highest).toBe(-1 - 2 ** -23);
});

test('the reach beyond a bound is its own, whatever was asked before: the further out, the shorter', () => {
  const reachFrom = (anchor: number): number => reachOfBounds(anchor, Infinity)[1] - anchor;
  const anchors = [0, 1, 2, 4, 8, 16];
  const reaches = anchors.map(reachFrom);
  expect([...reaches].sort((a, b) => b - a)).toEqual(reaches);
  expect(new Set(reaches).size).toBe(anchors.length);
  expect([...anchors].reverse().map(reachFrom).reverse()).toEqual(reaches);
});
