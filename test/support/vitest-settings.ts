/** Settings that the fast and the slow suite share. */
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { TestProjectInlineConfiguration, ViteUserConfig } from 'vitest/config';
import type {} from './thorough.js';

/** Many tests wait for a child process, so even one core has work for two workers. More than eight only cost memory. */
const maxWorkers = Math.min(8, Math.max(2, availableParallelism()));

/**
 * @param report   where the JSON report goes; .ci/run reads it
 * @param limitMs  for a test, a hook or a teardown: a hang must fail, but a machine that is ten times busier must not
 * @param isThorough  whether laws that take a few cases or all of them (thorough.ts) take all
 */
export function settings(
  report: string,
  limitMs: number,
  isThorough: boolean,
): NonNullable<ViteUserConfig['test']> {
  return {
    provide: { isThorough },
    globalSetup: ['test/support/build.ts'],
    setupFiles: ['test/support/setup.ts'],
    reporters: ['default', ['json', { outputFile: report }], './test/support/slowest-files.ts'],
    // Starting a process and loading everything again for each file takes longer than most files' tests.
    isolate: false,
    // The build, and the examples of the pages, as Node loads them, not as Vite would.
    server: { deps: { external: [/\/dist\/(?:src|workers)\//, /\/build\/page-/] } },
    maxWorkers,
    testTimeout: limitMs,
    hookTimeout: limitMs,
    teardownTimeout: limitMs,
  };
}

export const SLOW_TESTS = 'test/**/*.slow.test.ts';

/** The fast suite's files with laws that take all their cases in the slow one: they import test/support/thorough.ts. */
export const THOROUGH_TESTS: readonly string[] = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts') && !path.endsWith('.slow.test.ts'))
  .map((path) => join('test', path))
  .filter((path) => /from '.*\/support\/thorough\.js'/.test(readFileSync(path, 'utf8')));

/** Tests that fill, run again with the specification's kernels: those that choose the kernels themselves need no second run. */
export const withoutSimd = (...names: readonly string[]): TestProjectInlineConfiguration => ({
  extends: true,
  test: {
    name: 'without SIMD',
    include: names.map((name) => `test/${name}.test.ts`),
    env: { JUMPFILL_SIMD: '0' },
  },
});
