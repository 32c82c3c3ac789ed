/** The table of questions, the files that answer them, and the page beside them agree. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
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
