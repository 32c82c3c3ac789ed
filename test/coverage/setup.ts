/** Writes a test process's coverage before it is ended. Its threads write theirs when it exits, so a polite end is an exit. */
import { takeCoverage } from 'node:v8';
import { afterAll } from 'vitest';

if (process.env['NODE_V8_COVERAGE'] !== undefined) {
  process.once('SIGTERM', () => process.exit());
  afterAll(takeCoverage);
}
