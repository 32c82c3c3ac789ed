import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyCounts, keyOf } from '../../../src/domain/statistics/half-patterns.js';
import { Meter, PIECE_ELEMENTS, type RunFigures } from '../../../src/domain/statistics/running-statistics.js';
import { spreadOf } from '../../../src/domain/statistics/moments.js';

const meter = new Meter();
const counts = new KeyCounts();

function measure(values: Float32Array | Float64Array): RunFigures & { levels: ReadonlySet<number> } {
  meter.levels.clear();
  meter.add(values, true);
  return { ...meter.take(counts), levels: new Set(meter.levels.found) };
}

const anyNumber = fc.oneof(
  fc.double({ min: -10, max: 10, noNaN: true }),
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1, -1, 1e-30, 5),
);

describe.each([Float32Array, Float64Array])('%p', (Elements) => {
  test('figures are those of a second look', () => {
    fc.assert(
      fc.property(fc.array(anyNumber, { maxLength: 300 }), (numbers) => {
        const values = Elements.from(numbers);
        const figures = measure(values);
        const finite = [...values].filter(Number.isFinite);
        const count = (is: (x: number) => boolean): number => [...values].filter(is).length;
        expect(figures.moments.count).toBe(finite.length);
        expect(figures.zeros).toBe(count((x) => x === 0));
        expect(figures.nans).toBe(count(Number.isNaN));
        expect(figures.positiveInfinities).toBe(count((x) => x === Infinity));
        expect(figures.negativeInfinities).toBe(count((x) => x === -Infinity));
        expect(figures.least + 0).toBe(Math.min(...finite) + 0);
        expect(figures.greatest + 0).toBe(Math.max(...finite) + 0);
        expect(figures.levels).toEqual(new Set(finite.filter((x) => x !== 0)));
        let counted = 0;
        counts.forEach((_, count) => (counted += count));
        expect(counted).toBe(values.length);
        for (const x of finite) expect(counts.at(keyOf(x))).toBeGreaterThan(0);
        if (finite.length === 0) return;
        const mean = finite.reduce((sum, x) => sum + x, 0) / finite.length;
        const variance = finite.reduce((sum, x) => sum + (x - mean) ** 2, 0) / finite.length;
        const spread = spreadOf(figures.moments);
        expect(spread?.mean).toBeCloseTo(mean, 12);
        expect(spread?.std).toBeCloseTo(Math.sqrt(variance), 12);
      }),
    );
  });

  test('a run of many pieces is as exact as one, even if it begins far from where it goes on', () => {
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

test('256 levels are told, 257 are too many; infinities and NaNs are none', () => {
  const values = Float32Array.from({ length: 5000 }, (_, i) => 1 + (i % 256) / 512);
  values.set([NaN, Infinity, 0], 100);
  expect(measure(values).levels.size).toBe(256);
  expect(meter.levels.isFull).toBe(false);
  values[4000] = 3;
  measure(values);
  expect(meter.levels.isFull).toBe(true);
});

test('doubles that are zeros only as float32 are no zeros', () => {
  expect(measure(Float64Array.of(1e-300, 0, -1e-300, -0))).toMatchObject({ zeros: 2, least: -1e-300 });
});
