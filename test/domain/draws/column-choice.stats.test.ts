/**
 * Rows are chosen uniformly, and columns independently of each other. Chi-square: a uniform choice fails a check with probability at
 * most 1e-9 (Laurent and Massart, Ann. Statist. 28(5), 2000, lemma 1, https://doi.org/10.1214/aos/1015957395, in the normal limit of
 * the cells' counts, of which each is expected at least 400 times).
 */
import { describe, expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import { digitsOf, placeOf } from '../../../src/domain/draws/column-choice.js';
import { KEY_WORDS } from '../../../src/domain/draws/sparse-keys.js';
import { makeKeysDraw } from '../../../src/domain/draws/sparse-draw.js';
import { fillStreamRange } from '../../../src/domain/draws/stream-draw.js';
import { casesOf } from '../../support/thorough.js';

const FALSE_ALARM = 1e-9;

/** Above it with probability FALSE_ALARM at most. */
function chiSquareBound(freedom: number): number {
  const log = Math.log(1 / FALSE_ALARM);
  return freedom + 2 * Math.sqrt(freedom * log) + 2 * log;
}

function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** The rows of each of some columns that are zero. */
function* choices(rows: number, zeros: number, columns: number): Generator<readonly number[]> {
  const digits = digitsOf({ rows });
  const words = new Float32Array(KEY_WORDS * columns);
  fillStreamRange(makeKeysDraw(11n, `${rows}`, 0), 0, words);
  const keys = new Uint32Array(words.buffer);
  for (let column = 0; column < columns; column++) {
    const offset = KEY_WORDS * column;
    yield Array.from({ length: rows }, (_, row) => row).filter(
      (row) => placeOf(row, rows, digits, keys, offset) < zeros,
    );
  }
}

const COLUMNS = casesOf({ few: 2 ** 14, all: 2 ** 20 });

function countSubsets(rows: number, zeros: number, columns: number): readonly number[] {
  const counts = new Map<number, number>();
  for (const chosen of choices(rows, zeros, columns)) {
    const subset = chosen.reduce((bits, row) => bits | (1 << row), 0);
    counts.set(subset, (counts.get(subset) ?? 0) + 1);
  }
  return [...counts.values()];
}

const binomial = (n: number, k: number): number =>
  k === 0 ? 1 : Math.round((binomial(n - 1, k - 1) * n) / k);

describe('every choice of rows is as likely as any other:', () => {
  test.each([
    [2, 1],
    [3, 1],
    [4, 2],
    [5, 2],
    [6, 3],
    [7, 3],
    [9, 2],
  ])('of %d rows %d', (rows, zeros) => {
    const counts = countSubsets(rows, zeros, COLUMNS);
    expect(counts).toHaveLength(binomial(rows, zeros));
    expect(chiSquare(counts)).toBeLessThan(chiSquareBound(counts.length - 1));
  });

  test('and this test would notice a row that is chosen 30 % too often', () => {
    const counts = [...new Array<number>(9).fill(COLUMNS / 10), (1.3 * COLUMNS) / 10];
    expect(chiSquare(counts)).toBeGreaterThan(chiSquareBound(9));
  });
});

/** Pairs of neighbours, of rows with the same low digit and with the same high digit, and others. */
describe('two rows are both zero as often as chance has it:', () => {
  test.each([64, 1024, 1500])('of %d rows', (rows) => {
    const columns = casesOf({ few: 2 ** 9, all: 2 ** 16 });
    const zeros = rows / 2;
    const { lowBase } = digitsOf({ rows });
    const distances = [1, 2, lowBase - 1, lowBase, lowBase + 1, 2 * lowBase, rows / 2];
    const both = distances.map(() => 0);
    let pairs = 0;
    for (const chosen of choices(rows, zeros, columns)) {
      const isZero = new Uint8Array(rows);
      for (const row of chosen) isZero[row] = 1;
      distances.forEach((distance, i) => {
        for (const row of chosen) both[i] = at(both, i) + (isZero[(row + distance) % rows] ?? 0);
      });
      pairs += rows;
    }
    const share = (zeros * (zeros - 1)) / (rows * (rows - 1));
    // The pairs of a column are nearly independent: the deviation of their number is below 2 sqrt(pairs share); seven checks.
    const allowed = 2 * 6.5 * Math.sqrt(share / pairs);
    for (const count of both) expect(Math.abs(count / pairs - share)).toBeLessThan(allowed);
  });
});

test('what one column chooses says nothing about the next', () => {
  const rows = 8;
  let before: readonly number[] = [];
  const cells = new Array<number>(rows * rows).fill(0);
  for (const chosen of choices(rows, 1, COLUMNS)) {
    const [last, row] = [before[0], at(chosen, 0)];
    if (last !== undefined) cells[rows * last + row] = at(cells, rows * last + row) + 1;
    before = chosen;
  }
  expect(chiSquare(cells)).toBeLessThan(chiSquareBound(cells.length - 1));
});
