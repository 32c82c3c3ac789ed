import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  applyMap,
  invertMap,
  slopeOfMap,
  valueMap,
  type ValueMap,
} from '../../../src/domain/arithmetic/value-map.js';

const log = valueMap('log', 1, undefined);
const exp = valueMap('exp', 1, undefined);
const inverseSoftplus = valueMap('inverse_softplus', 1, undefined);
const power = valueMap('power', 10_000, undefined);

/** mpmath 1.3.0 at 50 digits: repr(float(log(expm1(mpf(x))))), x the first number. */
const SOFTPLUS = [
  [1e-4, -9.210290371559516],
  [0.001, -6.9072552373154705],
  [0.1, -2.2521684610440906],
  [0.339, -0.907471373961713],
  [0.341, -0.9005324462710604],
  [Math.LN2, -4.638093627692599e-17],
  [1.39, 1.1035500952754573],
  [1.41, 1.1300965512539616],
  [20, 19.999999997938847],
  [50, 50],
] as const;

test('the inverse of softplus has the digits of high precision, and softplus leads back', () => {
  for (const [x, expected] of SOFTPLUS) {
    expect(Math.abs(applyMap(inverseSoftplus, x) - expected)).toBeLessThanOrEqual(
      2 ** -52 * (1 + Math.abs(expected)),
    );
  }
  fc.assert(
    fc.property(fc.double({ min: 1e-30, max: 700, noNaN: true }), (x) => {
      const y = applyMap(inverseSoftplus, x);
      const softplus = Math.max(y, 0) + Math.log1p(Math.exp(-Math.abs(y)));
      // Its slope, 1 / (1 - e^-x), makes an error of y less where x is small.
      expect(Math.abs(softplus / x - 1)).toBeLessThan(2e-15 * (1 + Math.abs(y)));
    }),
  );
});

const anyInDomain: fc.Arbitrary<readonly [ValueMap, number]> = fc.oneof(
  fc.tuple(fc.constant(log), fc.double({ min: 1e-30, max: 1e30, noNaN: true })),
  fc.tuple(fc.constant(exp), fc.double({ min: -80, max: 80, noNaN: true })),
  fc.tuple(fc.constant(inverseSoftplus), fc.double({ min: 1e-20, max: 100, noNaN: true })),
  fc.tuple(fc.constant(power), fc.double({ min: -8, max: 8, noNaN: true })),
);

test('the inverse takes a map back, and the slope is that of a small step', () => {
  fc.assert(
    fc.property(anyInDomain, ([map, x]) => {
      const y = applyMap(map, x);
      const slope = slopeOfMap(map, x);
      expect(Math.abs(invertMap(map, y) - x)).toBeLessThan(
        (1e-14 * (1 + Math.abs(y))) / slope + 1e-13 * Math.abs(x),
      );
      const step = 1e-6 * Math.max(Math.abs(x), map.kind === 'log' ? 0 : 1e-20);
      const rise = (applyMap(map, x + step) - applyMap(map, x - step)) / (2 * step);
      expect(Math.abs(rise - slope)).toBeLessThan(1e-4 * slope + (1e-14 * (1 + Math.abs(y))) / step);
    }),
  );
});

test('powers of a whole base with whole exponents are exact, and rotary frequencies are those of doubles', () => {
  const two = valueMap('power', 2, undefined);
  expect([-3, 0, 10].map((x) => applyMap(two, x))).toEqual([0.125, 1, 1024]);
  for (let i = 0; i < 64; i++) {
    expect(Math.abs(applyMap(power, (-2 * i) / 128) * 10_000 ** ((2 * i) / 128) - 1)).toBeLessThan(1e-15);
  }
  expect(applyMap(valueMap('power', 1, undefined), 5)).toBe(1);
});

test('a floor raises the value before the map', () => {
  const floored = valueMap('log', 1, 1e-4);
  expect(applyMap(floored, 1e-6)).toBe(applyMap(log, 1e-4));
  expect(applyMap(floored, -1)).toBe(applyMap(log, 1e-4));
  expect(applyMap(floored, 0.5)).toBe(applyMap(log, 0.5));
});
