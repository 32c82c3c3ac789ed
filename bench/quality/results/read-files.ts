/**
 * Reads the files that batteries leave behind.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { at } from '#built/base/at.js';
import { BATTERIES, type Battery } from '../batteries/testu01.js';
import {
  hasFailed,
  type PractRandLength,
  type PractRandResult,
  type Results,
  type Testu01Result,
} from './results.js';

const TESTU01_FILE = /^testu01-(small|crush|big)-([\w.-]+)-\d{3}\.txt$/;
const PRACTRAND_FILE = /^practrand-([\w-]+)\.txt$/;

const isBattery = (name: string): name is Battery => name in BATTERIES;

/** @returns an empty list for a file whose test has not finished; no result for a p value that was not computed, which is below 0 */
export function parseTestu01(text: string, battery: Battery, arrangement: string): Testu01Result[] {
  if (!/^used\t/m.test(text)) return [];
  const results = [...text.matchAll(/^p\t(\d+)\t([^\t]+)\t(\S+)$/gm)].map(
    ([, test, name = '', pValue]): Testu01Result => ({
      battery,
      arrangement,
      test: Number(test),
      name: name.trim(),
      pValue: Number(pValue),
    }),
  );
  return results.filter(({ pValue }) => !(pValue < 0));
}

/** What PractRand does not print unless asked for every result. */
const NORMAL = ['normal', 'normalish'];

/** A line such as `  BCFN(2+0,13-0,T)   R=  +0.5  p = 1-2.5e-4   unusual`; spaces separate columns of any width. */
const RESULT = /^ {2}(\S+)\s+R=\s*\S+\s+p\s*~?=\s*(\S+)\s+(\S.*?)\s*$/gm;

export function parsePractRand(text: string, arrangement: string): PractRandLength[] {
  const version = /PractRand version (\S+)/.exec(text)?.[1] ?? 'unknown';
  const sections = text.split(/^length= /m).slice(1);
  return sections.map((section, i) => {
    const results = [...section.matchAll(RESULT)].map(
      ([, name = '', pValue = '', evaluation = '']): PractRandResult => ({ name, pValue, evaluation }),
    );
    return {
      arrangement,
      log2Bytes: Number(/2\^(\d+) bytes/.exec(section)?.[1]),
      version,
      count: results.length,
      anomalies: results.filter(({ evaluation }) => !NORMAL.includes(evaluation)),
      ...(i === sections.length - 1 ? { results } : {}),
    };
  });
}

const UNITS = ['MB', 'GB', 'TB'];

const log2Of = (length: string): number =>
  Math.log2(parseInt(length, 10)) + 20 + 10 * UNITS.indexOf(length.slice(-2));

/** Whether PractRand printed results of that length, or ended at a failure before. @param length  a power of two: `128GB` */
export function reachesLength(printed: string, length: string): boolean {
  const last = parsePractRand(printed, '').at(-1);
  return last !== undefined && (last.log2Bytes >= log2Of(length) || hasFailed(last));
}

/** @param folder  of files that batteries have written, whole or not */
export function readFiles(folder: string): Results {
  const testu01: Testu01Result[] = [];
  const practrand: PractRandLength[] = [];
  for (const file of readdirSync(folder).sort()) {
    const text = (): string => readFileSync(join(folder, file), 'utf8');
    const [, battery = '', of = ''] = TESTU01_FILE.exec(file) ?? [];
    if (isBattery(battery)) testu01.push(...parseTestu01(text(), battery, of));
    const long = PRACTRAND_FILE.exec(file);
    if (long !== null) practrand.push(...parsePractRand(text(), at(long, 1)));
  }
  return { testu01, practrand, values: [] };
}

/** The newer results of a test, a length or a value test take the place of older ones. */
export function mergeResults(older: Results, newer: Results): Results {
  const merge = <T>(from: readonly T[], by: readonly T[], keyOf: (result: T) => string): T[] => {
    const replaced = new Set(by.map(keyOf));
    return [...from.filter((result) => !replaced.has(keyOf(result))), ...by];
  };
  return {
    testu01: merge(older.testu01, newer.testu01, ({ battery, arrangement, test }) =>
      [battery, arrangement, test].join(' '),
    ).sort(byBattery),
    practrand: merge(older.practrand, newer.practrand, ({ arrangement }) => arrangement),
    values: merge(older.values, newer.values, ({ test, of }) => `${test} ${of}`),
  };
}

const batteryOrder = Object.keys(BATTERIES);

const byBattery = (a: Testu01Result, b: Testu01Result): number =>
  batteryOrder.indexOf(a.battery) - batteryOrder.indexOf(b.battery) ||
  a.arrangement.localeCompare(b.arrangement, 'en') ||
  a.test - b.test;
