/**
 * Numbers of about 106 bits, as unevaluated sums of two doubles: from + - * / alone, so every engine gets the same ones.
 * Relative errors of a few 2^-104, for magnitudes from 2^-900 to 2^900.
 *
 * Sources: Dekker, "A floating-point technique for extending the available precision", Numer. Math. 18, 1971,
 * https://doi.org/10.1007/BF01397083; Knuth, "The Art of Computer Programming", volume 2, section 4.2.2, theorem B.
 * @module
 */

/** high + low, low at most half an ulp of high. */
export type DoubleDouble = readonly [high: number, low: number];

/** a + b, and exactly what rounding it lost: Knuth's TwoSum. */
export function twoSum(a: number, b: number): DoubleDouble {
  const sum = a + b;
  const shareOfB = sum - a;
  return [sum, a - (sum - shareOfB) + (b - shareOfB)];
}

/** a * b, and exactly what rounding it lost: Dekker's TwoProduct. */
export function twoProduct(a: number, b: number): DoubleDouble {
  const product = a * b;
  const [aHigh, aLow] = split(a);
  const [bHigh, bLow] = split(b);
  return [product, aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow)];
}

const SPLITTER = 2 ** 27 + 1;

/** A double as the sum of two with at most 26 bits each: Veltkamp's splitting. */
function split(x: number): DoubleDouble {
  const scaled = x * SPLITTER;
  const high = scaled - (scaled - x);
  return [high, x - high];
}

/** high + low, |high| the larger of the two: Dekker's FastTwoSum. */
function fastTwoSum(high: number, low: number): DoubleDouble {
  const sum = high + low;
  return [sum, low - (sum - high)];
}

export function add(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const [high, rest] = twoSum(a[0], b[0]);
  const [low, lowest] = twoSum(a[1], b[1]);
  const [sum, error] = fastTwoSum(high, rest + low);
  return fastTwoSum(sum, error + lowest);
}

export const negate = (a: DoubleDouble): DoubleDouble => [-a[0], -a[1]];

export const subtract = (a: DoubleDouble, b: DoubleDouble): DoubleDouble => add(a, negate(b));

export function multiply(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const [high, low] = twoProduct(a[0], b[0]);
  return fastTwoSum(high, low + (a[0] * b[1] + a[1] * b[0]));
}

export function divide(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const first = a[0] / b[0];
  const rest = subtract(a, multiply(b, [first, 0]));
  const second = rest[0] / b[0];
  const last = subtract(rest, multiply(b, [second, 0]));
  return add(fastTwoSum(first, second), [last[0] / b[0], 0]);
}
