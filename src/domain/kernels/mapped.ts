/**
 * Maps of drawn values, in place: the specification. A kernel gives a value in its own dtype; the map of it is computed in doubles
 * (value-map.ts), rounded once to that dtype and kept within lowest and highest.
 * @module
 */
import { float32At, float64At } from '../arithmetic/typed-at.js';
import { functionOfMap, type ValueMap } from '../arithmetic/value-map.js';

/** How values become others. */
export interface MapWithin {
  readonly map: ValueMap;
  /** The outermost numbers of the dtype that a result may be. */
  readonly lowest: number;
  readonly highest: number;
}

/** @param values  shape [n], overwritten with their maps */
export function mapFloats(values: Float32Array, { map, lowest, highest }: MapWithin): void {
  const mapped = functionOfMap(map);
  for (let i = 0; i < values.length; i++) {
    values[i] = Math.min(Math.max(Math.fround(mapped(float32At(values, i))), lowest), highest);
  }
}

/** @param values  shape [n], overwritten with their maps */
export function mapDoubles(values: Float64Array, { map, lowest, highest }: MapWithin): void {
  const mapped = functionOfMap(map);
  for (let i = 0; i < values.length; i++) {
    values[i] = Math.min(Math.max(mapped(float64At(values, i)), lowest), highest);
  }
}
