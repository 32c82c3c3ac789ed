/** Engines whose writes fail. */
import { join } from 'node:path';
import { Engine } from 'jumpfill';
import { withPool } from '#built/api/pool-seam.js';
import { makeFolder } from './folder.js';

const FAILING_WRITER = new URL('../faults/failing-writer.mjs', import.meta.url);

/** An engine of two threads whose writes fail with EIO from the n-th on, whichever of them writes it. Call stopFailing() afterwards. */
export function openFailingEngine(first: number): Engine {
  process.env['FAIL_AT'] = String(first);
  process.env['FAIL_COUNT'] = join(makeFolder(), 'writes');
  return new Engine({ threads: 2, ...withPool({ workerUrl: FAILING_WRITER }) });
}

/** Undoes what openFailingEngine() does to the environment. */
export function stopFailing(): void {
  delete process.env['FAIL_AT'];
  delete process.env['FAIL_COUNT'];
}
