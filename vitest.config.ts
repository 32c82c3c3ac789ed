/**
 * The fast suite: all but `*.slow.test.ts` (vitest.slow.config.ts). Tests that fill run twice, with the SIMD kernels and without, unless they
 * choose the kernels themselves.
 */
import { defineConfig } from 'vitest/config';
import { settings } from './test/support/vitest-settings.js';

const FILLING = [
  ...['bytes', 'checkpoint', 'codes', 'dtypes', 'truncation'].map((name) => `api/${name}`),
  ...['faults', 'running', 'jobs/*'].map((name) => `engine/${name}`),
  ...['write/write-checkpoint', 'write/stream-checkpoint', 'verify/verify'].map((name) => `storage/${name}`),
  'golden/*',
].map((name) => `test/${name}.test.ts`);

const SLOW = 'test/**/*.slow.test.ts';

export default defineConfig({
  test: {
    ...settings('build/test-report.json', 600_000, false),
    projects: [
      { extends: true, test: { name: 'all', include: ['test/**/*.test.ts'], exclude: [SLOW] } },
      {
        extends: true,
        test: {
          name: 'without SIMD',
          include: FILLING,
          exclude: [SLOW],
          env: { JUMPFILL_SIMD: '0' },
        },
      },
    ],
  },
});
