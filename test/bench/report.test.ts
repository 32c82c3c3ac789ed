import { expect, test } from 'vitest';
import type { NamedAnswer, Results, ThroughputRow } from '../../bench/measure/answer.js';
import { summarise } from '../../bench/measure/statistics.js';
import { formatCount, formatNumber } from '../../bench/render/cells.js';
import { renderPage } from '../../bench/render/page.js';
import { linearAxis, logAxis } from '../../bench/render/axes.js';
import { formatAnswer } from '../../bench/render/terminal.js';

function row(label: string, role: ThroughputRow['role'], threads: number, roundsMs: number[]): ThroughputRow {
  const elapsedMs = summarise(roundsMs);
  return { label, series: label, role, threads, elementCount: 2 ** 20, roundsMs, elapsedMs };
}

const ROWS = [
  row('memory.fill', 'ceiling', 1, [1, 1]),
  { ...row('<ours> & "others"', 'jumpfill', 1, [2, 2]), ofCeiling: summarise([0.5, 0.5]) },
  row('memory.fill', 'ceiling', 2, [0.5, 0.5]),
  { ...row('<ours> & "others"', 'jumpfill', 2, [1, 1]), ofCeiling: summarise([0.5, 0.5]) },
  row('a peer', 'peer', 1, [100, 100]),
];

const answer: NamedAnswer = {
  name: 'threads',
  asks: 'Is <this> escaped?',
  tables: [
    { kind: 'throughput', title: 'Lines', rows: ROWS, chart: { kind: 'lines', x: 'threads' } },
    { kind: 'throughput', title: 'Bars', rows: ROWS, chart: { kind: 'bars', scale: 'log' } },
    {
      kind: 'grid',
      title: 'Grid',
      columns: ['ns', '%'],
      rows: [{ label: 'a kernel', values: [2.5, undefined] }],
    },
    { kind: 'figures', title: 'Figures', rows: [{ label: 'a jump', unit: 'us', value: 1.234 }] },
  ],
  notes: ['a note'],
  leftOut: [{ what: 'torch', why: 'not installed' }],
  machine: { node: 'v24', commit: 'abc', date: 'yesterday' },
  conditions: { isQuick: false, threads: 2, elements: 2 ** 28 },
};

const results: Results = {
  machine: { processor: 'A & B', node: 'v20', commit: 'abc', date: 'today', command: 'npm run bench' },
  answers: [answer],
};

const page = renderPage(results);

test('the page escapes what it is given', () => {
  expect(page).toContain('A &amp; B');
  expect(page).toContain('&lt;ours&gt; &amp; &quot;others&quot;');
  expect(page).not.toContain('<ours>');
  expect(page).not.toContain('<this>');
});

test('an answer of an earlier run is marked as such', () => {
  expect(page).toContain('Measured by another run: node: v24; commit: abc; date: yesterday');
});

test('every chart has the fill as its line and a description', () => {
  const charts = page.match(/<svg.*?<\/svg>/gs) ?? [];
  expect(charts).toHaveLength(2);
  for (const chart of charts) {
    expect(chart).toMatch(/<path class="line ceiling" d="M[\d. HVLM]+"/);
    expect(chart).toMatch(/role="img" aria-label="[^"]+the dashed line is the fill\."/);
    expect(chart).not.toMatch(/NaN|undefined|Infinity/);
  }
});

test('the page is self-contained: no script, nothing loaded', () => {
  expect(page).not.toMatch(/<script|<link|<img|src=|url\(|@import/);
});

test('every opened element is closed', () => {
  const open: string[] = [];
  for (const [, slash, name = '', end] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
    if (name === 'meta' || end === '/') continue;
    if (slash === '/') expect(open.pop()).toBe(name);
    else open.push(name);
  }
  expect(open).toEqual([]);
});

test('the terminal has the same numbers, aligned, and says what was left out', () => {
  const text = formatAnswer(answer, (_, part) => part);
  expect(text).toContain('left out: torch: not installed');
  const [header = '', fill = '', ours = ''] = text.split('\n').slice(3);
  expect(header).toMatch(/^what +of fill +its spread +Gelem\/s/);
  expect(fill.indexOf('1.05')).toBe(header.indexOf('Gelem/s') + 'Gelem/s'.length - '1.05'.length);
  expect(ours).toContain('0.500');
});

test('numbers keep three digits and no exponent', () => {
  expect([0, 0.00123, 1.234, 45.67, 12_345].map(formatNumber)).toEqual([
    '0.00',
    '0.00123',
    '1.23',
    '45.7',
    '12,345',
  ]);
  expect([1000, 65_536, 2 ** 28].map(formatCount)).toEqual(['1,000', '65,536', '2^28']);
});

test('axes end at round numbers around the values', () => {
  expect(linearAxis(11.6, 0, 1).ticks).toEqual([0, 5, 10, 15]);
  expect(logAxis([0.02, 7], 10, 0, 3).ticks.map(Math.log10).map(Math.round)).toEqual([-2, -1, 0, 1]);
  expect(logAxis([1, 10], 10, 0, 4).toPosition(10)).toBe(4);
});
