/**
 * The tables of the page, made of results.json: each stands between two comments of its name.
 * @module
 */
import { at } from '#built/base/at.js';
import { BATTERIES } from '../batteries/testu01.js';
import {
  CLEAR_FAILURE,
  FALSE_ALARM,
  hasFailed,
  isOutside,
  SUSPICIOUS,
  type PractRandLength,
  type Results,
  type Testu01Result,
  type ValueResult,
} from './results.js';

const TABLES: Readonly<Record<string, (results: Results) => string>> = {
  testu01: ({ testu01 }) => batteryTable(testu01),
  practrand: ({ practrand }) => practRandTable(practrand),
  values: ({ values }) => valueTable(values),
  'testu01-p-values': ({ testu01 }) => everyPValue(testu01),
  'practrand-p-values': ({ practrand }) => everyPractRandPValue(practrand),
};

export const updatePage = (page: string, results: Results): string =>
  Object.entries(TABLES).reduce(
    (text, [name, render]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`),
        (_, begin: string, end: string) => `${begin}\n${render(results)}\n\n${end}`,
      ),
    page,
  );

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [row(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(row)].join('\n');

function groupBy<T>(list: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of list) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** 4 digits; a p value close to 1 by its distance from it. */
export const formatP = (p: number): string =>
  p > 0.9999 && p < 1 ? `1 - ${(1 - p).toPrecision(2)}` : String(Number(p.toPrecision(4)));

function batteryTable(all: readonly Testu01Result[]): string {
  const groups = groupBy(all, ({ battery, arrangement }) => `${battery} ${arrangement}`);
  const rows = [...groups.values()].map((results) => {
    const { battery, arrangement } = at(results, 0);
    const pValues = results.map(({ pValue }) => pValue);
    const tests = new Set(results.map(({ test }) => test)).size;
    const outside = results.filter(({ pValue }) => isOutside(pValue, SUSPICIOUS));
    const failed = outside.filter(({ pValue }) => isOutside(pValue, CLEAR_FAILURE));
    return [
      BATTERIES[battery].title,
      `\`${arrangement}\``,
      `${tests} of ${BATTERIES[battery].tests}`,
      results.length,
      formatP(Math.min(...pValues)),
      formatP(Math.max(...pValues)),
      outside.map(({ test, name, pValue }) => `${test} ${name}: ${formatP(pValue)}`).join('; ') || 'none',
      failed.length,
    ];
  });
  const head = [
    'battery',
    'arrangement',
    'tests',
    'p values',
    'least',
    'largest',
    'outside [0.001, 0.999]',
    'failed',
  ];
  return table(head, rows);
}

/** 2^37 bytes are 128 GiB. */
const formatBytes = (log2: number): string =>
  log2 >= 30 ? `${2 ** (log2 - 30)} GiB` : `${2 ** (log2 - 20)} MiB`;

function practRandTable(lengths: readonly PractRandLength[]): string {
  const rows = [...groupBy(lengths, ({ arrangement }) => arrangement)].map(([arrangement, all]) => {
    const last = at(all, all.length - 1);
    const notes = all.flatMap(({ log2Bytes, anomalies }) =>
      // A stream that fails fails many tests: the first few tell which.
      anomalies
        .slice(0, 5)
        .map(({ name, pValue, evaluation }) => `${formatBytes(log2Bytes)} ${name}: ${pValue}, ${evaluation}`),
    );
    const outcome = hasFailed(last) ? '**failed**' : 'passed';
    return [
      `\`${arrangement}\``,
      formatBytes(last.log2Bytes),
      last.count,
      outcome,
      notes.join('; ') || 'none',
    ];
  });
  return table(['arrangement', 'up to', 'results there', '', 'not "normal", at any length'], rows);
}

function valueTable(values: readonly ValueResult[]): string {
  const rows = values.map(({ test, of, statistic, pValue }) => [
    test,
    of,
    statistic,
    pValue < FALSE_ALARM ? `**${formatP(pValue)}**` : formatP(pValue),
  ]);
  return table(['test', 'of', 'statistic', 'p'], rows);
}

function everyPValue(all: readonly Testu01Result[]): string {
  const groups = groupBy(all, ({ battery, arrangement }) => `${BATTERIES[battery].title}, ${arrangement}`);
  return [...groups]
    .map(([title, results]) => {
      const items = results.map(({ test, name, pValue }) => `${test} ${name}: ${formatP(pValue)}`);
      return fold(title, items);
    })
    .join('\n\n');
}

const everyPractRandPValue = (lengths: readonly PractRandLength[]): string =>
  lengths
    .flatMap(({ arrangement, log2Bytes, results = [] }) => {
      const items = results.map(({ name, pValue }) => `${name}: ${pValue}`);
      return items.length === 0 ? [] : [fold(`${arrangement}, ${formatBytes(log2Bytes)}`, items)];
    })
    .join('\n\n');

const fold = (title: string, items: readonly string[]): string =>
  `<details><summary>${title}: ${items.length}</summary>\n\n${items.map((item) => `\`${item}\``).join(' · ')}\n\n</details>`;
