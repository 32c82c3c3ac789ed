import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyCounts, KEYS } from '../../../src/domain/statistics/half-patterns.js';
import { Tally } from '../../../src/domain/statistics/pattern-counter.js';

const entriesOf = (counts: KeyCounts): [number, number][] => {
  const entries: [number, number][] = [];
  counts.forEach((key, count) => entries.push([key, count]));
  return entries;
};

function countOneByOne(keys: readonly number[]): [number, number][] {
  const found = new Map<number, number>();
  for (const key of keys) found.set(key, (found.get(key) ?? 0) + 1);
  return [...found].sort(([a], [b]) => a - b);
}

const anyKeys = fc.array(fc.integer({ min: 0, max: KEYS - 1 }), { maxLength: 300 });
const tally = new Tally();
const counts = new KeyCounts();

test('a tally counts few elements and many alike, and begins again at 0', () => {
  fc.assert(
    fc.property(anyKeys, fc.constantFrom(1, 100), fc.boolean(), (keys, times, areHalves) => {
      // 100 times over it is more than the pages are noted of.
      for (let i = 0; i < times; i++) {
        if (areHalves) tally.addUpperHalves(Uint32Array.from(keys, (key) => key * KEYS + 77));
        else tally.addPatterns(Uint16Array.from(keys));
      }
      tally.take(counts);
      expect(entriesOf(counts)).toEqual(countOneByOne(keys).map(([key, count]) => [key, count * times]));
      tally.take(counts);
      expect(entriesOf(counts)).toEqual([]);
    }),
  );
});

test('cleared counters are 0, and ascend whatever the order they were added in', () => {
  counts.add(KEYS - 1, 2);
  counts.add(0, 1);
  counts.add(KEYS - 1, 3);
  expect(entriesOf(counts)).toEqual([
    [0, 1],
    [KEYS - 1, 5],
  ]);
  counts.clear();
  expect([counts.at(0), counts.at(KEYS - 1), entriesOf(counts).length]).toEqual([0, 0, 0]);
});
