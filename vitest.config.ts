import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.slow.test.ts', 'node_modules/**'],
    globalSetup: ['test/support/build.ts'],
    reporters: ['default', ['json', { outputFile: 'build/test-report.json' }]],
    // A hang is a failure; nothing here waits for a clock.
    testTimeout: 60_000,
  },
});
