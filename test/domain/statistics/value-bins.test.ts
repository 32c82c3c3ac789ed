import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import { valueBinsOf } from '../../../src/domain/statistics/value-bins.js';
import { BINS, chooseInterval, makeHistogram } from '../../../src/domain/statistics/histogram.js';
import { HALF_PATTERNS, halfPatternOf, PatternCounts } from '../../../src/domain/statistics/half-patterns.js';
import { valueTypeOf } from '../../../src/domain/tensors/stored-values.js';

const typeOf = (dtype: string): NonNullable<ReturnType<typeof valueTypeOf>> =>
  valueTypeOf(dtype) ?? expect.fail(dtype);

function eachOnce(patterns: number): PatternCounts {
  const counts = new PatternCounts();
  for (let pattern = 0; pattern < patterns; pattern++) counts.add(pattern, 1);
  return counts;
}

test.each(['F32', 'F16', 'BF16', 'I8', 'U8', 'I16', 'F8_E4M3', 'F8_E5M2', 'F8_E8M0'])(
  'the bins of %s ascend without gaps and hold every finite pattern',
  (dtype) => {
    const type = typeOf(dtype);
    const patterns = type.kind === 'counted' ? 2 ** (8 * type.byteWidth) : HALF_PATTERNS;
    const { lows, highs, counts } = valueBinsOf(dtype, type, eachOnce(patterns));
    const wrong = lows.findIndex((low, i) => !(low < at(highs, i)) || (i > 0 && low !== highs[i - 1]));
    expect(wrong).toBe(-1);
    const notFinite = { F32: 256, F16: 2048, BF16: 256, F8_E4M3: 2, F8_E5M2: 8, F8_E8M0: 1 }[dtype] ?? 0;
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(patterns - notFinite);
  },
);

test('a float32 lies in the bin of its half pattern', () => {
  const anyFloat = fc.float({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(anyFloat, (x) => {
      const counts = new PatternCounts();
      counts.add(halfPatternOf(x), 1);
      const { lows, highs } = valueBinsOf('F32', typeOf('F32'), counts);
      expect(lows.length).toBe(1);
      expect(x).toBeGreaterThanOrEqual(lows[0] ?? NaN);
      expect(x).toBeLessThanOrEqual(highs[0] ?? NaN);
    }),
  );
});

describe('a histogram', () => {
  const binsOf = (
    edges: readonly (readonly [low: number, high: number, count: number])[],
  ): Parameters<typeof makeHistogram>[0] => ({
    lows: Float64Array.from(edges, ([low]) => low),
    highs: Float64Array.from(edges, ([, high]) => high),
    counts: Float64Array.from(edges, ([, , count]) => count),
  });

  test('loses no value: the shares of its bins and of what lies beyond add up to 1', () => {
    const anyEdges = fc.array(
      fc.tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.integer({ min: 1, max: 9 })),
      {
        minLength: 2,
        maxLength: 20,
      },
    );
    fc.assert(
      fc.property(anyEdges, (edges) => {
        const sorted = edges.map(([edge, count]) => [edge, count] as const).sort(([a], [b]) => a - b);
        const all = binsOf(sorted.slice(1).map(([edge, count], i) => [sorted[i]?.[0] ?? 0, edge, count]));
        const { shares, below, above } = makeHistogram(all, { low: -5, high: 5 }, { low: -1, high: 2 });
        expect(shares.reduce((sum, share) => sum + share, below + above)).toBeCloseTo(1, 9);
        expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('spreads a value bin over its own bins and cuts it off at the outermost value', () => {
    const { shares } = makeHistogram(binsOf([[0, 64, 10]]), { low: 0, high: 32 }, { low: 0, high: 64 });
    expect(shares.slice(0, 32)).toEqual(new Array(32).fill(1 / 32));
    expect(shares.slice(32)).toEqual(new Array(BINS - 32).fill(0));
  });

  test('puts the last value into its last bin', () => {
    const { shares, above } = makeHistogram(
      binsOf([
        [0, 0, 1],
        [1, 1, 3],
      ]),
      { low: 0, high: 1 },
      { low: 0, high: 1 },
    );
    expect([shares[0], shares[BINS - 1], above]).toEqual([0.25, 0.75, 0]);
  });

  test('covers where values are and where they are expected, without outliers; a single value is in the middle', () => {
    const found = { low: -1, high: 1000, mean: 0, std: 1 };
    expect(chooseInterval([found])).toEqual({ low: -1, high: 5 });
    expect(chooseInterval([found, { low: -4, high: 4, mean: 0, std: 2 }])).toEqual({ low: -4, high: 5 });
    expect(chooseInterval([{ low: 2, high: 2, mean: 2, std: 0 }])).toEqual({ low: 1, high: 3 });
    expect(chooseInterval([{ low: 0, high: 0, mean: 0, std: 0 }])).toEqual({ low: -1, high: 1 });
  });
});
