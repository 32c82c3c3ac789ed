/**
 * What a run tells a person: a table of the tensors and a line of the whole.
 * @module
 */
import { INIT_PARAMETERS, type Parameter } from '../domain/init.js';
import { writeNumber } from '../domain/words.js';
import { basename } from 'node:path';
import { formatByteSize } from '../domain/byte-size.js';
import type { Init, ModelPlan, ModelReport, PlannedFile, TensorReport } from '../index.js';
import type { Style } from './style.js';

interface Column<Row> {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cell: (row: Row) => string;
}

const NONE = '-';

const COLUMNS: readonly Column<TensorReport>[] = [
  { title: 'name', align: 'left', cell: ({ name }) => JSON.stringify(name).slice(1, -1) },
  { title: 'dtype', align: 'left', cell: ({ dtype }) => dtype },
  { title: 'shape', align: 'left', cell: ({ shape }) => `[${shape.join(', ')}]` },
  { title: 'init', align: 'left', cell: ({ init }) => formatInit(init) },
  { title: 'fan-in', align: 'right', cell: ({ fanIn }) => formatMaybe(fanIn) },
  { title: 'limit', align: 'right', cell: ({ limit }) => formatMaybe(limit) },
  { title: 'std', align: 'right', cell: ({ std }) => formatMaybe(std) },
  { title: 'weight_scale', align: 'right', cell: ({ weightScale }) => formatMaybe(weightScale) },
  { title: 'bytes', align: 'right', cell: ({ byteLength }) => groupDigits(byteLength) },
];

/** Of several files. */
const FILE_COLUMN: Column<TensorReport> = { title: 'file', align: 'left', cell: ({ file }) => file };

const formatMaybe = (value: number | undefined): string => (value === undefined ? NONE : String(value));

/** `wage(bits=2, factor=1)`: what is not the default. */
export function formatInit({ kind, ...parameters }: Init): string {
  const known: Readonly<Record<string, Parameter>> = INIT_PARAMETERS[kind];
  const isDefault = (key: string, value: unknown): boolean => {
    const parameter = known[key];
    return parameter !== undefined && 'default' in parameter && parameter.default === value;
  };
  const listed = Object.entries(parameters)
    .filter(([key, value]) => !isDefault(key, value))
    .map(([key, value]) => `${key}=${String(writeNumber(value))}`);
  return listed.length === 0 ? kind : `${kind}(${listed.join(', ')})`;
}

/** 12,973,440. By hand: Intl takes 12 ms to begin, half of what a table of 723 rows takes. @param value  a whole number */
export const groupDigits = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

export function formatTable(tensors: readonly TensorReport[], style: Style): string {
  const isOneFile = tensors.every(({ file }) => file === tensors[0]?.file);
  return formatColumns(isOneFile ? COLUMNS : [...COLUMNS, FILE_COLUMN], tensors, style);
}

const FILE_COLUMNS: readonly Column<PlannedFile>[] = [
  { title: 'file', align: 'left', cell: ({ path }) => basename(path) },
  { title: 'tensors', align: 'right', cell: ({ tensors }) => groupDigits(tensors.length) },
  { title: 'elements', align: 'right', cell: ({ elementCount }) => groupDigits(elementCount) },
  { title: 'bytes', align: 'right', cell: ({ byteLength }) => groupDigits(byteLength) },
  { title: '', align: 'left', cell: ({ exists }) => (exists ? 'exists' : NONE) },
];

/** What a plan says: each tensor's file, each file's size, the room that is left. */
export function formatPlan(plan: ModelPlan, style: Style): string {
  const { files, tensors, elementCount, byteLength, freeBytes } = plan;
  const whole = `${countFiles(files.length)}, ${groupDigits(tensors.length)} tensors, ${groupDigits(elementCount)} elements, ${groupDigits(byteLength)} bytes (${formatByteSize(byteLength)})`;
  const parts = [formatTable(tensors, style), formatColumns(FILE_COLUMNS, files, style)];
  return [...parts, `${whole}\n${formatRoom(byteLength, freeBytes)}`].join('\n\n');
}

const countFiles = (count: number): string => (count === 1 ? '1 file' : `${count} files`);

function formatRoom(byteLength: number, freeBytes: number | undefined): string {
  if (freeBytes === undefined) return 'How much room there is cannot be told.';
  const free = `${formatByteSize(freeBytes)} are free`;
  if (freeBytes >= byteLength) return `${free}: enough.`;
  return `${free}: ${formatByteSize(byteLength - freeBytes)} too few.`;
}

function formatColumns<Row>(chosen: readonly Column<Row>[], rows: readonly Row[], style: Style): string {
  const columns = chosen.flatMap(({ title, align, cell }) => {
    const cells = rows.map(cell);
    if (cells.every((text) => text === NONE)) return [];
    const width = cells.reduce((widest, { length }) => Math.max(widest, length), title.length);
    const pad = (text: string): string => (align === 'left' ? text.padEnd(width) : text.padStart(width));
    return [{ title: pad(title), cells: cells.map(pad) }];
  });
  const header = style(
    'bold',
    columns
      .map(({ title }) => title)
      .join('  ')
      .trimEnd(),
  );
  const lines = rows.map((_, row) =>
    columns
      .map(({ cells }) => cells[row])
      .join('  ')
      .trimEnd(),
  );
  return [header, ...lines].join('\n');
}

/** Elements, bytes, seconds, GB/s, threads, seed, and the checksum if there is one. */
export function formatSummary({
  elementCount,
  byteLength,
  elapsedMs,
  threads,
  seed,
  path,
  part,
  files,
  keptElements,
}: ModelReport): string {
  const seconds = elapsedMs / 1000;
  const parts = [
    `${groupDigits(elementCount)} elements`,
    `${groupDigits(byteLength)} bytes`,
    ...(files.length === 1 && part === undefined ? [] : [countFiles(files.length)]),
    ...(keptElements === 0 ? [] : [`${groupDigits(keptElements)} elements kept of an earlier run`]),
    `${seconds.toFixed(3)} s`,
    ...(keptElements === 0 ? [`${(byteLength / 1e9 / seconds).toFixed(2)} GB/s`] : []),
    `${threads} thread${threads === 1 ? '' : 's'}`,
    `seed ${seed}`,
  ];
  const sums = files.flatMap(({ path: file, sha256 }) =>
    sha256 === undefined ? [] : [`SHA-256 ${sha256}${files.length === 1 ? '' : `  ${basename(file)}`}`],
  );
  const what = part === undefined ? path : `Part ${part.part} of ${part.parts} of ${path}`;
  return [`${what}: ${parts.join(', ')}`, ...sums].join('\n');
}
