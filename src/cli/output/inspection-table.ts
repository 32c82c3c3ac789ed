/**
 * An inspection on a terminal.
 * @module
 */
import { sumOf } from '../../base/sum.js';
import { holdsWholes } from '../../domain/tensors/stored-dtypes.js';
import { cutName, escapeControls } from '../../text/printable.js';
import type { InspectedTensor, InspectReport } from '../../storage/inspect/inspect-report.js';
import { formatColumns, NONE, type Column } from '../../text/columns.js';
import type { Style } from '../../text/colours.js';
import { formatCount, formatNumber, formatWhole, groupDigits } from '../../text/numbers.js';
import { formatGenerator, formatSize, formatSpeed } from './run-figures.js';

/** Enough to tell layers apart; --json has all digits. */
const DIGITS = 4;

const formatFigure = (value: number | undefined): string =>
  value === undefined ? NONE : formatNumber(value, DIGITS);

/** One that lies between the tensor's values. */
const formatValue = (value: number | undefined, dtype: string): string =>
  value !== undefined && holdsWholes(dtype) ? formatWhole(value, DIGITS) : formatFigure(value);

const formatOccurrences = (value: number | undefined): string =>
  value === undefined || value === 0 ? NONE : groupDigits(value);

const NAME: Column<InspectedTensor> = {
  title: 'name',
  align: 'left',
  rank: 0,
  cell: ({ name }) => cutName(name),
};

const alarm = (text: string, _tensor: InspectedTensor, style: Style): string =>
  text.trim() === NONE ? text : style('red', text);

/** From left to right. */
const COLUMNS: readonly Column<InspectedTensor>[] = [
  { title: 'dtype', align: 'left', rank: 4, cell: ({ dtype }) => dtype },
  { title: 'shape', align: 'left', rank: 5, cell: ({ shape }) => `[${shape.join(', ')}]` },
  {
    title: 'histogram',
    align: 'left',
    rank: 2,
    cell: plotBlocks,
    dress: (text, _, style) => style('cyan', text),
  },
  { title: 'min', align: 'right', rank: 7, cell: ({ dtype, figures }) => formatValue(figures?.min, dtype) },
  { title: 'max', align: 'right', rank: 7, cell: ({ dtype, figures }) => formatValue(figures?.max, dtype) },
  { title: 'mean', align: 'right', rank: 6, cell: ({ dtype, figures }) => formatValue(figures?.mean, dtype) },
  { title: 'std', align: 'right', rank: 1, cell: ({ figures }) => formatFigure(figures?.std) },
  { title: 'expected', align: 'right', rank: 3, cell: ({ expected }) => formatFigure(expected?.std) },
  { title: 'kurtosis', align: 'right', rank: 9, cell: ({ figures }) => formatFigure(figures?.kurtosis) },
  {
    title: 'NaN',
    align: 'right',
    rank: 3,
    cell: ({ figures }) => formatOccurrences(figures?.nans),
    dress: alarm,
  },
  {
    title: 'inf',
    align: 'right',
    rank: 3,
    cell: ({ figures }) => formatOccurrences(countInfinities(figures)),
    dress: alarm,
  },
  { title: 'zeros', align: 'right', rank: 10, cell: ({ figures }) => formatOccurrences(figures?.zeros) },
  { title: 'levels', align: 'right', rank: 8, cell: ({ figures }) => formatOccurrences(figures?.levels) },
  {
    title: 'weight_scale',
    align: 'right',
    rank: 8,
    cell: ({ stored, expected }) => formatFigure(stored?.weightScale ?? expected?.weightScale),
  },
  {
    title: 'verdict',
    align: 'left',
    rank: 0,
    cell: ({ verdict }) => VERDICTS[verdict.kind],
    dress: colourVerdict,
  },
];

const countInfinities = (figures: InspectedTensor['figures']): number | undefined =>
  figures && figures.positiveInfinities + figures.negativeInfinities;

const VERDICTS = {
  expected: 'as expected',
  unexpected: 'NOT EXPECTED',
  unknown: NONE,
  unjudged: 'not judged',
  unmeasured: 'not measured',
} as const;

const VERDICT_COLOURS = { expected: 'green', unexpected: 'red' } as const;

function colourVerdict(text: string, { verdict: { kind } }: InspectedTensor, style: Style): string {
  return kind === 'expected' || kind === 'unexpected' ? style(VERDICT_COLOURS[kind], text) : text;
}

const BLOCKS = '▁▂▃▄▅▆▇█';
const BLOCK_COLUMNS = 16;

/** Several bins of the histogram to a column; heights are relative to the highest column. */
function plotBlocks({ histogram }: InspectedTensor): string {
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

/** The tensors that are not as expected, and why, a line for each reason. */
export function formatReasons({ tensors, missing }: InspectReport, style: Style): string[] {
  const explain = (name: string, reasons: readonly string[]): string[] => [
    `${style('red', VERDICTS.unexpected)} ${cutName(name)}`,
    ...reasons.map((reason) => `  ${reason}`),
  ];
  return [
    ...tensors.flatMap(({ name, verdict }) =>
      verdict.kind === 'unexpected' ? explain(name, verdict.reasons) : [],
    ),
    ...missing.flatMap((name) => explain(name, ['missing from the checkpoint'])),
  ];
}

/** Two lines: the figures, and how many tensors have which verdict; a third if tensors leak. */
export function formatSummary(report: InspectReport): string {
  const { path, files, tensors, verdicts, missing, recipe } = report;
  const { expected, unexpected, unknown, unjudged, unmeasured } = verdicts;
  const figures = [
    formatCount(tensors.length, 'tensor'),
    ...(files.length > 1 ? [formatCount(files.length, 'file')] : []),
    ...formatSize(report),
    ...formatSpeed(report),
    ...(recipe === undefined
      ? []
      : formatGenerator(recipe.generator, recipe.from === 'metadata' ? recipe.seed : undefined)),
  ];
  const counted = [
    [expected, 'as expected'],
    [unexpected, VERDICTS.unexpected],
    [missing.length, 'MISSING'],
    [unjudged, VERDICTS.unjudged],
    [unmeasured, VERDICTS.unmeasured],
    [unknown, 'without a recipe'],
  ] as const;
  const judged = counted
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${groupDigits(count)} ${what}`);
  const lines = [`${escapeControls(path)}: ${figures.join(', ')}`, judged.join(', '), ...formatLeak(tensors)];
  return lines.join('\n');
}

/** The values that upstream's truncated normal lets through, of all tensors together. */
function formatLeak(tensors: readonly InspectedTensor[]): string[] {
  const leaks = tensors.flatMap(({ leak }) => leak ?? []);
  if (leaks.length === 0) return [];
  const found = sumOf(leaks, (leak) => leak.found);
  const expected = sumOf(leaks, (leak) => leak.expected);
  const what = `${formatCount(found, 'value')} beyond 2 standard deviations, ${formatNumber(expected, DIGITS)} expected`;
  return [`${what}: the leak of xbtorch's truncated normal in ${formatCount(leaks.length, 'tensor')}`];
}
