/** The page "Use it with" says what is true: versions, links, and what runs without any other package. The rest is in the slow suite. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../support/folder.js';
import {
  anchorOf,
  BLOCKS,
  EXAMPLES,
  importsOf,
  needsNoPackage,
  NPM_PINS,
  promisedBy,
  PYTHON_PINS,
  ROWS,
} from './page.js';
import { LANGUAGES, makeProject, PYTHON, runBlock } from './project.js';

test('the table has a row for every example but the file that they read, and no other', () => {
  const [checkpoint, ...others] = EXAMPLES.map(anchorOf);
  expect(checkpoint).toBe('the-checkpoint');
  expect(ROWS.map(({ anchor }) => anchor)).toEqual(others);
});

test('the versions in the table are those that are installed', () => {
  const pins = new Map([...NPM_PINS, ...PYTHON_PINS]);
  const said = ROWS.flatMap(({ versions }) => [...versions]);
  expect(said.length).toBeGreaterThan(10);
  expect(said.filter(([name, version]) => pins.get(name) !== version)).toEqual([]);
  const names = new Set(said.map(([name]) => name));
  expect([...NPM_PINS.keys()].filter((name) => !names.has(name))).toEqual([]);
});

/** Modules of Python whose package has another name, and those of Python itself. */
const PACKAGES: Readonly<Record<string, string>> = { candle: 'candle-nn' };
const STANDARD = ['json', 'collections'];

test('every import is jumpfill, a part of Node or Python, or a package in the table', () => {
  const named = new Set(ROWS.flatMap(({ versions }) => [...versions.keys()]));
  const isKnown = (name: string): boolean => {
    const [root = ''] = name.split('.');
    return isBuiltin(name) || [...STANDARD, 'jumpfill'].includes(name) || named.has(PACKAGES[root] ?? root);
  };
  const imports = BLOCKS.filter(({ language }) => ['js', 'python'].includes(language)).flatMap(importsOf);
  expect(imports.length).toBeGreaterThan(20);
  expect(imports.filter((name) => !isKnown(name))).toEqual([]);
});

test('every block has a language that the tests know, and every program says what it prints', () => {
  expect(BLOCKS.filter(({ language }) => !LANGUAGES.includes(language))).toEqual([]);
  const programs = BLOCKS.filter(({ language }) => ['js', 'python'].includes(language));
  expect(programs.filter((block) => promisedBy(block).length === 0)).toEqual([]);
});

test('the programs that need no other package print what their comments say', () => {
  const folder = makeFolder();
  makeProject(folder);
  const blocks = BLOCKS.filter(needsNoPackage);
  expect(blocks.length).toBeGreaterThan(4);
  for (const block of blocks) {
    const promised = promisedBy(block);
    const outcome = runBlock(block, folder);
    if (promised.length > 0) expect(outcome).toEqual({ kind: 'printed', lines: promised });
  }
});

test('the other modules parse', () => {
  const file = join(makeFolder(), 'main.mjs');
  for (const block of BLOCKS) {
    if (block.language !== 'js' || needsNoPackage(block)) continue;
    writeFileSync(file, block.text);
    expect(spawnSync(process.execPath, ['--check', file], { encoding: 'utf8' }).stderr).toBe('');
  }
});

const PARSER = 'import ast, json, sys\nfor text in json.load(sys.stdin): ast.parse(text)';

test('the programs in Python parse', ({ skip }) => {
  const texts = BLOCKS.filter(({ language }) => language === 'python').map(({ text }) => text);
  const { error, stderr } = spawnSync(PYTHON, ['-c', PARSER], {
    input: JSON.stringify(texts),
    encoding: 'utf8',
  });
  skip(error !== undefined, `there is no ${PYTHON}`);
  expect(stderr).toBe('');
});
