/** The limit of open files, and the message if it is too low. */
import { expect, test } from 'vitest';
import { countOpenable, describeShortage } from '../../../src/storage/files/file-limit.js';

const LIMITS =
  'Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 4096                 files\n';

test('the soft limit, less the open files, is what may be opened', () => {
  expect(countOpenable(LIMITS, 24)).toBe(1024 - 24 - 32);
  expect(countOpenable(LIMITS, 5000)).toBe(0);
  expect(
    countOpenable('Max open files            unlimited            unlimited            files\n', 5),
  ).toBeUndefined();
  expect(countOpenable('', 5)).toBeUndefined();
});

test('a limit that is too low is described', () => {
  expect(describeShortage(10, 2, 17)).toMatch(/^10 files .* only 9 more beside its 2 threads\.$/);
  expect(describeShortage(10, 2, 18)).toBeUndefined();
  expect(describeShortage(1, 64, 100)).toContain('may open only 0 more');
  expect(describeShortage(10, 2, undefined)).toBeUndefined();
});
