/** What npm reads of the package. package.slow.test.ts packs it, installs it and builds in a clone. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const { scripts, bin, files } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly files: readonly string[];
};

test('an install runs no script, and npm warns about none', () => {
  const run = ['preinstall', 'install', 'postinstall', 'prepublish', 'prepare'];
  expect(Object.keys(scripts).filter((name) => run.includes(name))).toEqual([]);
  expect(existsSync('binding.gyp')).toBe(false);
});

test('npm start and npm pack rebuild a build that is older than its sources', () => {
  expect([scripts['prestart'], scripts['prepack']]).toEqual(Array(2).fill('node build.mjs --if-stale'));
});

test('everything that the manifest names exists', () => {
  const named = [...Object.values(bin), ...files.filter((path) => !/[*!]/.test(path))];
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
});
