/**
 * Float32 values stored as float16, bfloat16 or float8: the specification.
 *
 * Each value of the float32 kernel is rounded to the nearest value of the dtype, ties to even, and kept within the recipe's closed
 * interval, whose ends are rounded inward to values of the dtype: no rounding leaves the interval (torch's casts do). Since the ends
 * are such values, it makes no difference whether values are kept within them before or after rounding. An 8-bit float has so few
 * values that a wide interval may hold one or none: its ends are then rounded to nearest, as every element is, and elements may lie
 * beyond them by half a step of the dtype. Spacing: float32's lattice, rounded. Bias: from rounding to nearest even, at most half a unit in the last place of the dtype on any value.
 * @module
 */
import { ceilNarrow, floorNarrow, NARROW_FORMATS, type NarrowDtype } from '../arithmetic/narrow-floats.js';
import { ceilFloat32, floorFloat32 } from '../arithmetic/float32.js';
import { float32At } from '../arithmetic/typed-at.js';

export interface NarrowFloatParameters {
  readonly dtype: NarrowDtype;
  /** The dtype's outermost values within the interval; lowest > highest if it contains none. */
  readonly lowest: number;
  readonly highest: number;
}

/** The dtype's outermost values in the closed interval [low, high] of doubles. */
export function narrowFloatParameters(dtype: NarrowDtype, low: number, high: number): NarrowFloatParameters {
  return { dtype, lowest: ceilNarrow(low, dtype), highest: floorNarrow(high, dtype) };
}

/** What the outermost float32 of the closed interval [low, high] of doubles are rounded to: bounds of all that is drawn within it. */
export function nearestFloatParameters(dtype: NarrowDtype, low: number, high: number): NarrowFloatParameters {
  const { toBits, fromBits } = NARROW_FORMATS[dtype];
  // + 0: 0 rather than -0.
  const nearest = (x: number): number => fromBits(toBits(x)) + 0;
  return { dtype, lowest: nearest(ceilFloat32(low)), highest: nearest(floorFloat32(high)) };
}

/** A constant becomes the value of the dtype nearest to its float32, inside or outside. */
export function constantNarrowFloat(dtype: NarrowDtype, value: number): NarrowFloatParameters {
  const { toBits, fromBits } = NARROW_FORMATS[dtype];
  const nearest = fromBits(toBits(value));
  return { dtype, lowest: nearest, highest: nearest };
}

/** The array of a narrow float's patterns. */
export type NarrowPatterns = Uint16Array | Uint8Array;

export const holdsPatterns = (out: object, dtype: NarrowDtype): out is NarrowPatterns =>
  NARROW_FORMATS[dtype].sign === 0x80 ? out instanceof Uint8Array : out instanceof Uint16Array;

/** Rounds float32 values to the dtype within the bounds. */
export function narrowToFloat(
  out: NarrowPatterns,
  values: Float32Array,
  { dtype, lowest, highest }: NarrowFloatParameters,
): void {
  const { toBits } = NARROW_FORMATS[dtype];
  for (let i = 0; i < out.length; i++) {
    out[i] = toBits(Math.min(Math.max(float32At(values, i), lowest), highest));
  }
}
