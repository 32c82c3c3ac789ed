/**
 * What a run tells a person: a table of the tensors and a line of the whole.
 * @module
 */
import { INIT_PARAMETERS, type Parameter } from '../domain/init.js';
import { writeNumber } from '../domain/words.js';
import type { Init, ModelReport, TensorReport } from '../index.js';
import type { Style } from './style.js';

interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cell: (tensor: TensorReport) => string;
}

const NONE = '-';

const COLUMNS: readonly Column[] = [
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

/** 12,973,440 */
export const groupDigits = (value: number): string => value.toLocaleString('en-US');

export function formatTable(tensors: readonly TensorReport[], style: Style): string {
  const columns = COLUMNS.flatMap(({ title, align, cell }) => {
    const cells = tensors.map(cell);
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
  const rows = tensors.map((_, row) =>
    columns
      .map(({ cells }) => cells[row])
      .join('  ')
      .trimEnd(),
  );
  return [header, ...rows].join('\n');
}

/** Elements, bytes, seconds, GB/s, threads, seed, and the checksum if there is one. */
export function formatSummary({
  elementCount,
  byteLength,
  elapsedMs,
  threads,
  seed,
  path,
  sha256,
}: ModelReport): string {
  const seconds = elapsedMs / 1000;
  const parts = [
    `${groupDigits(elementCount)} elements`,
    `${groupDigits(byteLength)} bytes`,
    `${seconds.toFixed(3)} s`,
    `${(byteLength / 1e9 / seconds).toFixed(2)} GB/s`,
    `${threads} thread${threads === 1 ? '' : 's'}`,
    `seed ${seed}`,
  ];
  return `${path}: ${parts.join(', ')}${sha256 === undefined ? '' : `\nSHA-256 ${sha256}`}`;
}
