/** The peers' tables on the pages are those of the figures that a run left in bench/peers/measured.json. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { GridTable, Table } from '../../bench/measure/answer.js';
import {
  keepFigures,
  renderPeersSection,
  renderReadmeTable,
  replacePeersSection,
  replaceReadmeTable,
  type MeasuredPeers,
} from '../../bench/render/peer-tables.js';
import { PEER_DTYPES, PEER_KINDS } from '../../bench/peers/works.js';

const STORED = 'bench/peers/measured.json';
const readme = readFileSync('README.md', 'utf8');
const benchPage = readFileSync('bench/README.md', 'utf8');

test('the pages have the tables of the stored figures, to the letter, and no such table without them', () => {
  const isStored = existsSync(STORED);
  expect(readme.includes('\n`npm run bench -- peers`, ')).toBe(isStored);
  if (!isStored) return;
  const measured = JSON.parse(readFileSync(STORED, 'utf8')) as MeasuredPeers;
  expect(readme).toContain(`\n## Speed\n\n${renderReadmeTable(measured)}\n\n`);
  expect(benchPage).toContain(`\n## Peers\n\n${renderPeersSection(measured)}\n\n## `);
  expect(keepFigures(measured.machine, measured.tables)).toEqual(measured);
});

const NAMES = ['memory.fill', 'jumpfill', 'torch 2.13.0', 'JAX 0.10.2', 'TensorFlow 2.21.0', 'NumPy 2.4.6'];
const COLUMNS = ['warm', 'fresh', 'file'].flatMap((place) => [`${place}, 1 thread`, `${place}, 2 threads`]);

/** Cell (row, column) of grid g is g + row / 10 + column / 100. */
const gridAt = (title: string, g: number): GridTable => ({
  kind: 'grid',
  title,
  columns: COLUMNS,
  rows: NAMES.map((label, i) => ({ label, values: COLUMNS.map((_, j) => g + i / 10 + j / 100) })),
});

const kinds = PEER_KINDS.flatMap((kind) =>
  PEER_DTYPES.map((dtype) => `${kind}, ${dtype}, ${kind === 'orthogonal' ? 'ms' : 'Gelem/s'}`),
);
const tables: readonly Table[] = [
  ...kinds.map(gridAt),
  {
    kind: 'grid',
    title: 'From the start of a process to a file, s',
    columns: ['GPT-2, float32', '1.1 B, bfloat16'],
    rows: ['jumpfill', 'torch', 'JAX', 'TensorFlow', 'NumPy'].map((label, i) => ({
      label,
      values: [i + 1, i === 2 ? undefined : i + 10],
    })),
  },
];
const made: MeasuredPeers = {
  machine: {
    processor: 'AMD EPYC, 2 visible, 2 usable',
    node: 'v20.20.2, V8 11.3',
    date: 'today',
    commit: 'abc',
  },
  tables,
};

test("README's table has warm memory with the most threads, whole models, and an empty cell for what was left out", () => {
  expect(renderReadmeTable(made).split('\n')).toEqual([
    '`npm run bench -- peers`, AMD EPYC, 2 cores, Node 20.20.2, fastest runs (`memory.fill`: 0.0100 Gelem/s):',
    '',
    '| warm, 2 threads | jumpfill | torch 2.13.0 | JAX 0.10.2 | TensorFlow 2.21.0 | NumPy 2.4.6 |',
    '|---|---|---|---|---|---|',
    '| uniform, Gelem/s | 0.110 | 0.210 | 0.310 | 0.410 | 0.510 |',
    '| truncated normal, Gelem/s | 4.11 | 4.21 | 4.31 | 4.41 | 4.51 |',
    '| normal, bfloat16, Gelem/s | 3.11 | 3.21 | 3.31 | 3.41 | 3.51 |',
    '| GPT-2, float32, start to file, s | 1.00 | 2.00 | 3.00 | 4.00 | 5.00 |',
    '| 1.1 B, bfloat16, start to file, s | 10.0 | 11.0 |  | 13.0 | 14.0 |',
  ]);
});

test('the section has a row for every distribution and dtype, in both tables of places', () => {
  const lines = renderPeersSection(made).split('\n');
  expect(lines.filter((line) => line.length > 120 && !line.startsWith('|'))).toEqual([]);
  for (const kind of kinds) expect(lines.filter((line) => line.startsWith(`| ${kind} |`))).toHaveLength(2);
  expect(lines).toContain(
    '| uniform, bfloat16, Gelem/s | 1.10 / 1.11 | 1.20 / 1.21 | 1.30 / 1.31 | 1.40 / 1.41 | 1.50 / 1.51 |',
  );
  expect(lines).toContain(
    '| uniform, bfloat16, Gelem/s | 1.13 / 1.15 | 1.23 / 1.25 | 1.33 / 1.35 | 1.43 / 1.45 | 1.53 / 1.55 |',
  );
});

test('other figures change the table and nothing else, and README keeps its number of lines', () => {
  const changed = replaceReadmeTable(readme, renderReadmeTable(made));
  const [before = '', after = ''] = changed.split(renderReadmeTable(made));
  expect(readme.startsWith(before)).toBe(true);
  expect(readme.endsWith(after)).toBe(true);
  expect(before.endsWith('\n## Speed\n\n')).toBe(true);
  expect(after.startsWith('\n\n')).toBe(true);
  expect(changed.split('\n').length).toBeLessThanOrEqual(151);
  expect(replaceReadmeTable(changed, renderReadmeTable(made))).toBe(changed);
  const section = replacePeersSection(benchPage, renderPeersSection(made));
  expect(section).toContain(`\n## Peers\n\n${renderPeersSection(made)}\n\n## torch's own bytes`);
  expect(replacePeersSection(section, renderPeersSection(made))).toBe(section);
});

test('figures without a table of the pages are refused, before a page is changed', () => {
  expect(() => renderReadmeTable({ ...made, tables: tables.slice(1) })).toThrow(
    'The figures have no table "uniform, float32, Gelem/s"',
  );
});
