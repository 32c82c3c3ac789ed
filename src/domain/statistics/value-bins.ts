/**
 * Cells: the line of numbers cut into intervals, in order, each with how many values of a tensor lie in it. A tensor's 65,536
 * counters come to at most as many cells, finer than anything that is drawn or compared of them.
 *
 * A pattern of a narrow type stands for what is rounded to it, so its cell reaches half way to its neighbours. A key of a wider one
 * (running-statistics.ts) stands for the float32 patterns whose upper half it is.
 * @module
 */
import { KEYS, KeyCounts } from './half-patterns.js';
import type { ValueType } from '../tensors/stored-values.js';

/** Ascending and without overlaps; empty ones are left out. */
export interface Cells {
  readonly lows: Float64Array;
  readonly highs: Float64Array;
  readonly counts: Float64Array;
}

/** All cells of a type, ascending, whether anything lies in them or not. */
interface Line {
  /** For each key its cell, -1 of what is no finite number: -0 shares the cell of 0. */
  readonly cellOfKey: Int32Array;
  readonly lows: Float64Array;
  readonly highs: Float64Array;
}

const lines = new Map<string, Line>();
const sums = new KeyCounts();

/** @param storedDtype  whose type it is */
export function cellsOf(storedDtype: string, type: ValueType, counts: KeyCounts): Cells {
  const { cellOfKey, lows, highs } = lineOf(storedDtype, type);
  sums.clear();
  counts.forEach((key, count) => {
    const cell = cellOfKey[key] ?? -1;
    if (cell >= 0) sums.add(cell, count);
  });
  const used: number[] = [];
  sums.forEach((cell) => used.push(cell));
  const pick = (value: (cell: number) => number): Float64Array => {
    const picked = new Float64Array(used.length);
    used.forEach((cell, i) => (picked[i] = value(cell)));
    return picked;
  };
  return {
    lows: pick((cell) => lows[cell] ?? 0),
    highs: pick((cell) => highs[cell] ?? 0),
    counts: pick((cell) => sums.at(cell)),
  };
}

function lineOf(storedDtype: string, type: ValueType): Line {
  const name = type.kind === 'counted' ? storedDtype : type.kind;
  const known = lines.get(name);
  if (known !== undefined) return known;
  const line =
    type.kind === 'counted' ? lineOfPatterns(type.valueAt, 2 ** (8 * type.byteWidth)) : lineOfKeys();
  lines.set(name, line);
  return line;
}

function lineOfPatterns(valueAt: (pattern: number) => number, patterns: number): Line {
  // + 0: -0 is 0.
  const valueOfPattern = Float64Array.from({ length: patterns }, (_, pattern) => valueAt(pattern) + 0);
  const values = [...new Set(valueOfPattern.filter(Number.isFinite))].sort((a, b) => a - b);
  const cellOfValue = new Map(values.map((value, cell) => [value, cell]));
  const middles = values.slice(1).map((value, i) => (value + (values[i] ?? 0)) / 2);
  // An outermost pattern reaches as far outwards as inwards.
  const ends = [values[0] ?? 0, values.at(-1) ?? 0] as const;
  const outer = [2 * ends[0] - (middles[0] ?? 0), 2 * ends[1] - (middles.at(-1) ?? 0)] as const;
  return {
    cellOfKey: Int32Array.from(valueOfPattern, (value) => cellOfValue.get(value) ?? -1),
    lows: Float64Array.from([outer[0], ...middles]),
    highs: Float64Array.from([...middles, outer[1]]),
  };
}

const SIGN = 0x8000;
/** The first key of what is no finite number. */
const INFINITY_KEY = 0x7f80;

/** Keys below the sign bit ascend with their values, the others descend. */
function lineOfKeys(): Line {
  const edges = Float64Array.from({ length: INFINITY_KEY + 1 }, (_, key) =>
    key === INFINITY_KEY ? 2 ** 128 : floatOf(key),
  );
  const cellOfKey = Int32Array.from({ length: KEYS }, (_, key) => {
    const magnitude = key & (SIGN - 1);
    if (magnitude >= INFINITY_KEY) return -1;
    return key >= SIGN ? INFINITY_KEY - 1 - magnitude : INFINITY_KEY + magnitude;
  });
  const negative = edges.map((edge) => -edge).reverse();
  return {
    cellOfKey,
    lows: Float64Array.from([...negative.subarray(0, -1), ...edges.subarray(0, -1)]),
    highs: Float64Array.from([...negative.subarray(1), ...edges.subarray(1)]),
  };
}

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

function floatOf(key: number): number {
  word[0] = key << 16;
  return float[0] ?? 0;
}

/** Every value of a narrow type with its count, ascending; those that do not occur are left out. */
export function valuesOf(
  valueAt: (pattern: number) => number,
  counts: KeyCounts,
): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  counts.forEach((pattern, count) => {
    const value = valueAt(pattern) + 0;
    if (Number.isFinite(value)) found.set(value, (found.get(value) ?? 0) + count);
  });
  return new Map([...found].sort(([a], [b]) => a - b));
}
