/** One case of a campaign. torture.slow.test.ts runs some of each, `npm run torture` as many as you like. */
import { expect } from 'vitest';
import { NOTHING_WRONG, torture } from '../support/torture.js';
import { slowTest } from '../support/thorough.js';

slowTest('after a killed merge, the next one leaves the files of an unbroken run', async () => {
  const { code, stdout } = await torture('kills', '--seed', '100', '--case', '1');
  expect(stdout).toMatch(NOTHING_WRONG);
  expect(code).toBe(0);
});
