import { expect, test } from 'vitest';
import { deltaAtDepth, depth, millsRatio } from '../../../src/domain/arithmetic/normal-tail.js';

// Both tables by mpmath 1.3.0, from erfc at 60 digits (3000 where a >= 100): Q(x) = erfc(x / sqrt(2)) / 2.
const MILLS = [
  [0, 1.2533141373155003],
  [0.5, 0.87636445645369235],
  [1.9999, 0.4213849559764444],
  [2, 0.42136922928805447],
  [3, 0.3045902987101033],
  [5, 0.19280810471531576],
  [10, 0.099028596471731921],
  [100, 0.0099990002998501049],
] as const;

/** a, delta, -ln(Q(a + delta) / Q(a)). */
const DEPTHS = [
  [0, 1e-9, 7.9788456112117529e-10],
  [0, 1, 1.1478744644493182],
  [0, 6.3, 21.935117449890066],
  [0.001, 0.3, 0.26915594914415859],
  [0.7, 0.015, 0.019443299660935449],
  [1.9, 0.2, 0.47466289670184945],
  [1.999, 0.002, 0.0047464310854309696],
  [2, 0.015, 0.035697909898246052],
  [3, 1, 3.7523752650169413],
  [6, 1, 6.6475385488363696],
  [5, 0.0001, 0.00051865523323221542],
  [20, 1.08, 22.235545758594932],
  [39.9, 0.1, 3.9975000032418569],
  [63, 0.01, 0.63020863769704346],
  [100, 0.3, 30.047994911966582],
  [1000, 0.0005, 0.50000062499887502],
] as const;

test.each(MILLS)("Mills' ratio at %d", (x, exact) => {
  expect(Math.abs(millsRatio(x) / exact - 1)).toBeLessThan(2e-14);
});

test.each(DEPTHS)('depth above %d of %d, and back', (a, delta, exact) => {
  expect(Math.abs(depth(a, delta) / exact - 1)).toBeLessThan(1e-13);
  expect(Math.abs(deltaAtDepth(a, exact) / delta - 1)).toBeLessThan(2e-13);
});

test('an infinite depth, and tails too far out for a double', () => {
  expect(depth(3, Infinity)).toBe(Infinity);
  expect(deltaAtDepth(1e6, 1) * 1e6).toBeCloseTo(1, 10);
  expect(deltaAtDepth(1e200, 1) * 1e200).toBeCloseTo(1, 10);
});
