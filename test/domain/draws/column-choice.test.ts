/**
 * How far a choice is from uniform if the functions of the rounds are random ones: total variation, computed exactly by following
 * all outcomes of each round. The network runs backwards here: places that are zero come from rows.
 */
import { expect, test } from 'vitest';
import { digitsOf } from '../../../src/domain/draws/column-choice.js';

type Shares = ReadonlyMap<number, number>;

/** @param outcomes  what one state becomes in a round, all equally likely */
function follow(
  start: number,
  rounds: number,
  outcomes: (state: number, isOfLow: boolean) => number[],
): Shares {
  let shares: Shares = new Map([[start, 1]]);
  for (let round = rounds - 1; round >= 0; round--) {
    const next = new Map<number, number>();
    for (const [state, share] of shares) {
      const all = outcomes(state, round % 2 === 0);
      for (const outcome of all) next.set(outcome, (next.get(outcome) ?? 0) + share / all.length);
    }
    shares = next;
  }
  return shares;
}

function distanceFromUniform(shares: Shares, states: number): number {
  return [...shares.values()].reduce((sum, share) => sum + Math.max(0, share - 1 / states), 0);
}

/** The difference of two rows: a digit becomes anything if the other digits differ, and else stays. */
function pairDistance(rows: number, [low, high]: readonly [number, number]): number {
  const { lowBase, highBase, rounds } = digitsOf({ rows });
  const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
  const outcomes = (state: number, isOfLow: boolean): number[] => {
    const l = state % lowBase;
    const h = (state - l) / lowBase;
    if (isOfLow) return h === 0 ? [state] : range(lowBase).map((digit) => h * lowBase + digit);
    return l === 0 ? [state] : range(highBase).map((digit) => digit * lowBase + l);
  };
  return distanceFromUniform(follow(high * lowBase + low, rounds, outcomes), lowBase * highBase - 1);
}

test.each([
  [16, 4.1e-5],
  [64, 4.1e-7],
  [1024, 3e-5],
  [4096, 3.8e-6],
])('two of %d rows come to any two places but for %d', (rows, bound) => {
  const distances = [pairDistance(rows, [1, 0]), pairDistance(rows, [0, 1]), pairDistance(rows, [1, 1])];
  expect(Math.max(...distances)).toBeLessThan(bound);
  expect(Math.max(...distances)).toBeGreaterThan(0.9 * bound);
});

/** All functions of a digit, as lists of values. */
const functionsOf = (digits: number, base: number): number[][] =>
  digits === 0
    ? [[]]
    : functionsOf(digits - 1, base).flatMap((f) => Array.from({ length: base }, (_, value) => [...f, value]));

const binomial = (n: number, k: number): number => (k === 0 ? 1 : (binomial(n - 1, k - 1) * n) / k);

/** A set of rows is a number of as many bits. */
function setDistance(rows: number, zeros: number): number {
  const { lowBase, highBase, rounds } = digitsOf({ rows });
  const [toLow, toHigh] = [functionsOf(highBase, lowBase), functionsOf(lowBase, highBase)];
  const move = (row: number, f: readonly number[], isOfLow: boolean): number => {
    const low = row % lowBase;
    const high = (row - low) / lowBase;
    return isOfLow
      ? high * lowBase + ((low + (f[high] ?? 0)) % lowBase)
      : ((high + (f[low] ?? 0)) % highBase) * lowBase + low;
  };
  const outcomes = (set: number, isOfLow: boolean): number[] => {
    const members = Array.from({ length: rows }, (_, row) => row).filter((row) => (set >> row) % 2 === 1);
    return (isOfLow ? toLow : toHigh).map((f) =>
      members.reduce((moved, row) => moved | (1 << move(row, f, isOfLow)), 0),
    );
  };
  return distanceFromUniform(follow((1 << zeros) - 1, rounds, outcomes), binomial(rows, zeros));
}

test.each([
  [4, 1.02e-5],
  [6, 5.4e-7],
  [9, 3.2e-8],
  [12, 5.1e-5],
])('any choice among %d rows is uniform but for %d', (rows, bound) => {
  const sizes = Array.from({ length: Math.floor(rows / 2) }, (_, i) => i + 1);
  const distances = sizes.map((zeros) => setDistance(rows, zeros));
  expect(Math.max(...distances)).toBeLessThan(bound);
  expect(Math.max(...distances)).toBeGreaterThan(0.9 * bound);
});
