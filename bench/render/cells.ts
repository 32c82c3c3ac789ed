/**
 * Tables as text: the cells, for the terminal and for the page.
 * @module
 */
import {
  gigaBytes,
  gigaElements,
  type Figure,
  type GridRow,
  type Table,
  type ThroughputRow,
} from '../measure/answer.js';
import { relativeSpread, type Quartiles } from '../measure/statistics.js';

export interface TextColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cells: readonly string[];
}

export interface Column<Row> {
  readonly title: string;
  readonly align: TextColumn['align'];
  readonly cell: (row: Row) => string;
}

const throughputColumns = (ratio: string): readonly Column<ThroughputRow>[] => [
  { title: 'what', align: 'left', cell: ({ label }) => label },
  { title: ratio, align: 'right', cell: ({ ofCeiling }) => formatRatio(ofCeiling) },
  {
    title: 'its spread',
    align: 'right',
    cell: ({ ofCeiling }) => (ofCeiling ? formatSpread(ofCeiling) : ''),
  },
  { title: 'Gelem/s', align: 'right', cell: (row) => formatNumber(gigaElements(row)) },
  { title: 'GB/s', align: 'right', cell: (row) => formatNumber(gigaBytes(row)) },
  { title: 'median', align: 'right', cell: ({ elapsedMs }) => formatMs(elapsedMs.median) },
  { title: 'spread', align: 'right', cell: ({ elapsedMs }) => formatSpread(elapsedMs) },
  { title: 'runs', align: 'right', cell: ({ elapsedMs }) => String(elapsedMs.count) },
  { title: 'threads', align: 'right', cell: ({ threads }) => String(threads) },
  { title: 'elements', align: 'right', cell: ({ elementCount }) => formatCount(elementCount) },
];

const FIGURE_COLUMNS: readonly Column<Figure>[] = [
  { title: 'what', align: 'left', cell: ({ label }) => label },
  { title: 'value', align: 'right', cell: ({ value }) => formatNumber(value) },
  { title: 'unit', align: 'left', cell: ({ unit }) => unit },
  { title: 'runs', align: 'right', cell: ({ spread }) => (spread ? String(spread.count) : '') },
  { title: 'spread', align: 'right', cell: ({ spread }) => (spread ? formatSpread(spread) : '') },
  { title: 'note', align: 'left', cell: ({ note = '' }) => note },
];

const gridColumns = (titles: readonly string[]): readonly Column<GridRow>[] => [
  { title: 'what', align: 'left', cell: ({ label }) => label },
  ...titles.map((title, i): Column<GridRow> => ({
    title,
    align: 'right',
    cell: ({ values }) => formatOptional(values[i]),
  })),
];

/** Empty columns are left out. */
export const tabulate = (table: Table): readonly TextColumn[] => fillTable(table).filter(isUsed);

const isUsed = ({ cells }: TextColumn): boolean => cells.some((cell) => cell !== '');

function fillTable(table: Table): readonly TextColumn[] {
  switch (table.kind) {
    case 'throughput':
      return fillCells(throughputColumns(table.ratio ?? 'of fill'), table.rows);
    case 'figures':
      return fillCells(FIGURE_COLUMNS, table.rows);
    case 'grid':
      return fillCells(gridColumns(table.columns), table.rows);
  }
}

/** A column for each, with a cell for each row. */
export const fillCells = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): TextColumn[] =>
  columns.map(({ title, align, cell }) => ({ title, align, cells: rows.map(cell) }));

/** 2^20, 65,536, 1,000 */
export function formatCount(count: number): string {
  const exponent = Math.log2(count);
  return count >= 2 ** 17 && Number.isInteger(exponent) ? `2^${exponent}` : count.toLocaleString('en-US');
}

/** Three significant digits, without an exponent. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const digits = value === 0 ? 2 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en-US', {
    minimumFractionDigits: Math.min(digits, 6),
    maximumFractionDigits: Math.min(digits, 6),
  });
}

/** 12.3 ms, 45.6 us */
const formatMs = (ms: number): string =>
  ms < 1 ? `${formatNumber(ms * 1000)} us` : `${formatNumber(ms)} ms`;

/** The interquartile range, in percent of the median. */
const formatSpread = (quartiles: Quartiles): string => `${(relativeSpread(quartiles) * 100).toFixed(1)} %`;

const formatOptional = (value: number | undefined): string =>
  value === undefined ? '' : formatNumber(value);

const formatRatio = (ratio: Quartiles | undefined): string => (ratio ? formatNumber(ratio.median) : '');
