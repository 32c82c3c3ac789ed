/** The slow suite (`npm run test:slow`): laws that take more than a few seconds each, and all cases of those that the fast suite samples. */
import { defineConfig } from 'vitest/config';
import { settings, SLOW_TESTS, THOROUGH_TESTS, withoutSimd } from './test/support/vitest-settings.js';

export default defineConfig({
  test: {
    ...settings('build/test-slow-report.json', 3_600_000, true),
    projects: [
      { extends: true, test: { name: 'slow', include: [SLOW_TESTS, ...THOROUGH_TESTS] } },
      withoutSimd(
        ...['checkpoint', 'codes', 'dtypes', 'truncation'].map((name) => `api/${name}`),
        ...['faults', 'running', 'jobs/*'].map((name) => `engine/${name}`),
        ...['ranges/stream-checkpoint', 'verify/verify'].map((name) => `storage/${name}`),
      ),
    ],
  },
});
