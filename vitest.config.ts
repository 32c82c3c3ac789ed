/** The fast suite: all but `*.slow.test.ts` (vitest.slow.config.ts). Whatever fills runs twice, with the SIMD kernels and without. */
import { defineConfig } from 'vitest/config';
import { settings } from './test/support/vitest-settings.js';

const FILLING = [
  ...['api', 'engine', 'golden'].map((folder) => `test/${folder}/**/*.test.ts`),
  ...['cli/cli', 'storage/write/model', 'storage/write/stream-model', 'storage/verify/verify'].map(
    (file) => `test/${file}.test.ts`,
  ),
];

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
          exclude: [
            SLOW,
            // These choose the kernels themselves.
            'test/engine/simd/**',
            'test/api/recipes.test.ts',
          ],
          env: { JUMPFILL_SIMD: '0' },
        },
      },
    ],
  },
});
