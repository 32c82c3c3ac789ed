/** Which elements of a sparse matrix are zero: exact counts, any slice, and one key a column. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import { digitsOf, placeOf, type ColumnChoice } from '../../../src/domain/draws/column-choice.js';
import { fillSparseRange, makeKeysDraw, type SparseDraw } from '../../../src/domain/draws/sparse-draw.js';
import { KEY_WORDS, KEYED_COLUMNS } from '../../../src/domain/draws/sparse-keys.js';
import { forEachZero, type ReadKeys } from '../../../src/domain/draws/sparse-zeros.js';
import { fillStreamRange, makeStreamDraw } from '../../../src/domain/draws/stream-draw.js';
import { seededRandom } from '../../support/random.js';

/** Keys that depend on the column alone. */
const keysOf = (seed: number): ReadKeys => {
  const keyOf = (column: number): number[] => {
    const random = seededRandom(seed ^ Math.imul(column + 1, 0x9e3779b1));
    return Array.from({ length: KEY_WORDS }, () => random() * 2 ** 32);
  };
  return (first, count) => Uint32Array.from(Array.from({ length: count }, (_, i) => keyOf(first + i)).flat());
};

function zerosOf(choice: ColumnChoice, start: number, count: number, keys: ReadKeys): number[] {
  const found: number[] = [];
  forEachZero(choice, start, count, keys, (index) => found.push(start + index));
  return found.sort((a, b) => a - b);
}

/** Element by element, each by its own key. */
function expectedZeros(choice: ColumnChoice, start: number, count: number, keys: ReadKeys): number[] {
  const { rows, columns, zeros } = choice;
  const elements = Array.from({ length: count }, (_, i) => start + i);
  return elements.filter((element) => {
    const column = element % columns;
    return placeOf((element - column) / columns, rows, digitsOf(choice), keys(column, 1), 0) < zeros;
  });
}

const anyChoice = fc
  .record({
    rows: fc.integer({ min: 1, max: 60 }),
    columns: fc.integer({ min: 1, max: 12 }),
    share: fc.nat(4),
  })
  .map(({ rows, columns, share }) => ({ rows, columns, zeros: Math.ceil((share / 4) * rows) }));

describe('the zeros of a range', () => {
  test('are those of each element by itself, by table and by key', () => {
    const law = fc.property(anyChoice, fc.nat(2 ** 30), fc.nat(), fc.nat(), (choice, seed, a, b) => {
      const total = choice.rows * choice.columns;
      const start = a % total;
      const count = 1 + (b % (total - start));
      const keys = keysOf(seed);
      expect(zerosOf(choice, start, count, keys)).toEqual(expectedZeros(choice, start, count, keys));
    });
    fc.assert(law);
  });

  test('of many columns are the same, whose keys come in pieces', () => {
    const choice = { rows: 3, columns: KEYED_COLUMNS + 5, zeros: 1 };
    const keys = keysOf(7);
    const [start, count] = [KEYED_COLUMNS - 3, choice.columns + 20];
    expect(zerosOf(choice, start, count, keys)).toEqual(expectedZeros(choice, start, count, keys));
  });

  test('of 2^32 rows are found at once', () => {
    const choice = { rows: 2 ** 32, columns: 2, zeros: 2 ** 31 };
    const keys = keysOf(3);
    const start = 2 ** 33 - 40;
    expect(zerosOf(choice, start, 40, keys)).toEqual(expectedZeros(choice, start, 40, keys));
  });
});

test.each([1, 2, 3, 4, 5, 16, 17, 100, 1023, 1024, 1025, 5000])('%d rows take each place once', (rows) => {
  const digits = digitsOf({ rows });
  const keys = keysOf(rows)(0, 1);
  const places = new Set(Array.from({ length: rows }, (_, row) => placeOf(row, rows, digits, keys, 0)));
  expect(places.size).toBe(rows);
  expect(Math.max(...places)).toBe(rows - 1);
});

const sparse = (choice: ColumnChoice, first = 0): SparseDraw => ({
  kind: 'sparse',
  dtype: 'float32',
  values: makeStreamDraw('float32', { kernel: { kind: 'constant', value: 1 } }, 1n, 'w'),
  keys: makeKeysDraw(1n, 'w', first),
  choice,
  first,
});

test('every column has exactly its zeros, also where the matrix does not begin with the tensor', () => {
  const choice = { rows: 100, columns: 37, zeros: 8 };
  for (const first of [0, 370]) {
    const out = new Float32Array(3700);
    fillSparseRange(sparse(choice, first), first, out);
    const counts = new Array<number>(37).fill(0);
    out.forEach((value, i) => (counts[i % 37] = at(counts, i % 37) + (value === 0 ? 1 : 0)));
    expect(counts).toEqual(new Array(37).fill(8));
  }
});

test('keys are words of streams that no element takes, and matrices within one tensor have their own', () => {
  const read = (draw: ReturnType<typeof makeKeysDraw>): number[] => {
    const words = new Float32Array(16);
    fillStreamRange(draw, 0, words);
    return [...new Uint32Array(words.buffer)];
  };
  const own = makeStreamDraw('float32', { kernel: { kind: 'words' } }, 1n, 'w');
  const all = [own, makeKeysDraw(1n, 'w', 0), makeKeysDraw(1n, 'w', 37), makeKeysDraw(2n, 'w', 0)].map(read);
  expect(new Set(all.flat()).size).toBe(64);
});
