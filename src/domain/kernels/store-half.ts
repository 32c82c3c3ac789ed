/**
 * Float32 values stored as float16 or bfloat16: the specification.
 *
 * Each value of the float32 kernel is rounded to the nearest half, ties to even, and kept within the recipe's closed
 * interval, whose ends are rounded inward to halves: no rounding leaves the interval (torch's casts do). Since the ends are
 * halves, it makes no difference whether values are kept within them before or after rounding. Spacing: float32's lattice,
 * rounded. Bias: from rounding to nearest even, at most half a unit in the last place of a half on any value.
 * @module
 */
import { HALF_FORMATS, type HalfDtype } from '../arithmetic/half.js';
import { ceilNarrow, floorNarrow } from '../arithmetic/narrow-floats.js';
import { float32At } from '../arithmetic/typed-at.js';

export interface HalfParameters {
  readonly dtype: HalfDtype;
  /** The outermost halves within the interval; lowest > highest if it contains no half. */
  readonly lowest: number;
  readonly highest: number;
}

/** The outermost halves in the closed interval [low, high] of doubles. */
export function halfParameters(dtype: HalfDtype, low: number, high: number): HalfParameters {
  return { dtype, lowest: ceilNarrow(low, dtype), highest: floorNarrow(high, dtype) };
}

/** A constant becomes the half nearest to its float32, inside or outside. */
export function constantHalfParameters(dtype: HalfDtype, value: number): HalfParameters {
  const { toBits, fromBits } = HALF_FORMATS[dtype];
  const nearest = fromBits(toBits(value));
  return { dtype, lowest: nearest, highest: nearest };
}

/** Rounds float32 values to halves within the bounds. */
export function narrowToHalf(
  out: Uint16Array,
  values: Float32Array,
  { dtype, lowest, highest }: HalfParameters,
): void {
  const { toBits } = HALF_FORMATS[dtype];
  for (let i = 0; i < out.length; i++) {
    out[i] = toBits(Math.min(Math.max(float32At(values, i), lowest), highest));
  }
}
