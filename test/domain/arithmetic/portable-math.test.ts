import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  exponential,
  exponentialMinusOne,
  logarithm,
  logarithmOnePlus,
} from '../../../src/domain/arithmetic/portable-math.js';

const anyPositive = fc
  .tuple(fc.double({ min: 1, max: 2, noNaN: true }), fc.integer({ min: -1000, max: 1000 }))
  .map(([fraction, exponent]) => fraction * 2 ** exponent);

/** Math's functions are within an ulp on every engine, which is close enough to compare with. */
const relative = (value: number, exact: number): number =>
  value === exact ? 0 : Math.abs(value / exact - 1);

test('logarithm, near 1 as well', () => {
  fc.assert(
    fc.property(anyPositive, (x) => {
      expect(relative(logarithm(x), Math.log(x))).toBeLessThan(8e-16);
    }),
  );
  // Subnormal numbers have no relative precision to lose.
  const small = fc
    .double({ min: -0.29, max: 0.41, noNaN: true })
    .map((x) => (Math.abs(x) < 1e-300 ? 0.1 : x));
  fc.assert(
    fc.property(small, (x) => {
      expect(relative(logarithmOnePlus(x), Math.log1p(x))).toBeLessThan(8e-16);
    }),
  );
  expect(logarithm(1)).toBe(0);
});

test('exponential, and exponential less 1', () => {
  fc.assert(
    fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
      expect(relative(exponential(x), Math.exp(x))).toBeLessThan(8e-16 * (1 + Math.abs(x)));
    }),
  );
  fc.assert(
    fc.property(fc.double({ min: -60, max: 1, noNaN: true }), (x) => {
      expect(relative(exponentialMinusOne(x), Math.expm1(x))).toBeLessThan(2e-15);
    }),
  );
  expect(exponentialMinusOne(-1e-300)).toBe(-1e-300);
  expect([exponentialMinusOne(-Infinity), exponential(-Infinity), exponential(0)]).toEqual([-1, 0, 1]);
});
