import { defineConfig } from 'vitest/config';

/** As in vitest.config.ts: minutes on a quiet machine. */
const LIMIT_MS = 3_600_000;

export default defineConfig({
  test: {
    include: ['test/**/*.slow.test.ts'],
    globalSetup: ['test/support/build.ts'],
    testTimeout: LIMIT_MS,
    hookTimeout: LIMIT_MS,
    teardownTimeout: LIMIT_MS,
  },
});
