import { expect, test } from 'vitest';
import { formatDuration, formatProgress } from '../../src/cli/progress-bar.js';
import { formatInit, groupDigits } from '../../src/cli/table.js';

test.each([
  [400, '1 s'],
  [59_000, '59 s'],
  [200_000, '3 min 20 s'],
  [7_500_000, '2 h 5 min'],
])('%i ms are %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('progress shows share, rate and time left', () => {
  const line = formatProgress({ doneElements: 5e9, totalElements: 2e10 }, 2000);
  expect(line).toBe('[########......................]  25 %  2.50 Gelem/s  6 s left');
  expect(formatProgress({ doneElements: 0, totalElements: 10 }, 0)).toContain('? left');
  expect(formatProgress({ doneElements: 0, totalElements: 0 }, 0)).toContain('100 %');
});

test('inits and numbers read well', () => {
  expect(formatInit({ kind: 'uniform', low: -1, high: 1 })).toBe('uniform(low=-1, high=1)');
  expect(formatInit({ kind: 'zeros' })).toBe('zeros');
  expect(groupDigits(12973440)).toBe('12,973,440');
});
