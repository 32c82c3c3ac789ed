/**
 * The distributions that tensors of each dtype should have, exactly: of real numbers, or of a dtype's few values.
 * @module
 */
import { at } from '#built/base/at.js';

/** A distribution on the real numbers. */
export interface Law {
  /** P(X < x). */
  readonly shareBelow: (x: number) => number;
  readonly low: number;
  readonly high: number;
}

/** Every value that occurs, ascending, with its probability. */
export type Levels = ReadonlyMap<number, number>;

/**
 * A law whose values are rounded to the nearest of a dtype's.
 * @param values  those within the law's bounds, ascending
 */
export function roundedTo(values: readonly number[], { shareBelow }: Law): Levels {
  const levels = new Map<number, number>();
  let below = 0;
  values.forEach((value, i) => {
    const next = values[i + 1];
    const upTo = next === undefined ? 1 : shareBelow((value + next) / 2);
    levels.set(value, upTo - below);
    below = upTo;
  });
  return levels;
}

/** Cells of about equal probability, and how to find a value's. */
export interface Cells {
  readonly shares: readonly number[];
  readonly cellOf: (x: number) => number;
}

/** Joins neighbouring levels until a cell has at least 1 / count of the probability. */
export function cellsOfLevels(levels: Levels, count: number): Cells {
  const shares: number[] = [];
  const cells = new Map<number, number>();
  let share = 0;
  for (const [value, probability] of levels) {
    cells.set(value, shares.length);
    share += probability;
    if (share >= 1 / count) {
      shares.push(share);
      share = 0;
    }
  }
  // What is left over belongs to the last cell.
  if (share > 0) shares[shares.length - 1] = (shares.at(-1) ?? 0) + share;
  const last = shares.length - 1;
  return {
    shares,
    cellOf: (x) => {
      const cell = cells.get(x);
      if (cell === undefined) throw new RangeError(`${x} should not occur.`);
      return Math.min(cell, last);
    },
  };
}

/** Cells of equal probability between quantiles. */
export function cellsOfLaw(law: Law, count: number): Cells {
  const edges = Float64Array.from({ length: count - 1 }, (_, i) => quantile(law, (i + 1) / count));
  return {
    shares: new Array<number>(count).fill(1 / count),
    cellOf: (x) => {
      // Not `<` and `>`: NaN is refused too.
      if (!(x >= law.low && x <= law.high)) throw new RangeError(`${x} should not occur.`);
      let [low, high] = [0, edges.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (at(edges, middle) <= x) low = middle + 1;
        else high = middle;
      }
      return low;
    },
  };
}

/** By bisection, to the last bit but a few. */
function quantile({ shareBelow, low, high }: Law, share: number): number {
  let [from, to] = [low, high];
  for (let step = 0; step < 60; step++) {
    const middle = (from + to) / 2;
    if (shareBelow(middle) < share) from = middle;
    else to = middle;
  }
  return to;
}

/** E X^k for k from 0, of levels. */
export const momentsOfLevels = (levels: Levels, count: number): number[] =>
  Array.from({ length: count }, (_, k) =>
    [...levels].reduce((sum, [value, share]) => sum + share * value ** k, 0),
  );

/** Panels of the trapezoids below, whose error is then below 1e-8 of a moment. */
const PANELS = 2 ** 15;

/** E X^k for k from 0, of a law about 0: the integrals of k x^(k-1) P(X > x) above it and of -k x^(k-1) P(X < x) below. */
export function momentsOfLaw({ shareBelow, low, high }: Law, count: number): number[] {
  const above = samples(0, high, (x) => 1 - shareBelow(x));
  const below = samples(low, 0, shareBelow);
  return Array.from({ length: count }, (_, k) =>
    k === 0 ? 1 : integrate(above, (x) => k * x ** (k - 1)) - integrate(below, (x) => k * x ** (k - 1)),
  );
}

interface Samples {
  readonly from: number;
  readonly step: number;
  readonly values: readonly number[];
}

function samples(from: number, to: number, f: (x: number) => number): Samples {
  const step = (to - from) / PANELS;
  return { from, step, values: Array.from({ length: PANELS + 1 }, (_, i) => f(from + i * step)) };
}

function integrate({ from, step, values }: Samples, weight: (x: number) => number): number {
  return values.reduce((sum, value, i) => {
    const share = i === 0 || i === PANELS ? step / 2 : step;
    return sum + share * value * weight(from + i * step);
  }, 0);
}
