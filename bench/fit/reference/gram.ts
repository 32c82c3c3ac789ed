/**
 * How far vectors are from orthonormal, so exactly that the figure is theirs and not the measurement's.
 *
 * Products of float32 are exact in doubles, and sums of them are wrong by at most their length in units of 2^-53, when each vector has norm 1.
 * A double x is split at 2^-26: x = h + l, h a multiple of 2^-26. A product h h' is a multiple of 2^-52, and no partial sum of such products
 * reaches 2 (Cauchy and Schwarz), so the sum is exact; those of h l' and l x' are 2^-27 as large, and so are their errors.
 * @module
 */
import { at } from '#built/base/at.js';
import { float64At } from '#built/domain/arithmetic/typed-at.js';
import { range } from '../range.js';

/** Shape [count, length], row-major: vectors of norm 1. */
export interface Vectors {
  readonly values: Float32Array | Float64Array;
  readonly count: number;
  readonly length: number;
}

/** Multiples of 2^-26 and what is left; float32 are not split. */
interface Split {
  readonly whole: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array | undefined;
}

const STEP = 2 ** -26;

type Four<T> = readonly [T, T, T, T];

/**
 * The largest |v_i . v_j - (1 if i = j)|, i in `sample` and j any, or i = j.
 * @param sample  numbers of vectors
 */
export function largestDefect({ values, count, length }: Vectors, sample: readonly number[]): number {
  const rows = range(count, (i) => split(values.subarray(i * length, (i + 1) * length)));
  let largest = 0;
  const see = (group: Four<number>, j: number): void => {
    const [a, b, c, d] = group;
    const products = multiply([at(rows, a), at(rows, b), at(rows, c), at(rows, d)], at(rows, j));
    group.forEach((i, k) => {
      const { main, rest } = at(products, k);
      largest = Math.max(largest, Math.abs(main - (i === j ? 1 : 0) + rest));
    });
  };
  if (sample.length < count)
    rows.forEach((_, i) => {
      see([i, i, i, i], i);
    });
  // Four at a time: each of the others is then read a fourth as often.
  for (let begin = 0; begin < sample.length; begin += 4) {
    const [a = 0, b = a, c = a, d = a] = sample.slice(begin, begin + 4);
    rows.forEach((_, j) => {
      see([a, b, c, d], j);
    });
  }
  return largest;
}

function split(values: Float32Array | Float64Array): Split {
  const whole = Float64Array.from(values);
  if (values instanceof Float32Array) return { whole, high: whole, low: undefined };
  const high = whole.map((value) => Math.round(value / STEP) * STEP);
  return { whole, high, low: whole.map((value, i) => value - float64At(high, i)) };
}

/** The products of four vectors with another, as an exact sum and what is to be added to it. */
function multiply(
  group: Four<Split>,
  { whole, high, low }: Split,
): readonly { main: number; rest: number }[] {
  const [a, b, c, d] = group;
  const highs = [a.high, b.high, c.high, d.high] as const;
  const main = dots(highs, high);
  if (low === undefined || !a.low || !b.low || !c.low || !d.low)
    return main.map((sum) => ({ main: sum, rest: 0 }));
  const small = dots(highs, low);
  const other = dots([a.low, b.low, c.low, d.low], whole);
  return main.map((sum, k) => ({ main: sum, rest: at(small, k) + at(other, k) }));
}

function dots([p, q, r, s]: Four<Float64Array>, b: Float64Array): Four<number> {
  let [sumP, sumQ, sumR, sumS] = [0, 0, 0, 0];
  for (let i = 0; i < b.length; i++) {
    const value = float64At(b, i);
    sumP += float64At(p, i) * value;
    sumQ += float64At(q, i) * value;
    sumR += float64At(r, i) * value;
    sumS += float64At(s, i) * value;
  }
  return [sumP, sumQ, sumR, sumS];
}
