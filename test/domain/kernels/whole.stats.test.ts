/** Integers, bits and coins are as likely as the contract says, and each test would notice a small bias. */
import { expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import { makeStreamDraw, fillStreamRange } from '../../../src/domain/draws/stream-draw.js';
import { integersParameters } from '../../../src/domain/kernels/integers.js';
import type { WholeKernel } from '../../../src/domain/kernels/kernel.js';
import { WORDS } from '../../../src/domain/kernels/two-values.js';
import { elementsAt, type Dtype } from '../../../src/domain/tensors/dtypes.js';
import { DTYPES } from '../../../src/domain/tensors/dtypes.js';
import { FALSE_ALARM, meanBound } from '../../support/statistics.js';

const N = 2 ** 20;

function drawNumbers(kernel: WholeKernel, dtype: Dtype): Float64Array {
  const out = elementsAt(dtype, new ArrayBuffer(N * DTYPES[dtype].byteWidth), 0, N);
  fillStreamRange(makeStreamDraw(dtype, { kernel }, 2024n, `whole.stats ${dtype}`), 0, out);
  return Float64Array.from(out as ArrayLike<number | bigint>, Number);
}

/**
 * Pearson's chi-square statistic stays below this with a probability of 1 - FALSE_ALARM: Laurent, Massart, Ann. Statist. 28(5), 2000, lemma 1,
 * https://doi.org/10.1214/aos/1015957395, of the chi-square law, which the statistic has in the limit; cells expect 1000 numbers or more.
 */
function chiSquareBound(cells: number): number {
  const [degrees, t] = [cells - 1, Math.log(1 / FALSE_ALARM)];
  return degrees + 2 * Math.sqrt(degrees * t) + 2 * t;
}

function chiSquare(counts: ArrayLike<number>): number {
  const expected = N / counts.length;
  return Array.from(counts, (count) => (count - expected) ** 2 / expected).reduce((sum, x) => sum + x, 0);
}

function countCells(values: Float64Array, cells: number, cellOf: (value: number) => number): Float64Array {
  const counts = new Float64Array(cells);
  for (const value of values) {
    const cell = cellOf(value);
    counts[cell] = at(counts, cell) + 1;
  }
  return counts;
}

test.each([
  [2, 'int8', 1.02],
  [3, 'uint8', 1.02],
  [10, 'int32', 1.04],
  [1000, 'int64', 1.75],
  [1000, 'float32', 1.75],
] as const)(
  '%d numbers as %s are equally likely, and %d times the least would be noticed',
  (range, dtype, more) => {
    const low = dtype.startsWith('u') ? 0 : -2;
    const values = drawNumbers(integersParameters(BigInt(low), BigInt(low + range)), dtype);
    const counts = countCells(values, range, (value) => value - low);
    expect(chiSquare(counts)).toBeLessThan(chiSquareBound(range));
    counts[0] = at(counts, 0) * more;
    expect(chiSquare(counts)).toBeGreaterThan(chiSquareBound(range));
  },
);

test('of 2^32 + 1 numbers every thousandth part, and every remainder by 10, is equally likely', () => {
  const range = 2 ** 32 + 1;
  const values = drawNumbers(integersParameters(0n, BigInt(range)), 'int64');
  expect(values.every((value) => value >= 0 && value < range)).toBe(true);
  const parts = countCells(values, 1000, (value) => Math.floor((value / range) * 1000));
  expect(chiSquare(parts)).toBeLessThan(chiSquareBound(1000));
  expect(chiSquare(countCells(values, 10, (value) => value % 10))).toBeLessThan(chiSquareBound(10));
});

test('neighbours are independent: all pairs of three numbers are equally likely', () => {
  const values = drawNumbers(integersParameters(0n, 3n), 'uint8');
  const pairs = new Float64Array(9);
  for (let i = 0; i + 1 < N; i += 2) {
    const pair = 3 * at(values, i) + at(values, i + 1);
    pairs[pair] = at(pairs, pair) + 2;
  }
  // Half as many pairs as numbers, counted twice, have twice the variance.
  expect(chiSquare(pairs) / 2).toBeLessThan(chiSquareBound(9));
});

/** How far a share may be off with a probability of FALSE_ALARM, for one of `checks`. */
const shareBound = (checks: number): number => meanBound(N, 1) * Math.sqrt(1 + Math.log(checks) / 20);

test.each([
  ['uint8', 8],
  ['int16', 16],
  ['uint32', 32],
] as const)('each bit of %s is 1 in half of the elements', (dtype, bits) => {
  const values = drawNumbers({ kind: 'bits' }, dtype);
  for (let bit = 0; bit < bits; bit++) {
    const ones = values.reduce((sum, value) => sum + ((value >> bit) & 1), 0);
    expect(Math.abs(ones / N - 0.5), `bit ${bit}`).toBeLessThan(shareBound(bits));
  }
});

test('each bit of int64 is 1 in half of the elements, and so is the exclusive or of neighbouring bits', () => {
  const out = new BigInt64Array(N);
  const draw = makeStreamDraw('int64', { kernel: { kind: 'bits64' } }, 2024n, 'whole.stats');
  fillStreamRange(draw, 0, out);
  const halves = new Int32Array(out.buffer);
  for (let bit = 0; bit < 64; bit++) {
    let [ones, changes] = [0, 0];
    for (let i = 0; i < N; i++) {
      const half = at(halves, 2 * i + (bit >> 5));
      ones += (half >> (bit & 31)) & 1;
      changes += ((half ^ (half >> 1)) >> (bit & 31)) & 1;
    }
    expect(Math.abs(ones / N - 0.5), `bit ${bit}`).toBeLessThan(shareBound(128));
    if ((bit & 31) < 31) expect(Math.abs(changes / N - 0.5), `bit ${bit}`).toBeLessThan(shareBound(128));
  }
});

test.each([0.001, 0.3, 0.5, 0.999])('a coin of p = %d falls on 1 as often', (p) => {
  const threshold = Math.round(p * WORDS);
  const values = drawNumbers({ kind: 'two_values', threshold, below: 1, other: 0 }, 'bool');
  const share = values.reduce((sum, value) => sum + value, 0) / N;
  expect(Math.abs(share - p)).toBeLessThan(meanBound(N, 1));
  expect(Math.abs(share - p - 0.01)).toBeGreaterThan(meanBound(N, 1));
});
