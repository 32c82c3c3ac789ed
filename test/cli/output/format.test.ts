import { afterEach, expect, test, vi } from 'vitest';
import { completeInit } from '../../../src/domain/recipes/init.js';
import { formatDuration, formatProgress, ProgressBar } from '../../../src/cli/output/progress-bar.js';
import { formatSummary, formatTable } from '../../../src/cli/output/model-tables.js';
import { formatLike } from '../../../src/cli/output/run-figures.js';
import { formatInit } from '../../../src/domain/recipes/format-init.js';

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

test('only a finished run shows 100 %', () => {
  const shareOf = (doneElements: number): string | undefined =>
    / (\d+) %/.exec(formatProgress({ doneElements, totalElements: 1000 }, 5))?.[1];
  expect([0, 4, 5, 994, 995, 999, 1000].map(shareOf)).toEqual(['0', '0', '1', '99', '99', '99', '100']);
});

test('the rate of a resumed run counts only its own work', () => {
  const progress = { doneElements: 7e9, totalElements: 2e10 };
  expect(formatProgress(progress, 2000, 5e9)).toMatch(/ 35 % {2}1\.00 Gelem\/s {2}13 s left$/);
});

test('a summary gives no rate if some of the bytes were not written in that time', () => {
  const report: Parameters<typeof formatSummary>[0] = {
    ...{ path: '/m.safetensors', files: [], generator: 'xoroshiro128+', seed: '42', threads: 2 },
    ...{ elementCount: 1e9, byteLength: 4e9, keptElements: 0, elapsedMs: 2000, tensors: [], warnings: [] },
  };
  expect(formatSummary(report)).toMatch(/2\.00\d* s, 2\.00 GB\/s, 2 threads/);
  const resumed = formatSummary({ ...report, keptElements: 1000 });
  expect(resumed).toContain('1,000 elements kept from an earlier run');
  expect(resumed).toMatch(/2\.00\d* s, 2 threads/);
});

test('a summary names the model of the Hub, with its short commit, or the address that a run is like, but no path', () => {
  const commit = 'a'.repeat(40);
  expect(formatLike(`hf:o/n@${commit}:unet`)).toEqual([`like hf:o/n@${'a'.repeat(12)}:unet`]);
  expect(formatLike('https://h/m.safetensors')).toEqual(['like https://h/m.safetensors']);
  expect(formatLike('models/m.safetensors')).toEqual([]);
  expect(formatLike(undefined)).toEqual([]);
});

/** Returns what a bar writes to a terminal of this many columns. */
function drawOn(columns: number): { readonly bar: ProgressBar; readonly written: string[] } {
  const written: string[] = [];
  const stream = { columns, write: (text: string) => written.push(text) };
  return { bar: new ProgressBar(stream as unknown as NodeJS.WriteStream), written };
}

afterEach(() => {
  vi.useRealTimers();
});

test('a bar counts from its first drawing, fits its terminal, and leaves nothing when it is cleared', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { bar, written } = drawOn(80);
  bar.clear();
  expect(written).toEqual([]);
  vi.advanceTimersByTime(60_000);
  bar.show({ doneElements: 5e9, totalElements: 2e10 });
  expect(written.at(-1)).toMatch(/ 25 % {2}0\.00 Gelem\/s {2}\? left$/);
  vi.advanceTimersByTime(2000);
  bar.show({ doneElements: 7e9, totalElements: 2e10 });
  expect(written.at(-1)).toMatch(/ 35 % {2}1\.00 Gelem\/s {2}13 s left$/);
  vi.advanceTimersByTime(2000);
  bar.show({ doneElements: 13e9, totalElements: 2e10 });
  expect(written.at(-1)).toMatch(/ 65 % {2}2\.00 Gelem\/s {2}4 s left$/);
  bar.clear();
  expect(written.at(-1)).toBe('\r\u001b[2K');
  const narrow = drawOn(20);
  narrow.bar.show({ doneElements: 1, totalElements: 2 });
  expect(narrow.written.at(-1)).toMatch(/^\r\u001b\[2K.{19}$/);
});

test('a table of a hundred thousand tensors is formatted', () => {
  const init = { kind: 'zeros' } as const;
  const place = { file: 'm.safetensors', byteOffset: 0, byteLength: 4 };
  const tensor = { name: 'w', shape: [1], dtype: 'float32', init, ...place } as const;
  const table = formatTable(new Array<typeof tensor>(150_000).fill(tensor), Infinity, (_, text) => text);
  expect(table.split('\n')).toHaveLength(150_001);
});

test('an initialiser is formatted without its defaults', () => {
  expect(formatInit({ kind: 'uniform', low: -1, high: 1 })).toBe('uniform(low=-1, high=1)');
  expect(formatInit({ kind: 'zeros' })).toBe('zeros');
  expect(formatInit(completeInit({ kind: 'wage', bits: 8 }))).toBe('wage(bits=8)');
  expect(formatInit(completeInit({ kind: 'truncated_normal', low: 0, high: Infinity }))).toBe(
    'truncated_normal(low=0, high=inf)',
  );
  expect(formatInit(completeInit({ kind: 'normal', mean: -0 }))).toBe('normal(mean=-0)');
});
