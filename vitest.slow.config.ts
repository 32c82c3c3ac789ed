/** The slow suite: laws that take more than a few seconds each (`npm run test:slow`). */
import { defineConfig } from 'vitest/config';
import { settings } from './test/support/vitest-settings.js';

export default defineConfig({
  test: {
    ...settings('build/test-slow-report.json', 3_600_000),
    include: ['test/**/*.slow.test.ts'],
  },
});
