/**
 * The fast suite's tests in a room (rooms.mjs): one process, one file after another, on the unbundled build. The sources that a test
 * imports are that build, too, so that every module exists once and its coverage is of one text.
 */
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { settings } from '../support/vitest-settings.js';

const root = resolve('.');

/** `../../src/base/at.js` of a test becomes `dist/src/base/at.js`. */
const builtSources: Plugin = {
  name: 'built-sources',
  enforce: 'pre',
  resolveId(source, importer) {
    if (!source.startsWith('.') || importer === undefined) return undefined;
    const path = relative(root, join(dirname(importer), source));
    const isSource = path.startsWith(`src${sep}`) || path.startsWith(`workers${sep}`);
    return isSource && path.endsWith('.js') ? join(root, 'dist', path) : undefined;
  },
};

const shared = settings('build/test-report.json', 600_000, false);

export default defineConfig({
  plugins: [builtSources],
  test: {
    ...shared,
    include: ['test/**/*.test.ts'],
    globalSetup: [],
    setupFiles: ['test/support/setup.ts', 'test/coverage/setup.ts'],
    reporters: [],
    pool: 'forks',
    maxWorkers: 1,
    watch: false,
  },
});
