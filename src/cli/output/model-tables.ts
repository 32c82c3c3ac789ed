/**
 * A model on a terminal: a table of its tensors and a summary line; for a plan, its files and the free space as well.
 * @module
 */
import { basename } from 'node:path';
import { INDEX_ENDING } from '../../domain/partition/shards.js';
import { formatByteSize, formatCount, formatNumber, formatShare, groupDigits } from '../../text/numbers.js';
import { cutName, escapeControls } from '../../text/printable.js';
import type { CheckpointPlan, PlannedFile } from '../../storage/write/plan-checkpoint.js';
import type { PlannedCompanion } from '../../storage/write/load-companions.js';
import type { WriteReport } from '../../storage/write/write-checkpoint.js';
import type { TensorReport } from '../../storage/write/resolve-model.js';
import { isCollapsed, type CodeUse } from '../../domain/recipes/code-use.js';
import type { Coarseness } from '../../domain/recipes/coarseness.js';
import { formatInit } from '../../domain/recipes/format-init.js';
import { formatColumns, NONE, type Column } from '../../text/columns.js';
import type { Style } from '../../text/colours.js';
import { formatSource } from '../../domain/streams/seed.js';
import { formatGenerator, formatLike, formatSize, formatSpeed } from './run-figures.js';

const NAME: Column<TensorReport> = {
  title: 'name',
  align: 'left',
  rank: 0,
  cell: ({ name }) => cutName(name),
};

/** From left to right. */
const COLUMNS: readonly Column<TensorReport>[] = [
  { title: 'dtype', align: 'left', rank: 5, cell: ({ dtype }) => dtype },
  { title: 'shape', align: 'left', rank: 4, cell: ({ shape }) => `[${shape.join(', ')}]` },
  { title: 'init', align: 'left', rank: 3, cell: formatDraw },
  { title: 'fan-in', align: 'right', rank: 9, cell: ({ fanIn }) => formatFigure(fanIn) },
  { title: 'limit', align: 'right', rank: 8, cell: ({ limit }) => formatFigure(limit) },
  { title: 'std', align: 'right', rank: 8, cell: ({ std }) => formatFigure(std) },
  { title: 'weight_scale', align: 'right', rank: 2, cell: ({ weightScale }) => formatFigure(weightScale) },
  {
    title: 'values',
    align: 'right',
    rank: 7,
    cell: ({ codeUse, coarseness }) => formatValues(codeUse, coarseness),
  },
  {
    title: 'zeros',
    align: 'right',
    rank: 7,
    cell: ({ codeUse, coarseness }) => formatZeros(codeUse, coarseness),
  },
  { title: 'bytes', align: 'right', rank: 6, cell: ({ byteLength }) => groupDigits(byteLength) },
];

/** How it is drawn; a tied tensor is not, and neither is a kept one. */
function formatDraw({ init, sameAs, stream, kept }: TensorReport): string {
  if (sameAs !== undefined) return `same_as ${cutName(sameAs)}`;
  if (kept !== undefined) return formatKept(kept);
  return stream === undefined ? formatInit(init) : `${formatInit(init)} stream ${cutName(stream)}`;
}

/** With its name in the source, if that is another. */
const formatKept = ({ of, name }: NonNullable<TensorReport['kept']>): string =>
  `kept of ${cutName(of)}${name === undefined ? '' : `, ${cutName(name)}`}`;

/** Shown where there are several files. */
const FILE_COLUMN: Column<TensorReport> = { title: 'file', align: 'left', rank: 1, cell: ({ file }) => file };

/** --json has all digits. */
const DIGITS = 6;
const SHARE_DIGITS = 3;

const formatFigure = (value: number | undefined): string =>
  value === undefined ? NONE : formatNumber(value, DIGITS);

/** How many values are left of a collapsed grid, or hold nearly everything in a coarse dtype. */
function formatValues(codeUse: CodeUse | undefined, coarseness: Coarseness | undefined): string {
  if (coarseness) return String(coarseness.values);
  return codeUse && isCollapsed(codeUse) ? `${codeUse.used} of ${codeUse.available}` : NONE;
}

/** The share of zeros of the same tensors. */
function formatZeros(codeUse: CodeUse | undefined, coarseness: Coarseness | undefined): string {
  if (coarseness?.zeroShare !== undefined) return formatShare(coarseness.zeroShare, SHARE_DIGITS);
  return codeUse && isCollapsed(codeUse) ? formatShare(codeUse.zeroShare, SHARE_DIGITS) : NONE;
}

/** @param room  columns of the terminal; Infinity where lines do not wrap */
export function formatTable(tensors: readonly TensorReport[], room: number, style: Style): string {
  if (tensors.length === 0) return style('dim', 'no tensors');
  const isOneFile = tensors.every(({ file }) => file === tensors[0]?.file);
  return formatColumns(NAME, isOneFile ? COLUMNS : [...COLUMNS, FILE_COLUMN], tensors, room, style);
}

const FILE_NAME: Column<PlannedFile> = {
  title: 'file',
  align: 'left',
  rank: 0,
  cell: ({ path }) => cutName(basename(path)),
};

const FILE_COLUMNS: readonly Column<PlannedFile>[] = [
  { title: 'tensors', align: 'right', rank: 4, cell: ({ tensors }) => groupDigits(tensors.length) },
  { title: 'elements', align: 'right', rank: 3, cell: ({ elementCount }) => groupDigits(elementCount) },
  { title: 'bytes', align: 'right', rank: 1, cell: ({ byteLength }) => groupDigits(byteLength) },
  { title: '', label: 'exists', align: 'left', rank: 2, cell: ({ exists }) => (exists ? 'exists' : NONE) },
];

const COMPANION_NAME: Column<PlannedCompanion> = {
  title: 'companion file',
  align: 'left',
  rank: 0,
  cell: ({ name }) => cutName(name),
};

const FOUND = { nothing: NONE, same: 'there already', other: 'exists' } as const;

const COMPANION_COLUMNS: readonly Column<PlannedCompanion>[] = [
  { title: 'bytes', align: 'right', rank: 1, cell: ({ byteLength }) => groupDigits(byteLength) },
  { title: '', label: 'exists', align: 'left', rank: 2, cell: ({ found }) => FOUND[found] },
];

/**
 * The tensors with their files, the files with their sizes, and the free space.
 * @param seed  undefined where none was chosen
 */
export function formatPlan(
  plan: CheckpointPlan,
  seed: string | undefined,
  room: number,
  style: Style,
): string {
  const { files, companions = [], tensors, byteLength, freeBytes } = plan;
  const counts = [
    formatCount(files.length, 'file'),
    formatCount(tensors.length, 'tensor'),
    ...formatSize(plan),
  ];
  const sum = [
    `${counts.join(', ')} (${formatByteSize(byteLength)})`,
    ...formatGenerator(plan.generator, seed),
    ...formatLike(plan.like),
  ];
  return [
    formatTable(tensors, room, style),
    formatColumns(FILE_NAME, FILE_COLUMNS, files, room, style),
    ...(companions.length === 0
      ? []
      : [formatColumns(COMPANION_NAME, COMPANION_COLUMNS, companions, room, style)]),
    `${sum.join(', ')}\n${formatFreeSpace(byteLength, freeBytes)}`,
  ].join('\n\n');
}

function formatFreeSpace(byteLength: number, freeBytes: number | undefined): string {
  if (freeBytes === undefined) return 'The free space is unknown.';
  const free = `${formatByteSize(freeBytes)} free`;
  return freeBytes >= byteLength
    ? `${free}: enough.`
    : `${free}: ${formatByteSize(byteLength - freeBytes)} too little.`;
}

/** One line, and another for each checksum. */
export function formatSummary(report: WriteReport): string {
  const { path, part, files, companions = [], keptElements } = report;
  const isResumed = keptElements > 0;
  const figures = [
    ...formatSize(report),
    ...(files.length === 1 && part === undefined ? [] : [formatCount(files.length, 'file')]),
    ...formatCompanions(companions),
    ...(isResumed ? [`${formatCount(keptElements, 'element')} kept from an earlier run`] : []),
    ...formatSpeed(report, !isResumed),
    ...formatSource(report),
    ...formatLike(report.like),
  ];
  const what = part === undefined ? path : `Part ${part.part} of ${part.parts} of ${path}`;
  const needsMerge = part !== undefined && path.endsWith(INDEX_ENDING);
  const next = needsMerge ? [`When all parts are done: jumpfill merge ${escapeControls(path)}`] : [];
  return [`${escapeControls(what)}: ${figures.join(', ')}`, ...formatChecksums(files), ...next].join('\n');
}

/** `7 companion files`, `7 companion files (2 were there)` */
function formatCompanions(companions: NonNullable<WriteReport['companions']>): string[] {
  if (companions.length === 0) return [];
  const kept = companions.filter(({ action }) => action === 'kept').length;
  const were = kept === 1 ? 'was' : 'were';
  return [
    `${formatCount(companions.length, 'companion file')}${kept === 0 ? '' : ` (${kept} ${were} there)`}`,
  ];
}

/** With the files' names where there are several, as sha256sum prints them. */
const formatChecksums = (files: WriteReport['files']): string[] =>
  files.flatMap(({ path, sha256 }) => {
    if (sha256 === undefined) return [];
    return [`SHA-256 ${sha256}${files.length === 1 ? '' : `  ${escapeControls(basename(path))}`}`];
  });
