import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PatternCounts, halfPatternOf } from '../../../src/domain/statistics/half-patterns.js';
import type { RunStatistics } from '../../../src/domain/statistics/run-statistics.js';
import { RunningStatistics, PIECE_ELEMENTS } from '../../../src/domain/statistics/running-statistics.js';
import { spreadOf } from '../../../src/domain/statistics/moments.js';

const BOUNDS = { low: -3, high: 5 };
const running = new RunningStatistics();
const counts = new PatternCounts();

function measure(values: Float32Array | Float64Array): RunStatistics & { distinct: ReadonlySet<number> } {
  running.distinct.clear();
  running.add(values, true, BOUNDS);
  return { ...running.take(counts), distinct: new Set(running.distinct.found) };
}

const anyNumber = fc.oneof(
  fc.double({ min: -10, max: 10, noNaN: true }),
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1, -1, 1e-30, 5),
);

describe.each([Float32Array, Float64Array])('%p', (Elements) => {
  test('one pass finds what a separate pass for each figure finds', () => {
    fc.assert(
      fc.property(fc.array(anyNumber, { maxLength: 300 }), (numbers) => {
        const values = Elements.from(numbers);
        const statistics = measure(values);
        const finite = [...values].filter(Number.isFinite);
        const count = (is: (x: number) => boolean): number => [...values].filter(is).length;
        expect(statistics.moments.count).toBe(finite.length);
        expect(statistics.zeros).toBe(count((x) => x === 0));
        expect(statistics.nans).toBe(count(Number.isNaN));
        expect(statistics.positiveInfinities).toBe(count((x) => x === Infinity));
        expect(statistics.negativeInfinities).toBe(count((x) => x === -Infinity));
        expect(statistics.outside).toBe(finite.filter((x) => x < BOUNDS.low || x > BOUNDS.high).length);
        expect(statistics.least + 0).toBe(Math.min(...finite) + 0);
        expect(statistics.greatest + 0).toBe(Math.max(...finite) + 0);
        expect(statistics.distinct).toEqual(new Set(finite.filter((x) => x !== 0)));
        let counted = 0;
        counts.forEach((_, count) => (counted += count));
        expect(counted).toBe(values.length);
        for (const x of finite) expect(counts.at(halfPatternOf(x))).toBeGreaterThan(0);
        if (finite.length === 0) return;
        const mean = finite.reduce((sum, x) => sum + x, 0) / finite.length;
        const variance = finite.reduce((sum, x) => sum + (x - mean) ** 2, 0) / finite.length;
        const spread = spreadOf(statistics.moments);
        expect(spread?.mean).toBeCloseTo(mean, 12);
        expect(spread?.std).toBeCloseTo(Math.sqrt(variance), 12);
      }),
    );
  });

  test('a run of many pieces is as exact as a single piece, even if its first values lie far from the rest', () => {
    const values = new Elements(5 * PIECE_ELEMENTS + 7);
    values.forEach((_, i) => (values[i] = i < PIECE_ELEMENTS ? 4096 : (i % 3) - 1));
    const all = [...values];
    const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
    const variance = all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length;
    const { moments, least, greatest } = measure(values);
    expect(spreadOf(moments)?.mean).toBeCloseTo(mean, 10);
    expect((spreadOf(moments)?.std ?? 0) / Math.sqrt(variance)).toBeCloseTo(1, 13);
    expect([least, greatest]).toEqual([-1, 4096]);
  });
});

test('256 distinct values are kept, 257 are too many; infinities, NaNs and 0 do not count', () => {
  const values = Float32Array.from({ length: 5000 }, (_, i) => 1 + (i % 256) / 512);
  values.set([NaN, Infinity, 0], 100);
  expect(measure(values).distinct.size).toBe(256);
  expect(running.distinct.isFull).toBe(false);
  values[4000] = 3;
  measure(values);
  expect(running.distinct.isFull).toBe(true);
});

test('doubles that are 0 only as float32 do not count as zeros', () => {
  expect(measure(Float64Array.of(1e-300, 0, -1e-300, -0))).toMatchObject({ zeros: 2, least: -1e-300 });
});
