/**
 * Value bins: the number line cut into intervals, in order, each with the number of a tensor's values that lie in it. The 65,536
 * counters of a tensor make at most as many bins, finer than anything that is drawn or compared.
 *
 * A pattern of a narrow type stands for everything that is rounded to it, so its bin reaches halfway to its neighbours. A half pattern
 * of a wider type (half-patterns.ts) stands for the float32 patterns whose upper half it is.
 * @module
 */
import { at } from '../../base/at.js';
import { floatOfBits } from '../arithmetic/bits.js';
import { float64At, int32At } from '../arithmetic/typed-at.js';
import type { ValueType } from '../tensors/stored-values.js';
import { HALF_PATTERNS, PatternCounts } from './half-patterns.js';

/** Ascending, without overlaps and without empty bins. */
export interface ValueBins {
  readonly lows: Float64Array;
  readonly highs: Float64Array;
  readonly counts: Float64Array;
}

/** All bins of a type, ascending, the empty ones included. */
interface BinLayout {
  /** The bin of each half pattern, -1 for infinities and NaNs; -0 shares the bin of 0. */
  readonly binOfPattern: Int32Array;
  readonly lows: Float64Array;
  readonly highs: Float64Array;
}

const layouts = new Map<string, BinLayout>();
const sums = new PatternCounts();

/** @param storedDtype  the name of the type */
export function valueBinsOf(storedDtype: string, type: ValueType, counts: PatternCounts): ValueBins {
  const { binOfPattern, lows, highs } = layoutOf(storedDtype, type);
  sums.clear();
  counts.forEach((pattern, count) => {
    const bin = int32At(binOfPattern, pattern);
    if (bin >= 0) sums.add(bin, count);
  });
  const used: number[] = [];
  sums.forEach((bin) => used.push(bin));
  const pick = (value: (bin: number) => number): Float64Array => {
    const picked = new Float64Array(used.length);
    used.forEach((bin, i) => (picked[i] = value(bin)));
    return picked;
  };
  return {
    lows: pick((bin) => float64At(lows, bin)),
    highs: pick((bin) => float64At(highs, bin)),
    counts: pick((bin) => sums.at(bin)),
  };
}

function layoutOf(storedDtype: string, type: ValueType): BinLayout {
  const name = type.kind === 'counted' ? storedDtype : type.kind;
  const known = layouts.get(name);
  if (known !== undefined) return known;
  const layout =
    type.kind === 'counted'
      ? layoutOfPatterns(type.valueAt, 2 ** (8 * type.byteWidth))
      : layoutOfHalfPatterns();
  layouts.set(name, layout);
  return layout;
}

function layoutOfPatterns(valueAt: (pattern: number) => number, patterns: number): BinLayout {
  // + 0: -0 is 0.
  const valueOfPattern = Float64Array.from({ length: patterns }, (_, pattern) => valueAt(pattern) + 0);
  const values = [...new Set(valueOfPattern.filter(Number.isFinite))].sort((a, b) => a - b);
  const binOfValue = new Map(values.map((value, bin) => [value, bin]));
  const middles = values.slice(1).map((value, i) => (value + at(values, i)) / 2);
  // An outermost pattern reaches as far outwards as inwards.
  const lowest = 2 * at(values, 0) - at(middles, 0);
  const highest = 2 * at(values, values.length - 1) - at(middles, middles.length - 1);
  return {
    binOfPattern: Int32Array.from(valueOfPattern, (value) => binOfValue.get(value) ?? -1),
    lows: Float64Array.from([lowest, ...middles]),
    highs: Float64Array.from([...middles, highest]),
  };
}

const SIGN = 0x8000;
/** The half pattern of Infinity: of those without the sign bit, the first that is not finite. */
const INFINITY_PATTERN = 0x7f80;

/** Half patterns without the sign bit ascend with their values, the others descend. */
function layoutOfHalfPatterns(): BinLayout {
  const edges = Float64Array.from({ length: INFINITY_PATTERN + 1 }, (_, pattern) =>
    pattern === INFINITY_PATTERN ? 2 ** 128 : floatOfBits(pattern << 16),
  );
  const binOfPattern = Int32Array.from({ length: HALF_PATTERNS }, (_, pattern) => {
    const magnitude = pattern & (SIGN - 1);
    if (magnitude >= INFINITY_PATTERN) return -1;
    return pattern >= SIGN ? INFINITY_PATTERN - 1 - magnitude : INFINITY_PATTERN + magnitude;
  });
  const negative = edges.map((edge) => -edge).reverse();
  return {
    binOfPattern,
    lows: Float64Array.from([...negative.subarray(0, -1), ...edges.subarray(0, -1)]),
    highs: Float64Array.from([...negative.subarray(1), ...edges.subarray(1)]),
  };
}

/** The values of a narrow type that occur, each with its count, ascending. */
export function valuesOf(
  valueAt: (pattern: number) => number,
  counts: PatternCounts,
): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  counts.forEach((pattern, count) => {
    const value = valueAt(pattern) + 0;
    if (Number.isFinite(value)) found.set(value, (found.get(value) ?? 0) + count);
  });
  return new Map([...found].sort(([a], [b]) => a - b));
}
