/**
 * Rounding a double to float32 in a chosen direction; Math.fround rounds to nearest, ties to even.
 * @module
 */
const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The float32 above x (x a float32, not NaN or +Infinity). */
function nextUp(x: number): number {
  float[0] = x === 0 ? 0 : x;
  const pattern = bits[0] ?? 0;
  bits[0] = pattern >= 0 ? pattern + 1 : pattern - 1;
  return float[0];
}

/** The smallest float32 that is not below x. */
export function ceilFloat32(x: number): number {
  const nearest = Math.fround(x);
  return nearest >= x ? nearest : nextUp(nearest);
}

/** The largest float32 that is not above x. */
export function floorFloat32(x: number): number {
  return -ceilFloat32(-x);
}
