import { expect, test } from 'vitest';
import { completeInit } from '../../src/domain/init.js';
import { formatDuration, formatProgress } from '../../src/cli/progress-bar.js';
import { formatInit, formatTable, groupDigits } from '../../src/cli/table.js';

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

test('a table of a hundred thousand tensors is formatted', () => {
  const init = { kind: 'zeros' } as const;
  const place = { file: 'm.safetensors', byteOffset: 0, byteLength: 4 };
  const tensor = { name: 'w', shape: [1], dtype: 'float32', init, ...place } as const;
  const table = formatTable(new Array<typeof tensor>(150_000).fill(tensor), Infinity, (_, text) => text);
  expect(table.split('\n')).toHaveLength(150_001);
});

test('inits and numbers read well', () => {
  expect(formatInit({ kind: 'uniform', low: -1, high: 1 })).toBe('uniform(low=-1, high=1)');
  expect(formatInit({ kind: 'zeros' })).toBe('zeros');
  expect(formatInit(completeInit({ kind: 'wage', bits: 8 }))).toBe('wage(bits=8)');
  expect(formatInit(completeInit({ kind: 'truncated_normal', low: 0, high: Infinity }))).toBe(
    'truncated_normal(low=0, high=inf)',
  );
  expect(groupDigits(12973440)).toBe('12,973,440');
});
