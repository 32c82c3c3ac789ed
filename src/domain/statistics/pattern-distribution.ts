/**
 * The values of a pattern, counted without drawing it.
 * @module
 */
import { countAt, valueOfCount, type Arange } from '../patterns/arange.js';
import { heldValue } from '../patterns/element-of.js';
import type { Pattern } from '../patterns/pattern.js';
import type { Dtype } from '../tensors/dtypes.js';
import { leastBlurAt } from './blur.js';
import { MOST_LEVELS } from './distinct-values.js';
import { levelDistribution, type ExpectedDistribution } from './laws.js';

/** Undefined for a pattern with too many values to list. */
export function patternDistribution(
  pattern: Pattern,
  dtype: Dtype,
  elementCount: number,
): ExpectedDistribution | undefined {
  switch (pattern.kind) {
    case 'spots': {
      const spots = pattern.count * pattern.groups;
      return listed([
        [0, elementCount - spots],
        [pattern.value, spots],
      ]);
    }
    case 'literal':
      return listed(pattern.values.map((value) => [value, 1]));
    case 'arange':
      return listed(countsOf(pattern, dtype), elementCount / pattern.length);
    default:
      return undefined;
  }
}

/** Each value of the axis, with its repeats. */
function countsOf(arange: Arange, dtype: Dtype): readonly (readonly [number, number])[] {
  const { repeat, length } = arange;
  const values = Math.ceil(length / repeat);
  if (values > MOST_LEVELS) return [];
  const valueOf = valueOfCount(arange);
  return Array.from({ length: values }, (_, i) => {
    const first = i * repeat;
    return [heldValue(dtype, valueOf(countAt(arange, first))), Math.min(repeat, length - first)] as const;
  });
}

/** @param times  how often the counts are repeated */
function listed(counts: readonly (readonly [number, number])[], times = 1): ExpectedDistribution | undefined {
  const sums = new Map<number, number>();
  for (const [value, count] of counts)
    if (count > 0) sums.set(value + 0, (sums.get(value + 0) ?? 0) + count * times);
  if (sums.size === 0 || sums.size > MOST_LEVELS) return undefined;
  const ascending = [...sums].sort(([a], [b]) => a - b);
  const total = ascending.reduce((sum, [, count]) => sum + count, 0);
  const shares = new Map(ascending.map(([value, count]) => [value, count / total]));
  // As its values are counted, a level may lie on the edge of a bin.
  return { ...levelDistribution(shares), blurAt: leastBlurAt, counts: new Map(ascending) };
}
