import { expect, test } from 'vitest';
import { add, divide, twoProduct, twoSum, multiply } from '../../../src/domain/arithmetic/double-double.js';
import { deltaAtDepth64, depth64, hazardRate } from '../../../src/domain/arithmetic/normal-tail64.js';

// Both tables by mpmath 1.3.0, from erfc at 60 digits (3000 where a >= 100): Q(x) = erfc(x / sqrt(2)) / 2.
/** x, phi(x) / Q(x) as a sum of two doubles. */
const HAZARDS = [
  [0, 0.7978845608028654, -4.98465440455546e-17],
  [0.5, 1.1410777703680646, -8.91662542897631e-17],
  [1.9999, 2.3731269610296684, -1.9600328466673778e-16],
  [2, 2.373215532822841, -1.6673395744652142e-16],
  [3, 3.2830986549304364, 1.0720438893775694e-16],
  [5, 5.186503967125842, 3.969614984804074e-16],
  [10, 10.098093233962512, -5.3589169270303904e-17],
  [100, 100.00999800099926, 7.960847658516226e-17],
] as const;

/** a, delta, -ln(Q(a + delta) / Q(a)). */
const DEPTHS = [
  [0, 1e-9, 7.978845611211752918e-10],
  [0, 1, 1.147874464449318196],
  [0, 6.3, 21.93511744989006582],
  [0, 9.1, 43.8507970647645],
  [0.001, 0.3, 0.2691559491441585906],
  [0.7, 0.015, 0.01944329966093544902],
  [1.9, 0.2, 0.4746628967018494453],
  [1.999, 0.002, 0.0047464310854309696],
  [2, 0.015, 0.03569790989824605234],
  [3, 0.016, 0.05264856833538318],
  [3, 1, 3.752375265016941285],
  [6, 1, 6.64753854883637],
  [5, 0.0001, 0.0005186552332322154],
  [20, 1.08, 22.235545758594932],
  [39.9, 0.1, 3.997500003241857],
  [63, 0.01, 0.6302086376970434],
  [100, 0.3, 30.047994911966583],
  [1000, 0.0005, 0.500000624998875],
] as const;

test.each(HAZARDS)('hazard rate at %d', (x, high, low) => {
  const found = hazardRate(x);
  expect(Math.abs(found[0] - high + (found[1] - low))).toBeLessThan(high * 2 ** -62);
});

test.each(DEPTHS)('depth above %d of %d, and back', (a, delta, exact) => {
  expect(Math.abs(depth64(a, delta) / exact - 1)).toBeLessThan(1e-15);
  expect(Math.abs(deltaAtDepth64(a, exact) / delta - 1)).toBeLessThan(1.5e-15);
});

test('an infinite depth, and tails too far out for a double', () => {
  expect(depth64(3, Infinity)).toBe(Infinity);
  expect(deltaAtDepth64(1e6, 1) * 1e6).toBeCloseTo(1, 10);
  expect(deltaAtDepth64(1e200, 1) * 1e200).toBeCloseTo(1, 10);
});

test('double-doubles keep what a double loses', () => {
  expect(twoSum(1, 2 ** -60)).toEqual([1, 2 ** -60]);
  expect(twoProduct(1 + 2 ** -40, 1 + 2 ** -40)).toEqual([1 + 2 ** -39, 2 ** -80]);
  expect(add([1, 2 ** -60], [-1, 2 ** -61])).toEqual([2 ** -60 + 2 ** -61, 0]);
  expect(multiply([1, 2 ** -60], [3, 0])).toEqual([3, 3 * 2 ** -60]);
  const [high, low] = multiply(divide([1, 0], [3, 0]), [3, 0]);
  expect(Math.abs(high - 1 + low)).toBeLessThan(2 ** -100);
});
