/** On an older Node, the command line and the library say which version they need before newer code fails to load. */
import { readFileSync } from 'node:fs';
import { Linter } from 'eslint';
import { describe, expect, test } from 'vitest';
import { complainOfNode } from '../../src/base/node-version.js';
import { CLI } from '../support/cli.js';
import { evaluate, runProgram } from '../support/program.js';

const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
const OLDEST = /^\^(\d+)\.(\d+) \|\| >=(\d+)\.(\d+)$/.exec(engines.node) ?? [];
const [major, minor, later, laterMinor] = OLDEST.slice(1).map(Number) as [number, number, number, number];
const NEEDS = `jumpfill needs Node ${major}.${minor} or later of ${major}, or ${later}.${laterMinor} or later; this is v`;

test('the required Node is the one in package.json', () => {
  const enough = [
    `${major}.${minor}.0`,
    `${major}.${minor + 1}.3`,
    `${later}.${laterMinor}.0`,
    `${later + 1}.0.0`,
    `${later + 4}.1.0`,
  ];
  expect(enough.map(complainOfNode)).toEqual(enough.map(() => undefined));
  const tooOld = [
    `${major}.${minor - 1}.9`,
    `${later - 1}.9.0`,
    `${later}.${laterMinor - 1}.9`,
    '18.20.8',
    '8.17.0',
  ];
  expect(tooOld.map(complainOfNode)).toEqual(tooOld.map((version) => `${NEEDS}${version}.`));
});

const old = { VERSIONS: JSON.stringify({ node: '18.20.8' }) };

test.each([['--version'], ['init', 'x.json', '--out', 'y']])(
  'the command line refuses it: %s',
  (...parameters) => {
    expect(runProgram([CLI, ...parameters], 'other-versions', old)).toEqual({
      code: 1,
      stdout: '',
      stderr: `${NEEDS}18.20.8.\n`,
    });
  },
);

test('importing the library refuses it, with a code', () => {
  const program = `await import('jumpfill').catch((error) => console.log(error.code, error.message));`;
  const { stdout } = evaluate(program, 'other-versions', old);
  expect(stdout).toMatch(/^UNSUPPORTED_PLATFORM jumpfill needs Node .*; this is v18\.20\.8\. /);
});

describe('before any newer code is read:', () => {
  /** What a file loads before its own code runs. */
  const requiredBy = (file: string): (string | undefined)[] =>
    [...readFileSync(file, 'utf8').matchAll(/^(?!.*=> require\().*\brequire\("([^"]+)"\)/gm)].map(
      (match) => match[1],
    );

  test.each(['src/cli', 'src/base/node-version'])('dist/%s.cjs has the syntax of 2015', (file) => {
    const source = readFileSync(`dist/${file}.cjs`, 'utf8');
    expect(new Linter().verify(source, { languageOptions: { ecmaVersion: 2015 } })).toEqual([]);
  });

  test('the entry loads nothing else', () => {
    expect(readFileSync('dist/src/cli.js', 'utf8')).toBe(
      "#!/usr/bin/env node\nimport './cli.cjs';\nexport {};\n",
    );
    expect(requiredBy('dist/src/cli.cjs')).toEqual(['./base/node-version.cjs']);
    expect(requiredBy('dist/src/base/node-version.cjs')).toEqual([]);
  });

  test('the library runs the check first, before all that is not checks and wording', () => {
    const modulesOf = (file: string): string[] =>
      [...readFileSync(file, 'utf8').matchAll(/^\/\/ src\/(.*)$/gm)].map((match) => match[1] ?? '');
    const modules = modulesOf('dist/chunks/jumpfill-start.cjs');
    // A module that an older Node lacks ends it before anything runs.
    expect(requiredBy('dist/chunks/jumpfill-start.cjs')).toEqual(['../src/base/node-version.cjs']);
    const check = modules.indexOf('base/require-node.js');
    expect(check).toBeGreaterThan(-1);
    // These define functions and classes, and call nothing of Node.
    expect(modules.slice(0, check).filter((module) => !/^(?:text|base)\//.test(module))).toEqual([]);
  });
});
