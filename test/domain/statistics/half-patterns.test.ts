import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PatternCounts, HALF_PATTERNS } from '../../../src/domain/statistics/half-patterns.js';
import { PatternCounter } from '../../../src/domain/statistics/pattern-counter.js';

const entriesOf = (counts: PatternCounts): [number, number][] => {
  const entries: [number, number][] = [];
  counts.forEach((pattern, count) => entries.push([pattern, count]));
  return entries;
};

function countOneByOne(patterns: readonly number[]): [number, number][] {
  const found = new Map<number, number>();
  for (const pattern of patterns) found.set(pattern, (found.get(pattern) ?? 0) + 1);
  return [...found].sort(([a], [b]) => a - b);
}

const anyPatterns = fc.array(fc.integer({ min: 0, max: HALF_PATTERNS - 1 }), { maxLength: 300 });
const counter = new PatternCounter();
const counts = new PatternCounts();

test('a pattern counter counts few elements as well as many, and starts again from 0', () => {
  fc.assert(
    fc.property(anyPatterns, fc.constantFrom(1, 100), fc.boolean(), (patterns, times, areHalves) => {
      // A hundred times over, they are too many for their pages to be noted.
      for (let i = 0; i < times; i++) {
        if (areHalves)
          counter.addUpperHalves(Uint32Array.from(patterns, (pattern) => pattern * HALF_PATTERNS + 77));
        else counter.addPatterns(Uint16Array.from(patterns));
      }
      counter.take(counts);
      expect(entriesOf(counts)).toEqual(
        countOneByOne(patterns).map(([pattern, count]) => [pattern, count * times]),
      );
      counter.take(counts);
      expect(entriesOf(counts)).toEqual([]);
    }),
  );
});

test('counters are visited in ascending order, for any order of additions, and cleared ones are 0', () => {
  counts.add(HALF_PATTERNS - 1, 2);
  counts.add(0, 1);
  counts.add(HALF_PATTERNS - 1, 3);
  expect(entriesOf(counts)).toEqual([
    [0, 1],
    [HALF_PATTERNS - 1, 5],
  ]);
  counts.clear();
  expect([counts.at(0), counts.at(HALF_PATTERNS - 1), entriesOf(counts).length]).toEqual([0, 0, 0]);
});
