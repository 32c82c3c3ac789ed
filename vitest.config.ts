/** The fast suite: all but `*.slow.test.ts` (vitest.slow.config.ts), and without the SIMD kernels a few of the tests that fill. */
import { defineConfig } from 'vitest/config';
import { SLOW_TESTS, settings, withoutSimd } from './test/support/vitest-settings.js';

export default defineConfig({
  test: {
    ...settings('build/test-report.json', 600_000, false),
    projects: [
      { extends: true, test: { name: 'all', include: ['test/**/*.test.ts'], exclude: [SLOW_TESTS] } },
      withoutSimd('api/bytes', 'storage/write/write-checkpoint', 'golden/*'),
    ],
  },
});
