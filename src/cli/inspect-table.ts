/**
 * An inspection on a terminal: a line a tensor, or two if the names are long, with as many columns as there is room for.
 * @module
 */
import type { InspectedTensor, InspectReport } from '../index.js';
import type { Style } from './style.js';
import { groupDigits } from './table.js';
import { cut, escapeControls, padEnd, padStart, widthOf } from './text.js';

interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cell: (tensor: InspectedTensor) => string;
  /** When room is short, those of the highest rank go first. */
  readonly rank: number;
}

/** Without these a line beside a name tells too little. */
const ESSENTIAL_RANK = 2;

const NONE = '-';

/** Four digits tell layers apart; --json has them all. */
export const formatFigure = (value: number | undefined): string =>
  value === undefined ? NONE : String(Number(value.toPrecision(4)));

const formatCount = (value: number | undefined): string =>
  value === undefined || value === 0 ? NONE : groupDigits(value);

/** In the order in which they stand. */
const COLUMNS: readonly Column[] = [
  { title: 'dtype', align: 'left', rank: 4, cell: ({ dtype }) => dtype },
  { title: 'shape', align: 'left', rank: 5, cell: ({ shape }) => `[${shape.join(', ')}]` },
  { title: 'histogram', align: 'left', rank: 2, cell: drawBlocks },
  { title: 'min', align: 'right', rank: 7, cell: ({ figures }) => formatFigure(figures?.min) },
  { title: 'max', align: 'right', rank: 7, cell: ({ figures }) => formatFigure(figures?.max) },
  { title: 'mean', align: 'right', rank: 6, cell: ({ figures }) => formatFigure(figures?.mean) },
  { title: 'std', align: 'right', rank: 1, cell: ({ figures }) => formatFigure(figures?.std) },
  { title: 'expected', align: 'right', rank: 3, cell: ({ expected }) => formatFigure(expected?.std) },
  { title: 'kurtosis', align: 'right', rank: 9, cell: ({ figures }) => formatFigure(figures?.kurtosis) },
  { title: 'NaN', align: 'right', rank: 3, cell: ({ figures }) => formatCount(figures?.nans) },
  { title: 'inf', align: 'right', rank: 3, cell: ({ figures }) => formatCount(countInfinities(figures)) },
  { title: 'zeros', align: 'right', rank: 10, cell: ({ figures }) => formatCount(figures?.zeros) },
  { title: 'levels', align: 'right', rank: 8, cell: ({ figures }) => formatCount(figures?.levels) },
  {
    title: 'weight_scale',
    align: 'right',
    rank: 8,
    cell: ({ stored, expected }) => formatFigure(stored?.weightScale ?? expected?.weightScale),
  },
  { title: 'verdict', align: 'left', rank: 0, cell: tellVerdict },
];

const countInfinities = (figures: InspectedTensor['figures']): number | undefined =>
  figures && figures.positiveInfinities + figures.negativeInfinities;

const VERDICTS = { expected: 'as expected', unexpected: 'NOT EXPECTED', unknown: NONE } as const;

function tellVerdict({ verdict, figures, elementCount }: InspectedTensor): string {
  if (figures === undefined && elementCount > 0) return 'not measured';
  return VERDICTS[verdict.kind];
}

const BLOCKS = '▁▂▃▄▅▆▇█';
const BLOCK_COLUMNS = 16;

/** The histogram's bins, some to a column, each as high as its share of the highest. */
function drawBlocks({ histogram }: InspectedTensor): string {
  if (histogram === undefined) return NONE;
  const { shares } = histogram;
  const binsAColumn = shares.length / BLOCK_COLUMNS;
  const columns = Array.from({ length: BLOCK_COLUMNS }, (_, i) =>
    shares.slice(i * binsAColumn, (i + 1) * binsAColumn).reduce((sum, share) => sum + share, 0),
  );
  const highest = Math.max(...columns);
  return columns
    .map((share) => (share === 0 ? ' ' : BLOCKS[Math.ceil((share / highest) * BLOCKS.length) - 1]))
    .join('');
}

/** A column of a table of these tensors. */
interface Text {
  readonly title: string;
  readonly rank: number;
  readonly cells: readonly string[];
  readonly pad: (text: string) => string;
  readonly width: number;
}

const GAP = '  ';

/** Longer ones get a line of their own, if that makes room for more columns. */
const SHORT_NAME = 40;

/** @param room  columns of the terminal; Infinity where lines do not wrap */
export function formatInspection(tensors: readonly InspectedTensor[], room: number, style: Style): string {
  const columns = COLUMNS.map((column) => fillColumn(column, tensors)).filter(isTelling);
  const names = fillColumn({ title: 'name', align: 'left', rank: 0, cell: showName }, tensors);
  const beside = chooseColumns(columns, room - names.width - GAP.length);
  const isEnough = columns.every((column) => column.rank > ESSENTIAL_RANK || beside.includes(column));
  const isRoomy = beside.length === columns.length || names.width <= SHORT_NAME;
  if (isEnough && isRoomy) return formatRows([names, ...beside], tensors, style).join('\n');
  const below = chooseColumns(columns, room - GAP.length);
  const [titles = '', ...rows] = formatRows(below, tensors, style).map((row) => GAP + row);
  const lines = rows.flatMap((row, i) => [...cut(names.cells[i] ?? '', room), row]);
  return [style('bold', 'name'), titles, ...lines].join('\n');
}

const showName = ({ name }: InspectedTensor): string => escapeControls(name);

function fillColumn({ title, align, rank, cell }: Column, tensors: readonly InspectedTensor[]): Text {
  const cells = tensors.map(cell);
  const width = cells.reduce((widest, text) => Math.max(widest, widthOf(text)), title.length);
  const pad = (text: string): string => (align === 'left' ? padEnd(text, width) : padStart(text, width));
  return { title, rank, cells, pad, width };
}

const isTelling = ({ cells }: Text): boolean => cells.some((text) => text !== NONE);

/** As many as there is room for: the most important ones, in their order. One stays in any case. */
function chooseColumns(columns: readonly Text[], room: number): readonly Text[] {
  const width = columns.reduce((sum, column) => sum + column.width + GAP.length, -GAP.length);
  if (width <= room || columns.length <= 1) return columns;
  const last = Math.max(...columns.map(({ rank }) => rank));
  return chooseColumns(
    columns.filter(({ rank }) => rank < last),
    room,
  );
}

/** The titles and a line a tensor. Colours come last: they have no width. */
function formatRows(
  columns: readonly Text[],
  tensors: readonly InspectedTensor[],
  style: Style,
): readonly string[] {
  const join = (texts: readonly string[]): string => texts.join(GAP).trimEnd();
  const titles = style('bold', join(columns.map(({ title, pad }) => pad(title))));
  const rows = tensors.map((tensor, row) =>
    join(columns.map(({ title, cells, pad }) => dress(title, pad(cells[row] ?? ''), tensor, style))),
  );
  return [titles, ...rows];
}

function dress(title: string, text: string, { verdict }: InspectedTensor, style: Style): string {
  if (title === 'histogram') return style('cyan', text);
  if (title === 'NaN' || title === 'inf') return text.trim() === NONE ? text : style('red', text);
  if (title !== 'verdict' || verdict.kind === 'unknown') return text;
  return style(verdict.kind === 'expected' ? 'green' : 'red', text);
}

/** Tensors that are not what was expected, and why, a line for each reason. */
export function formatReasons({ tensors, missing }: InspectReport, style: Style): string[] {
  const tell = (name: string, reasons: readonly string[]): string[] => [
    `${style('red', VERDICTS.unexpected)} ${escapeControls(name)}`,
    ...reasons.map((reason) => GAP + reason),
  ];
  return [
    ...tensors.flatMap(({ name, verdict }) =>
      verdict.kind === 'unexpected' ? tell(name, verdict.reasons) : [],
    ),
    ...missing.flatMap((name) => tell(name, ['the checkpoint does not have it'])),
  ];
}

/** Two lines of the whole. */
export function formatWhole({
  path,
  files,
  tensors,
  elementCount,
  byteLength,
  elapsedMs,
  threads,
  ...rest
}: InspectReport): string {
  const { expected, unexpected, unknown } = rest.verdicts;
  const judged = [
    ...(expected > 0 ? [`${expected} as expected`] : []),
    ...(unexpected > 0 ? [`${unexpected} NOT`] : []),
    ...(unknown > 0 ? [`${unknown} without a recipe`] : []),
  ];
  const seconds = elapsedMs / 1000;
  const parts = [
    `${tensors.length} tensor${tensors.length === 1 ? '' : 's'}`,
    ...(files.length > 1 ? [`${files.length} files`] : []),
    `${groupDigits(elementCount)} elements`,
    `${groupDigits(byteLength)} bytes`,
    `${seconds.toFixed(3)} s`,
    `${(byteLength / 1e9 / seconds).toFixed(2)} GB/s`,
    `${threads} thread${threads === 1 ? '' : 's'}`,
  ];
  return `${escapeControls(path)}: ${parts.join(', ')}\n${judged.join(', ')}`;
}
