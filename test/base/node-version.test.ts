/** On an older Node, the command line and the library say which version they need before newer code fails to load. */
import { readFileSync } from 'node:fs';
import { Linter } from 'eslint';
import { describe, expect, test } from 'vitest';
import { complainOfNode } from '../../src/base/node-version.js';
import { CLI } from '../support/cli.js';
import { evaluate, runProgram } from '../support/program.js';

const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
const OLDEST = /^>=(\d+)\.(\d+)$/.exec(engines.node) ?? [];
const [major, minor] = OLDEST.slice(1).map(Number) as [number, number];

test('the required Node is the one in package.json', () => {
  expect(complainOfNode(`${major}.${minor}.0`)).toBeUndefined();
  expect(complainOfNode(`${major}.${minor + 1}.3`)).toBeUndefined();
  expect(complainOfNode(`${major + 2}.0.0`)).toBeUndefined();
  const needs = `jumpfill needs Node ${major}.${minor} or later; this is v`;
  expect(complainOfNode(`${major}.${minor - 1}.9`)).toBe(`${needs}${major}.${minor - 1}.9.`);
  expect(complainOfNode(`${major - 2}.${minor + 1}.0`)).toBe(`${needs}${major - 2}.${minor + 1}.0.`);
  expect(complainOfNode('8.17.0')).toBe(`${needs}8.17.0.`);
});

const old = { VERSIONS: JSON.stringify({ node: '18.20.8' }) };

test.each([['--version'], ['init', 'x.json', '--out', 'y']])(
  'the command line refuses it: %s',
  (...parameters) => {
    expect(runProgram([CLI, ...parameters], 'other-versions', old)).toEqual({
      code: 1,
      stdout: '',
      stderr: `jumpfill needs Node ${major}.${minor} or later; this is v18.20.8.\n`,
    });
  },
);

test('importing the library refuses it, with a code', () => {
  const program = `await import('jumpfill').catch((error) => console.log(error.code, error.message));`;
  const { stdout } = evaluate(program, 'other-versions', old);
  expect(stdout).toMatch(/^UNSUPPORTED_PLATFORM jumpfill needs Node .*; this is v18\.20\.8\. /);
});

describe('before any newer code is read:', () => {
  const imports = (source: string): string[] =>
    [...source.matchAll(/(?:\bfrom|\bimport)\s*'([^']+)'/g)].map((match) => match[1] ?? '');

  test.each(['cli', 'base/node-version'])(
    'dist/src/%s.js has the syntax of 2015, except for import()',
    (file) => {
      const source = readFileSync(`dist/src/${file}.js`, 'utf8').replaceAll('import(', 'load(');
      const problems = new Linter().verify(source, { languageOptions: { ecmaVersion: 2015 } });
      expect(problems).toEqual([]);
    },
  );

  test('the entry has no other static import, and the library imports the check first', () => {
    expect(imports(readFileSync('dist/src/cli.js', 'utf8'))).toEqual(['./base/node-version.js']);
    expect(imports(readFileSync('dist/src/base/node-version.js', 'utf8'))).toEqual([]);
    expect(imports(readFileSync('dist/src/index.js', 'utf8'))[0]).toBe('./base/require-node.js');
    expect(imports(readFileSync('dist/src/base/require-node.js', 'utf8'))).toEqual([
      './errors.js',
      './node-version.js',
    ]);
    expect(imports(readFileSync('dist/src/base/errors.js', 'utf8'))).toEqual(['../text/printable.js']);
    expect(imports(readFileSync('dist/src/text/printable.js', 'utf8'))).toEqual([]);
  });
});
