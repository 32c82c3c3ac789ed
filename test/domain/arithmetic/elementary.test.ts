import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  exp,
  expMinusOne,
  expOfProduct,
  ln,
  lnExactly,
  lnOnePlus,
  tanQuarter,
} from '../../../src/domain/arithmetic/elementary.js';
import { doubleBits } from '../../../src/domain/arithmetic/bits.js';

/** Math's functions are within an ulp on every engine, which is close enough to compare with. */
const MATHS_ULP = 1;

const ulps = (value: number, other: number): number =>
  Math.abs(Number(doubleBits(value) - doubleBits(other)));

const RUNS = { numRuns: 3000 };

const anyPositive = fc
  .tuple(fc.double({ min: 1, max: 2, noNaN: true }), fc.integer({ min: -1070, max: 1022 }))
  .map(([fraction, exponent]) => fraction * 2 ** exponent);

test('the logarithm is within 1 ulp, of subnormal numbers too', () => {
  fc.assert(
    fc.property(anyPositive, (x) => {
      expect(ulps(ln(x), Math.log(x))).toBeLessThanOrEqual(1 + MATHS_ULP);
    }),
    RUNS,
  );
  const nearOne = fc.double({ min: 0.71, max: 1.41, noNaN: true });
  fc.assert(
    fc.property(nearOne, (x) => {
      expect(ulps(ln(x), Math.log(x))).toBeLessThanOrEqual(1 + MATHS_ULP);
      expect(ulps(lnOnePlus(x - 1), Math.log1p(x - 1))).toBeLessThanOrEqual(1 + MATHS_ULP);
    }),
    RUNS,
  );
  expect(ln(1)).toBe(0);
  expect(lnOnePlus(-1e-300)).toBe(-1e-300);
});

test('the exponential is within 1 ulp from the smallest subnormal number to the largest', () => {
  fc.assert(
    fc.property(fc.double({ min: -745, max: 709.7, noNaN: true }), (x) => {
      expect(ulps(exp(x), Math.exp(x))).toBeLessThanOrEqual(1 + MATHS_ULP);
    }),
    RUNS,
  );
  fc.assert(
    fc.property(fc.double({ min: 0, max: 0.34, noNaN: true }), (x) => {
      expect(ulps(expMinusOne(x), Math.expm1(x))).toBeLessThanOrEqual(2 + MATHS_ULP);
    }),
    RUNS,
  );
  expect([exp(0), exp(-800), exp(800)]).toEqual([1, 0, Infinity]);
});

test('the tangent is within 3 ulp up to pi / 4', () => {
  fc.assert(
    fc.property(fc.double({ min: 2 ** -53, max: 0.5, noNaN: true }), (v) => {
      expect(ulps(tanQuarter(v), Math.tan((v * Math.PI) / 2))).toBeLessThanOrEqual(3 + MATHS_ULP);
    }),
    RUNS,
  );
});

test('a power of two with a whole exponent is exact, and other powers are within 1 ulp', () => {
  const ln2 = lnExactly(2);
  for (let exponent = -1074; exponent <= 1023; exponent++) {
    expect(expOfProduct(ln2, exponent)).toBe(2 ** exponent);
  }
  const ln10 = lnExactly(10);
  for (let exponent = -300; exponent <= 300; exponent++) {
    expect(ulps(expOfProduct(ln10, exponent), Number(`1e${exponent}`))).toBeLessThanOrEqual(1);
  }
});

/** mpmath 1.3.0 at 60 digits: l = log(10000); print(float(l), nstr(l - mpf(float(l)), 20)). */
test('the logarithm to 100 bits has the digits of a series in high precision', () => {
  const [high, low] = lnExactly(10_000);
  expect(high).toBe(9.210340371976184);
  expect(Math.abs(low - -8.683024893528997802e-16)).toBeLessThan(2 ** -98);
});
