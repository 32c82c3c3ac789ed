/**
 * The tables of peers on README.md and bench/README.md, from stored figures: no number on them is typed.
 * @module
 */
import type { Facts, GridTable, Table, ThroughputTable } from '../measure/answer.js';
import { formatCount, formatNumber } from './cells.js';

/** What is kept of an answer to `peers`: peers/measured.json. */
export interface MeasuredPeers {
  readonly machine: Facts;
  readonly tables: readonly Table[];
}

const MEMORY_FILL = 'memory.fill';
const WARM_FLOAT32 = 'uniform, float32, Gelem/s';
const MODELS = 'From the start of a process to a file, s';

/** The rows of README: a table's title, and what the row is called. */
const README_ROWS = [
  ['uniform, float32, Gelem/s', 'uniform, Gelem/s'],
  ['truncated normal, float32, Gelem/s', 'truncated normal, Gelem/s'],
  ['normal, bfloat16, Gelem/s', 'normal, bfloat16, Gelem/s'],
] as const;

const isGrid = (table: Table): table is GridTable => table.kind === 'grid';

/** @throws  figures of another version, or of a run that had no such table */
function gridOf({ tables }: MeasuredPeers, title: string): GridTable {
  const grid = tables.filter(isGrid).find((table) => table.title === title);
  if (grid === undefined) throw new Error(`The figures have no table "${title}"`);
  return grid;
}

const valueIn = (grid: GridTable, label: string, column: string): number | undefined =>
  grid.rows.find((row) => row.label === label)?.values[grid.columns.indexOf(column)];

/** jumpfill first, and without the fill. */
const contestantsOf = (grid: GridTable): readonly string[] =>
  grid.rows.map(({ label }) => label).filter((label) => label !== MEMORY_FILL);

const format = (value: number | undefined): string => (value === undefined ? '' : formatNumber(value));

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const ruleFor = (count: number): string => `|${'---|'.repeat(count)}`;

/** The column of a place with the most threads. */
function columnOf({ columns }: GridTable, place: string, which: 'one' | 'most'): string {
  const ofPlace = columns.filter((column) => column.startsWith(`${place}, `));
  const column = which === 'one' ? ofPlace[0] : ofPlace.at(-1);
  if (column === undefined) throw new Error(`The figures have no column of ${place} memory`);
  return column;
}

/** A name without its version: as the models' rows have it. */
const withoutVersion = (name: string): string => name.split(' ')[0] ?? name;

/** README's: warm memory with all threads, and whole models. One line of text, then the table. */
export function renderReadmeTable(measured: MeasuredPeers): string {
  const first = gridOf(measured, WARM_FLOAT32);
  const names = contestantsOf(first);
  const kinds = README_ROWS.map(([title, label]) => {
    const grid = gridOf(measured, title);
    return row([label, ...names.map((name) => format(valueIn(grid, name, columnOf(grid, 'warm', 'most'))))]);
  });
  const models = gridOf(measured, MODELS);
  const modelRows = models.columns.map((model) =>
    row([
      `${model}, start to file, s`,
      ...names.map((name) => format(valueIn(models, withoutVersion(name), model))),
    ]),
  );
  const heading = row([columnOf(first, 'warm', 'most'), ...names]);
  const fill = format(valueIn(first, MEMORY_FILL, columnOf(first, 'warm', 'most')));
  return [
    `\`npm run bench -- peers\`, ${describeRun(measured.machine)}, fastest runs (\`memory.fill\`: ${fill} Gelem/s):`,
    '',
    ...[heading, ruleFor(1 + names.length), ...kinds, ...modelRows],
  ].join('\n');
}

/** AMD EPYC, 2 cores, Node 20.20.2 */
function describeRun({ processor = '', node = '' }: Facts): string {
  const [model = '', , usable = ''] = processor.split(', ');
  const version = /^v([\d.]+)/.exec(node)?.[1] ?? '';
  return `${model}, ${usable.split(' ')[0] ?? ''} cores, Node ${version}`;
}

/** bench/README.md's: every distribution and dtype, one and all threads, and every place. */
export function renderPeersSection(measured: MeasuredPeers): string {
  const grids = measured.tables.filter(isGrid).filter(({ title }) => title !== MODELS);
  const names = grids[0] === undefined ? [] : contestantsOf(grids[0]);
  const { date = '', commit = '', load = '' } = measured.machine;
  return [
    wrap(
      `\`npm run bench -- peers --install\`, ${describeRun(measured.machine)} (${date}, ${commit}, load ${load}). Matrices of 4096 x 4096, orthogonal ones of 1024 x 1024; of several runs, in turns, the fastest: others use the machine too. Warm memory, 1 thread / all threads:`,
    ),
    '',
    ...pairs(grids, names, 'warm', ['one', 'most']),
    '',
    'All threads, fresh memory / warm memory and then a safetensors file, which jumpfill also syncs:',
    '',
    ...pairs(grids, names, ['fresh', 'file'], ['most', 'most']),
    '',
    ...modelLines(measured),
    '',
    ...javaScriptLines(measured),
  ].join('\n');
}

/** The pages' width. */
const WIDTH = 120;

const wrap = (text: string): string =>
  text.replace(new RegExp(`(.{1,${WIDTH}})(?: |$)`, 'g'), '$1\n').trimEnd();

/** Cells of two values. */
function pairs(
  grids: readonly GridTable[],
  names: readonly string[],
  places: string | readonly [string, string],
  [one, other]: readonly ['one' | 'most', 'one' | 'most'],
): string[] {
  const [first, second] = typeof places === 'string' ? [places, places] : places;
  const lines = grids.map((grid) => {
    const columns = [columnOf(grid, first, one), columnOf(grid, second, other)];
    return row([
      grid.title,
      ...names.map((name) => columns.map((column) => format(valueIn(grid, name, column))).join(' / ')),
    ]);
  });
  return [row(['', ...names]), ruleFor(1 + names.length), ...lines];
}

function modelLines(measured: MeasuredPeers): string[] {
  const grid = gridOf(measured, MODELS);
  const names = grid.rows.map(({ label }) => label);
  return [
    'From the start of a process to a file, all cores, each by its shortest script, seconds:',
    '',
    row(['', ...names]),
    ruleFor(1 + names.length),
    ...grid.columns.map((model) => row([model, ...names.map((name) => format(valueIn(grid, name, model)))])),
  ];
}

/** Medians, of fewer elements. */
function javaScriptLines({ tables }: MeasuredPeers): string[] {
  const own = tables.filter((table): table is ThroughputTable => table.kind === 'throughput');
  return own.flatMap(({ title, rows }, i) => {
    const peers = rows.filter(({ role }) => role !== 'ceiling');
    const lines = peers.map(({ label, elementCount, elapsedMs }) =>
      row([label, formatNumber(elementCount / elapsedMs.median / 1e6)]),
    );
    const elements = formatCount(peers[0]?.elementCount ?? 0);
    return [
      ...(i === 0 ? [] : ['']),
      row([title.replace('JavaScript: ', `JavaScript, ${elements} elements, medians: `), 'Gelem/s']),
      ruleFor(2),
      ...lines,
    ];
  });
}

/** What is kept of an answer: without the single runs. */
export const keepFigures = (machine: Facts, tables: readonly Table[]): MeasuredPeers => ({
  machine,
  tables: tables.map((table) =>
    table.kind === 'throughput'
      ? { ...table, rows: table.rows.map((figures) => ({ ...figures, roundsMs: [] })) }
      : table,
  ),
});

/** Replaces README's table: what follows the heading, as far as the table goes. */
export const replaceReadmeTable = (page: string, table: string): string =>
  page.replace(/(?<=^## Speed\n\n)[\s\S]*?\n\n(?:\|.*\n)+/m, () => `${table}\n`);

/** Replaces a section of bench/README.md: what follows the heading, up to the next. */
export const replacePeersSection = (page: string, section: string): string =>
  page.replace(/(?<=^## Peers\n\n)[\s\S]*?\n(?=\n## )/m, () => `${section}\n`);
