/** The slow suite: laws that take more than a few seconds each (`npm run test:slow`). */
import { defineConfig } from 'vitest/config';
import { SLOW_TESTS, settings, withoutSimd } from './test/support/vitest-settings.js';

/** Of the fast suite's files those whose laws take all their cases here (test/support/thorough.ts). */
export const THOROUGH = [
  'api/operators',
  'domain/kernels/codes',
  'engine/simd/self-check',
  'storage/read/messages',
  ...['takeover', 'resume.property', 'shards'].map((name) => `storage/write/${name}`),
].map((name) => `test/${name}.test.ts`);

export default defineConfig({
  test: {
    ...settings('build/test-slow-report.json', 3_600_000, true),
    projects: [
      { extends: true, test: { name: 'slow', include: [SLOW_TESTS, ...THOROUGH] } },
      withoutSimd(
        ...['checkpoint', 'codes', 'dtypes', 'truncation'].map((name) => `api/${name}`),
        ...['faults', 'running', 'jobs/*'].map((name) => `engine/${name}`),
        ...['write/stream-checkpoint', 'verify/verify'].map((name) => `storage/${name}`),
      ),
    ],
  },
});
