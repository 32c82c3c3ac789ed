/** Tables: columns that fit, columns that do not, and names that are too long to read. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatColumns, NONE, type Column } from '../../src/text/columns.js';
import { widthOf } from '../../src/text/width.js';
import { cutName, LONGEST_NAME } from '../../src/text/printable.js';
import { anyHostileName } from '../support/hostile.js';

type Row = readonly string[];

const plain = (_: string, text: string): string => text;

const NAME: Column<Row> = { title: 'name', align: 'left', rank: 0, cell: ([name = '']) => cutName(name) };

const columnsOf = (titles: readonly string[]): Column<Row>[] =>
  titles.map((title, i) => ({ title, align: 'right', rank: i + 3, cell: (row) => row[i + 1] ?? NONE }));

const TITLES = ['dtype', 'shape', 'mean', 'std', 'kurtosis', 'zeros'];
const ROW = ['layer.weight', 'F32', '[1024, 1024]', '0.001234', '0.02', '3.012', '12'];

const table = (room: number, rows: readonly Row[] = [ROW]): string[] =>
  formatColumns(NAME, columnsOf(TITLES), rows, room, plain).split('\n');

describe('columns that do not fit', () => {
  test('are exactly the ones named below the table, in their order', () => {
    const lines = table(40);
    expect(lines[0]).toMatch(/^name +dtype +shape$/);
    expect(lines.slice(2).join(' ')).toBe(
      'Hidden for lack of room: mean, std, kurtosis, zeros. Widen the terminal, or pass --json.',
    );
  });

  test('are none if all have room, and an empty column is not mentioned', () => {
    expect(table(Infinity)).toHaveLength(2);
    expect(table(80, [ROW.map((cell, i) => (i === 6 ? NONE : cell))])).toHaveLength(2);
    expect(table(200)).toHaveLength(2);
  });

  test('and the columns shown are together all columns, at any width, on lines that do not wrap', () => {
    const property = fc.property(fc.integer({ min: 20, max: 120 }), (room) => {
      const lines = table(room);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(room);
      const [titles = ''] = lines.filter((line) => line.includes('dtype') && !line.includes('room'));
      const note = lines.join(' ').replaceAll(/ +/g, ' ');
      const hidden = /room: (.*)\. Widen/.exec(note)?.[1]?.split(', ') ?? [];
      expect([...titles.trim().split(/ +/), ...hidden].filter((title) => title !== 'name')).toEqual(TITLES);
    });
    fc.assert(property);
  });

  test('are named by their label if their title is empty', () => {
    const [first, ...rest] = columnsOf(TITLES);
    if (first === undefined) expect.fail('no column');
    const untitled = [...rest, { ...first, title: '', label: 'exists', rank: 99 }];
    expect(formatColumns(NAME, untitled, [ROW], 60, plain)).toMatch(/room: .*exists\. Widen/);
  });
});

describe('a name', () => {
  test('of 200,000 characters makes no line longer than 200 characters plus the other columns', () => {
    const rows = Array.from({ length: 3000 }, (_, i) => [`t${i}`, ...ROW.slice(1)]);
    const lines = table(Infinity, [['N'.repeat(200_000), ...ROW.slice(1)], ...rows]);
    expect(lines).toHaveLength(3002);
    expect(lines[1]).toMatch(/^N{100}…N{99} /);
    for (const line of lines) expect(line.length).toBeLessThan(LONGEST_NAME + 100);
  });

  test('of any characters takes as few lines as possible, and each fits', () => {
    const property = fc.property(anyHostileName, fc.integer({ min: 20, max: 100 }), (name, room) => {
      const lines = table(room, [[name, ...ROW.slice(1)]]);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(room);
      expect(lines.length).toBeLessThan(3 * (LONGEST_NAME / room) + 12);
    });
    fc.assert(property, { numRuns: 50 });
  });
});

test('other cells are cut as names are: a shape may have 65,536 dimensions', () => {
  const [, line = ''] = table(Infinity, [['w', 'F32', `[${'1, '.repeat(65_535)}1]`]]);
  expect(line).toMatch(/^w +F32 {2}\[1, .*….*1\]/);
  expect(line.length).toBeLessThan(400);
});
