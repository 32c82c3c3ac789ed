/** A test fails only because something is wrong, never because the machine is busy. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import config from '../vitest.config.js';
import slowConfig from '../vitest.slow.config.js';
import enginesConfig from './engines/vitest.config.js';
import { SLOW_TESTS, THOROUGH_TESTS } from './support/vitest-settings.js';

const TEN_MINUTES = 600_000;

test.each([
  ['fast', config],
  ['slow', slowConfig],
  ['engines', enginesConfig],
])('%s tests and their hooks may take ten minutes each', (_, { test: limits }) => {
  expect(limits?.testTimeout).toBeGreaterThanOrEqual(TEN_MINUTES);
  expect(limits?.hookTimeout).toBeGreaterThanOrEqual(TEN_MINUTES);
});

test('the slow suite repeats the files whose laws take all their cases there', () => {
  expect(THOROUGH_TESTS.length).toBeGreaterThan(20);
  const included = (slowConfig.test?.projects ?? []).flatMap((project) =>
    typeof project === 'object' && 'test' in project ? (project.test.include ?? []) : [],
  );
  expect(included).toEqual(expect.arrayContaining([SLOW_TESTS, ...THOROUGH_TESTS]));
});

test('every file that the configurations name exists', () => {
  const projects = [config, slowConfig].flatMap(({ test: suite }) => suite?.projects ?? []);
  const named = projects.flatMap((project) =>
    typeof project === 'object' && 'test' in project ? (project.test.include ?? []) : [],
  );
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((path) => !path.includes('*') && !existsSync(path))).toEqual([]);
});

/** `test(..., 60_000)`, `{ timeout: 30_000 }`, `setDefaultTimeout(1000)` */
const OWN_LIMIT = /^\s*\}, \d[\d_]{3,}\);|\btimeout: *[1-9]|\w*Timeout\( *[1-9]/m;

test('no test has a limit of its own', () => {
  expect('}, 60_000);\n').toMatch(OWN_LIMIT);
  expect('{ timeout: 30_000 }').toMatch(OWN_LIMIT);
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter(
      (path) =>
        /\.(?:test|engine)\.ts$|^(?:engines\/)?support.*\.ts$/.test(path) && path !== 'time-limits.test.ts',
    )
    .map((path) => join('test', path));
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((path) => OWN_LIMIT.test(readFileSync(path, 'utf8')))).toEqual([]);
});
