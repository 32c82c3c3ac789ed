/** The tables of questions and fits, the files of their names, and the page beside them agree. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FITS } from '../../bench/fit/fits.js';
import { QUESTIONS } from '../../bench/questions.js';

const page = readFileSync('bench/README.md', 'utf8');

test('no two questions have the same name', () => {
  const names = QUESTIONS.map(({ name }) => name);
  expect([...new Set(names)]).toEqual(names);
});

test.each(QUESTIONS)('$name is answered by the file of its name', ({ name, group }) => {
  const path = `bench/questions/${group}/${name}.ts`;
  expect(existsSync(path)).toBe(true);
  expect(readFileSync(path, 'utf8')).toMatch(/^export (?:async )?function answer\(/m);
});

test('the page lists every question, in order, with its sentence', () => {
  const rows = QUESTIONS.map(({ name, asks }) => `| \`${name}\` | ${asks} |`);
  expect(page).toContain(rows.join('\n'));
});

test.each(FITS)('the fit $name is the file of its name', ({ name }) => {
  expect(readFileSync(`bench/fit/${name}.ts`, 'utf8')).toMatch(/^export (?:async )?function run\(/m);
});
