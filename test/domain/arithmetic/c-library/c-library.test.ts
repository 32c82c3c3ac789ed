/** The C library's functions beside what they compute: the exact values, from their series in double-doubles. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { at } from '../../../../src/base/at.js';
import { doubleBits, doubleOfBits } from '../../../../src/domain/arithmetic/bits.js';
import { log } from '../../../../src/domain/arithmetic/c-library/log.js';
import { LOG_ENTRY, LOG_TABLE } from '../../../../src/domain/arithmetic/c-library/log-table.js';
import { log1p } from '../../../../src/domain/arithmetic/c-library/log1p.js';
import { sincos } from '../../../../src/domain/arithmetic/c-library/sincos.js';
import {
  SINCOS_DENSITY,
  SINCOS_ENTRY,
  SINCOS_TABLE,
} from '../../../../src/domain/arithmetic/c-library/sincos-table.js';
import {
  add,
  divide,
  multiply,
  subtract,
  twoSum,
  type DoubleDouble,
} from '../../../../src/domain/arithmetic/double-double.js';

const exactly = (x: number): DoubleDouble => [x, 0];

/** log of a sum of two doubles between 1/2 and 2: twice the inverse hyperbolic tangent of (x - 1) / (x + 1). */
function exactLogNearOne(x: DoubleDouble): DoubleDouble {
  const t = divide(subtract(x, exactly(1)), add(x, exactly(1)));
  const square = multiply(t, t);
  let sum = exactly(0);
  for (let odd = 75; odd >= 1; odd -= 2) sum = add(multiply(sum, square), divide(exactly(1), exactly(odd)));
  return multiply(multiply(t, sum), exactly(2));
}

const EXACT_LN2 = exactLogNearOne(exactly(2));

/** log of a sum of two doubles. */
function exactLog(x: DoubleDouble): DoubleDouble {
  const exponent = Math.floor(Math.log2(x[0] * Math.SQRT2));
  const scale = 2 ** -exponent;
  const ofFraction = exactLogNearOne([x[0] * scale, x[1] * scale]);
  return add(multiply(EXACT_LN2, exactly(exponent)), ofFraction);
}

/** Terms of the exponential series of every other power, signs in turn: cosine from the 0th, sine from the first. */
function exactSeries(x: DoubleDouble, firstPower: 0 | 1): DoubleDouble {
  const square = multiply(x, x);
  let sum = exactly(1);
  for (let power = 60 + firstPower; power > firstPower; power -= 2) {
    const next = divide(multiply(sum, square), exactly(power * (power - 1)));
    sum = subtract(exactly(1), next);
  }
  return firstPower === 0 ? sum : multiply(sum, x);
}

const ulpOf = (x: number): number => doubleOfBits(doubleBits(Math.abs(x)) + 1n) - Math.abs(x);

/** The distance of a value from the exact one, in units of the value's last place. */
const errorInUlps = (value: number, exact: DoubleDouble): number =>
  Math.abs(subtract(exactly(value), exact)[0]) / ulpOf(value);

const anyUniform = fc.oneof(
  fc.bigInt(1n, 2n ** 53n - 1n).map((k) => Number(k) * 2 ** -53),
  fc.bigInt(1n, 2n ** 20n).map((k) => Number(k) * 2 ** -53),
  fc.bigInt(1n, 2n ** 20n).map((k) => 1 - Number(k) * 2 ** -53),
);
const RUNS = { numRuns: 1000 };

test('log is within 0.52 ulp', () => {
  const law = fc.property(anyUniform, fc.integer({ min: -900, max: 900 }), (u, exponent) => {
    expect(errorInUlps(log(u), exactLog(exactly(u)))).toBeLessThan(0.52);
    const x = u * 2 ** exponent;
    expect(errorInUlps(log(x), exactLog(exactly(x)))).toBeLessThan(0.52);
  });
  fc.assert(law, RUNS);
});

test('log1p is within an ulp', () => {
  const law = fc.property(anyUniform, (u) => {
    expect(errorInUlps(log1p(-u), exactLog(twoSum(1, -u)))).toBeLessThan(1);
    expect(errorInUlps(log1p(u), exactLog(twoSum(1, u)))).toBeLessThan(1);
  });
  fc.assert(law, RUNS);
});

test('sine and cosine are within 0.55 ulp', () => {
  const pair = new Float64Array(2);
  const law = fc.property(fc.double({ min: 2 ** -20, max: 2 * Math.PI, noNaN: true }), (x) => {
    sincos(x, pair);
    // The series loses digits where its value is small beside its terms.
    const lost = 2 ** -95;
    for (const [i, exact] of [exactSeries(exactly(x), 1), exactSeries(exactly(x), 0)].entries()) {
      const value = at(pair, i);
      expect(errorInUlps(value, exact)).toBeLessThan(0.55 + lost / ulpOf(value));
    }
  });
  fc.assert(law, RUNS);
});

test('sine is odd, cosine is even, and a half turn changes both signs but for the last places', () => {
  const [here, there] = [new Float64Array(2), new Float64Array(2)];
  const law = fc.property(fc.double({ min: 0, max: 2 ** 25, noNaN: true }), (x) => {
    sincos(x, here);
    sincos(-x, there);
    expect([at(there, 0), at(there, 1)]).toEqual([-at(here, 0), at(here, 1)]);
    sincos(x + Math.PI, there);
    expect(Math.abs(at(here, 0) + at(there, 0))).toBeLessThan(2e-16 * Math.max(3, x));
    expect(Math.abs(at(here, 1) + at(there, 1))).toBeLessThan(2e-16 * Math.max(3, x));
  });
  fc.assert(law, RUNS);
});

test('logarithms never fall from one double to the next', () => {
  const anyStart = fc.oneof(anyUniform, fc.constantFrom(0.5, 0.6875, 0.9375, 1 - 2 ** -44));
  const law = fc.property(anyStart, (start) => {
    let [x, last, lastOfRest] = [start, log(start), log1p(start - 1)];
    for (let i = 0; i < 50; i++) {
      x = doubleOfBits(doubleBits(x) + 1n);
      const [next, nextOfRest] = [log(x), log1p(x - 1)];
      expect(next).toBeGreaterThanOrEqual(last);
      expect(nextOfRest).toBeGreaterThanOrEqual(lastOfRest);
      [last, lastOfRest] = [next, nextOfRest];
    }
  });
  fc.assert(law, { numRuns: 200 });
});

test('logarithms of 1 are 0; sine and cosine of 0 are 0 and 1', () => {
  const pair = new Float64Array(2);
  sincos(0, pair);
  expect([log(1), log1p(0), log1p(-0), ...pair]).toEqual([0, 0, -0, 0, 1]);
});

test("the tables' entries are the functions' values", () => {
  for (let k = 0; k < SINCOS_TABLE.length / SINCOS_ENTRY; k++) {
    const x = exactly(k / SINCOS_DENSITY);
    const [sine = 0, sineRest = 0, cosine = 0, cosineRest = 0] = SINCOS_TABLE.subarray(k * SINCOS_ENTRY);
    expect(Math.abs(subtract(exactSeries(x, 1), [sine, sineRest])[0])).toBeLessThan(2 ** -100);
    expect(Math.abs(subtract(exactSeries(x, 0), [cosine, cosineRest])[0])).toBeLessThan(2 ** -100);
  }
  for (let i = 0; i < LOG_TABLE.length; i += LOG_ENTRY) {
    const exact = exactLog(exactly(1 / at(LOG_TABLE, i)));
    expect(Math.abs(subtract(exact, exactly(at(LOG_TABLE, i + 1)))[0])).toBeLessThan(2 ** -52);
  }
});
