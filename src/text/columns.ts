/**
 * Tables on a terminal: one line a row, or two if the names are long, with as many columns as fit.
 * @module
 */
import { cutName } from './printable.js';
import type { Style } from './colours.js';
import { cut, padEnd, padStart, widthOf, wrap } from './width.js';

export interface Column<Row> {
  readonly title: string;
  /** Its name where the title is empty. */
  readonly label?: string;
  readonly align: 'left' | 'right';
  readonly cell: (row: Row) => string;
  /** When room is short, the columns of the highest rank go first; those up to ESSENTIAL_RANK move to a line of their own instead. */
  readonly rank: number;
  /** Colours the padded text. */
  readonly dress?: (text: string, row: Row, style: Style) => string;
}

/** Without these columns a line beside a name says too little. */
const ESSENTIAL_RANK = 2;

/** An empty cell; a column of these alone is left out. */
export const NONE = '-';

/** A column with its cells. */
interface Filled<Row> extends Column<Row> {
  readonly cells: readonly string[];
  readonly width: number;
}

const GAP = '  ';

/** Longer names get a line of their own if that makes room for more columns. */
const SHORT_NAME = 40;

/**
 * Cells are cut to LONGEST_NAME. Columns that do not fit are named below the table.
 * @param room  columns of the terminal; Infinity where lines do not wrap
 */
export function formatColumns<Row>(
  name: Column<Row>,
  others: readonly Column<Row>[],
  rows: readonly Row[],
  room: number,
  style: Style,
): string {
  const names = fill(name, rows);
  const columns = others.map((column) => fill(column, rows)).filter(isFilled);
  const beside = chooseColumns(columns, room - names.width - GAP.length);
  const isEnough = columns.every((column) => column.rank > ESSENTIAL_RANK || beside.includes(column));
  const isRoomy = beside.length === columns.length || names.width <= SHORT_NAME;
  if (isEnough && isRoomy && totalWidth([names, ...beside]) <= room)
    return [
      ...formatLines([names, ...beside], rows, style),
      ...nameHidden(columns, beside, room, style),
    ].join('\n');
  const below = chooseColumns(columns, room - GAP.length);
  const [titles = '', ...lines] = formatLines(below, rows, style).map((line) => GAP + line);
  const paired = lines.flatMap((line, i) => [...cut(names.cells[i] ?? '', room), line]);
  const hidden = nameHidden(columns, below, room, style);
  return [style('bold', names.title), titles, ...paired, ...hidden].join('\n');
}

/** Lines that name the hidden columns. */
function nameHidden<Row>(
  columns: readonly Filled<Row>[],
  shown: readonly Filled<Row>[],
  room: number,
  style: Style,
): readonly string[] {
  const titles = columns
    .filter((column) => !shown.includes(column))
    .map(({ title, label }) => label ?? title);
  if (titles.length === 0) return [];
  const what = `Hidden for lack of room: ${titles.join(', ')}. Widen the terminal, or pass --json.`;
  return wrap(what, room).map((line) => style('dim', line));
}

function fill<Row>(column: Column<Row>, rows: readonly Row[]): Filled<Row> {
  const cells = rows.map((row) => cutName(column.cell(row)));
  const width = cells.reduce((widest, text) => Math.max(widest, widthOf(text)), column.title.length);
  return { ...column, cells, width };
}

const isFilled = ({ cells }: { readonly cells: readonly string[] }): boolean =>
  cells.some((text) => text !== NONE);

/** The most important columns that fit, in their order; at least one. */
function chooseColumns<Row>(columns: readonly Filled<Row>[], room: number): readonly Filled<Row>[] {
  if (totalWidth(columns) <= room || columns.length <= 1) return columns;
  const last = Math.max(...columns.map(({ rank }) => rank));
  return chooseColumns(
    columns.filter(({ rank }) => rank < last),
    room,
  );
}

const totalWidth = (columns: readonly { readonly width: number }[]): number =>
  columns.reduce((sum, { width }) => sum + width + GAP.length, -GAP.length);

/** The titles, and a line for each row. Colours come last: they have no width. */
function formatLines<Row>(
  columns: readonly Filled<Row>[],
  rows: readonly Row[],
  style: Style,
): readonly string[] {
  const join = (texts: readonly string[]): string => texts.join(GAP).trimEnd();
  const pad = ({ align, width }: Filled<Row>, text: string): string =>
    align === 'left' ? padEnd(text, width) : padStart(text, width);
  const titles = style('bold', join(columns.map((column) => pad(column, column.title))));
  const lines = rows.map((row, i) =>
    join(
      columns.map((column) => {
        const text = pad(column, column.cells[i] ?? '');
        return column.dress?.(text, row, style) ?? text;
      }),
    ),
  );
  return [titles, ...lines];
}
