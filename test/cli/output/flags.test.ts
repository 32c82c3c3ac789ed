import { expect, test } from 'vitest';
import { nameFlags } from '../../../src/cli/output/flags.js';

test.each([
  ['Pass `force` to replace it.', 'Pass --force to replace it.'],
  [
    'Wait (`waitForLock`), or take over (`takeOver` with `resume`).',
    'Wait (--wait), or take over (--take-over with --resume).',
  ],
  ['writeCheckpoint: the output x is a file', 'init: the output x is a file'],
  ['verifyCheckpoint: like is x', 'verify: like is x'],
  ['`recordIntervalMs` and `tensors`', '--record-every and --tensor'],
  ['`jumpfill init --from`, `constructor`, force', '`jumpfill init --from`, `constructor`, force'],
])('%j names flags on the command line', (message, flags) => {
  expect(nameFlags(message)).toBe(flags);
});
