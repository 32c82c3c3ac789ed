import { defineConfig } from 'vitest/config';

/** What fills, and so must pass with the SIMD kernels and without. */
const FILLING = [
  ...['api', 'engine', 'golden'].map((folder) => `test/${folder}/**/*.test.ts`),
  ...['cli/cli', 'storage/write/model', 'storage/write/stream-model', 'storage/verify/verify'].map(
    (file) => `test/${file}.test.ts`,
  ),
];

const LIMIT_MS = 600_000;

export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts'],
    setupFiles: ['test/support/seed.ts'],
    reporters: ['default', ['json', { outputFile: 'build/test-report.json' }]],
    // A hang is a failure, and so is nothing else: what takes a minute takes ten on a machine that is busy with other things.
    testTimeout: LIMIT_MS,
    hookTimeout: LIMIT_MS,
    teardownTimeout: LIMIT_MS,
    exclude: ['test/**/*.slow.test.ts', 'node_modules/**'],
    projects: [
      { extends: true, test: { name: 'all', include: ['test/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'without SIMD',
          include: FILLING,
          exclude: [
            // These choose the kernels themselves.
            'test/engine/simd/**',
            'test/api/recipes.test.ts',
            'test/**/*.slow.test.ts',
          ],
          env: { JUMPFILL_SIMD: '0' },
        },
      },
    ],
  },
});
