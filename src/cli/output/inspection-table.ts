/**
 * An inspection on a terminal.
 * @module
 */
import { cutName, escapeControls } from '../../text/printable.js';
import type { InspectedTensor, InspectReport } from '../../storage/inspect/inspect-report.js';
import { formatColumns, NONE, type Column } from '../../text/columns.js';
import type { Style } from '../../text/colours.js';
import { groupDigits } from './model-tables.js';

/** Four digits tell layers apart; --json has them all. */
export const formatFigure = (value: number | undefined): string =>
  value === undefined ? NONE : String(Number(value.toPrecision(4)));

const formatCount = (value: number | undefined): string =>
  value === undefined || value === 0 ? NONE : groupDigits(value);

const NAME: Column<InspectedTensor> = {
  title: 'name',
  align: 'left',
  rank: 0,
  cell: ({ name }) => cutName(name),
};

const warn = (text: string, _tensor: InspectedTensor, style: Style): string =>
  text.trim() === NONE ? text : style('red', text);

/** In the order in which they stand. */
const COLUMNS: readonly Column<InspectedTensor>[] = [
  { title: 'dtype', align: 'left', rank: 4, cell: ({ dtype }) => dtype },
  { title: 'shape', align: 'left', rank: 5, cell: ({ shape }) => `[${shape.join(', ')}]` },
  {
    title: 'histogram',
    align: 'left',
    rank: 2,
    cell: drawBlocks,
    dress: (text, _, style) => style('cyan', text),
  },
  { title: 'min', align: 'right', rank: 7, cell: ({ figures }) => formatFigure(figures?.min) },
  { title: 'max', align: 'right', rank: 7, cell: ({ figures }) => formatFigure(figures?.max) },
  { title: 'mean', align: 'right', rank: 6, cell: ({ figures }) => formatFigure(figures?.mean) },
  { title: 'std', align: 'right', rank: 1, cell: ({ figures }) => formatFigure(figures?.std) },
  { title: 'expected', align: 'right', rank: 3, cell: ({ expected }) => formatFigure(expected?.std) },
  { title: 'kurtosis', align: 'right', rank: 9, cell: ({ figures }) => formatFigure(figures?.kurtosis) },
  { title: 'NaN', align: 'right', rank: 3, cell: ({ figures }) => formatCount(figures?.nans), dress: warn },
  {
    title: 'inf',
    align: 'right',
    rank: 3,
    cell: ({ figures }) => formatCount(countInfinities(figures)),
    dress: warn,
  },
  { title: 'zeros', align: 'right', rank: 10, cell: ({ figures }) => formatCount(figures?.zeros) },
  { title: 'levels', align: 'right', rank: 8, cell: ({ figures }) => formatCount(figures?.levels) },
  {
    title: 'weight_scale',
    align: 'right',
    rank: 8,
    cell: ({ stored, expected }) => formatFigure(stored?.weightScale ?? expected?.weightScale),
  },
  { title: 'verdict', align: 'left', rank: 0, cell: tellVerdict, dress: dressVerdict },
];

const countInfinities = (figures: InspectedTensor['figures']): number | undefined =>
  figures && figures.positiveInfinities + figures.negativeInfinities;

const VERDICTS = { expected: 'as expected', unexpected: 'NOT EXPECTED', unknown: NONE } as const;

function tellVerdict({ verdict, figures, elementCount }: InspectedTensor): string {
  if (figures === undefined && elementCount > 0) return 'not measured';
  return VERDICTS[verdict.kind];
}

function dressVerdict(text: string, { verdict }: InspectedTensor, style: Style): string {
  if (verdict.kind === 'unknown') return text;
  return style(verdict.kind === 'expected' ? 'green' : 'red', text);
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

/** @param room  columns of the terminal; Infinity where lines do not wrap */
export const formatInspection = (tensors: readonly InspectedTensor[], room: number, style: Style): string =>
  formatColumns(NAME, COLUMNS, tensors, room, style);

/** Tensors that are not what was expected, and why, a line for each reason. */
export function formatReasons({ tensors, missing }: InspectReport, style: Style): string[] {
  const tell = (name: string, reasons: readonly string[]): string[] => [
    `${style('red', VERDICTS.unexpected)} ${cutName(name)}`,
    ...reasons.map((reason) => `  ${reason}`),
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
  verdicts,
  missing,
}: InspectReport): string {
  const { expected, unexpected, unknown } = verdicts;
  const judged = [
    ...(expected > 0 ? [`${expected} as expected`] : []),
    ...(unexpected > 0 ? [`${unexpected} NOT`] : []),
    ...(missing.length > 0 ? [`${missing.length} MISSING`] : []),
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
