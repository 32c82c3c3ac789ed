/** The suite of engines (`npm run test:engines`): the examples of workers/engines on a Slurm and a Redis of this machine. */
import { defineConfig } from 'vitest/config';
import { settings } from '../support/vitest-settings.js';

const suite = settings('build/test-engines-report.json', 600_000, true);

export default defineConfig({
  test: {
    ...suite,
    globalSetup: ['test/support/build.ts', 'test/engines/support/install.ts'],
    include: ['test/engines/*.engine.ts'],
  },
});
