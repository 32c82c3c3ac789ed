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

/** a + b exactly. */
export function twoSum(a: number, b: number): DoubleDouble {
  const sum = a + b;
  const bThere = sum - a;
  return [sum, a - (sum - bThere) + (b - bThere)];
}

/** a * b exactly. */
export function twoProduct(a: number, b: number): DoubleDouble {
  const product = a * b;
  const [aHigh, aLow] = halves(a);
  const [bHigh, bLow] = halves(b);
  return [product, aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow)];
}

/** A double as the sum of two with at most 26 bits each. */
function halves(x: number): DoubleDouble {
  const scaled = x * (2 ** 27 + 1);
  const high = scaled - (scaled - x);
  return [high, x - high];
}

/** high + low, |high| the larger, as a pair. */
function normalise(high: number, low: number): DoubleDouble {
  const sum = high + low;
  return [sum, low - (sum - high)];
}

export function add(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const [high, rest] = twoSum(a[0], b[0]);
  const [low, lowest] = twoSum(a[1], b[1]);
  const [sum, error] = normalise(high, rest + low);
  return normalise(sum, error + lowest);
}

export const negate = (a: DoubleDouble): DoubleDouble => [-a[0], -a[1]];

export function multiply(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const [high, low] = twoProduct(a[0], b[0]);
  return normalise(high, low + (a[0] * b[1] + a[1] * b[0]));
}

export function divide(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const first = a[0] / b[0];
  const rest = add(a, negate(multiply(b, [first, 0])));
  const second = rest[0] / b[0];
  const last = add(rest, negate(multiply(b, [second, 0])));
  return add(normalise(first, second), [last[0] / b[0], 0]);
}
