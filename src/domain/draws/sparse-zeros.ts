/**
 * Sets the zeros of a range of a sparse matrix. A column's rows are one after the other, so what a key gives is looked up, not computed
 * again, where a range has enough rows of it.
 * @module
 */
import { uint16At, uint32At } from '../arithmetic/typed-at.js';
import {
  digitsOf,
  placeOf,
  roundFunction,
  wrapDigit,
  type ColumnChoice,
  type Digits,
} from './column-choice.js';
import { KEY_WORDS, KEYED_COLUMNS } from './sparse-keys.js';

/** Reads the keys of some columns, KEYED_COLUMNS at most: KEY_WORDS words each. */
export type ReadKeys = (firstColumn: number, count: number) => Uint32Array;

/** Rows [row, rowEnd) of columns [column, columnEnd), of which element (row, column) is `at` of the range. */
interface Rectangle {
  readonly row: number;
  readonly rowEnd: number;
  readonly column: number;
  readonly columnEnd: number;
  readonly at: number;
}

/**
 * Calls `setZero` for every zero of the elements start to start + elementCount - 1, counted from `start`.
 * @param start  an element of the matrix
 */
export function forEachZero(
  choice: ColumnChoice,
  start: number,
  elementCount: number,
  readKeys: ReadKeys,
  setZero: (index: number) => void,
): void {
  if (choice.zeros === 0) return;
  const digits = digitsOf(choice);
  for (const rectangle of rectanglesOf(choice.columns, start, elementCount)) {
    const { column, columnEnd } = rectangle;
    for (let from = column; from < columnEnd; from += KEYED_COLUMNS) {
      const to = Math.min(from + KEYED_COLUMNS, columnEnd);
      const keys = readKeys(from, to - from);
      const part = { ...rectangle, column: from, columnEnd: to, at: rectangle.at + from - column };
      visitColumns(choice, digits, part, keys, setZero);
    }
  }
}

/** A range of a row-major matrix: the end of a row, whole rows, the beginning of a row. */
function rectanglesOf(columns: number, start: number, elementCount: number): readonly Rectangle[] {
  const rectangles: Rectangle[] = [];
  for (let done = 0; done < elementCount;) {
    const column = (start + done) % columns;
    const row = (start + done - column) / columns;
    const rest = elementCount - done;
    const isWhole = column === 0 && rest >= columns;
    const rows = isWhole ? Math.floor(rest / columns) : 1;
    const columnEnd = isWhole ? columns : Math.min(columns, column + rest);
    rectangles.push({ row, rowEnd: row + rows, column, columnEnd, at: done });
    done += rows * (columnEnd - column);
  }
  return rectangles;
}

function visitColumns(
  choice: ColumnChoice,
  digits: Digits,
  rectangle: Rectangle,
  keys: Uint32Array,
  setZero: (index: number) => void,
): void {
  const { row, rowEnd, column, columnEnd, at } = rectangle;
  // A table has an entry for every value of a digit, in each of its rounds.
  const isWorthTable = 2 * (rowEnd - row) > digits.lowBase + digits.highBase;
  const visit = isWorthTable ? visitByTable : visitByKey;
  for (let i = 0; i < columnEnd - column; i++) {
    visit(choice, digits, row, rowEnd, at + i, keys, KEY_WORDS * i, setZero);
  }
}

function visitByKey(
  { rows, columns, zeros }: ColumnChoice,
  digits: Digits,
  row: number,
  rowEnd: number,
  firstIndex: number,
  keys: Uint32Array,
  offset: number,
  setZero: (index: number) => void,
): void {
  for (let r = row, index = firstIndex; r < rowEnd; r++, index += columns) {
    if (placeOf(r, rows, digits, keys, offset) < zeros) setZero(index);
  }
}

/** The values of the round functions of one column, for every digit: of the first round, of the second, and so on. */
let table = new Uint16Array(0);

function visitByTable(
  { rows, columns, zeros }: ColumnChoice,
  digits: Digits,
  row: number,
  rowEnd: number,
  firstIndex: number,
  keys: Uint32Array,
  offset: number,
  setZero: (index: number) => void,
): void {
  const { lowBase, highBase, rounds } = digits;
  fillTable(digits, keys, offset);
  const steps = table;
  for (let r = row, index = firstIndex; r < rowEnd; r++, index += columns) {
    let place = r;
    do {
      let low = place % lowBase;
      let high = (place - low) / lowBase;
      for (let round = 0, at = 0; round < rounds; round += 2) {
        low = wrapDigit(low + uint16At(steps, at + high), lowBase);
        at += highBase;
        high = wrapDigit(high + uint16At(steps, at + low), highBase);
        at += lowBase;
      }
      place = high * lowBase + low;
    } while (place >= rows);
    if (place < zeros) setZero(index);
  }
}

function fillTable({ lowBase, highBase, rounds }: Digits, keys: Uint32Array, offset: number): void {
  const length = (rounds / 2) * (lowBase + highBase);
  if (table.length < length) table = new Uint16Array(length);
  for (let round = 0, at = 0; round < rounds; round += 2) {
    const [toLow, toHigh] = [uint32At(keys, offset + round), uint32At(keys, offset + round + 1)];
    for (let high = 0; high < highBase; high++) table[at++] = roundFunction(toLow, high, lowBase);
    for (let low = 0; low < lowBase; low++) table[at++] = roundFunction(toHigh, low, highBase);
  }
}
