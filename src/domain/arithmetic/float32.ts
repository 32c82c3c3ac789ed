/**
 * Rounding a double to float32 in a chosen direction; Math.fround rounds to nearest, ties to even.
 * @module
 */
import { floatBits, floatOfBits } from './bits.js';
import { twoProduct, twoSum } from './double-double.js';

/** The float32 above x (x a float32, not NaN or +Infinity). */
function nextUp(x: number): number {
  const pattern = floatBits(x === 0 ? 0 : x);
  return floatOfBits(pattern >= 0 ? pattern + 1 : pattern - 1);
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

/** The smallest float32 that is not below the exact value of offset + scale * x. */
export function ceilScaled(offset: number, scale: number, x: number): number {
  const [product, productError] = twoProduct(scale, x);
  const [sum, sumError] = twoSum(offset, product);
  const rest = sumError + productError;
  const nearest = Math.fround(sum);
  const isEnough = nearest > sum || (nearest === sum && !(rest > 0));
  return (isEnough ? nearest : nextUp(nearest)) + 0;
}

/** The largest float32 that is not above the exact value of offset + scale * x. */
export function floorScaled(offset: number, scale: number, x: number): number {
  return -ceilScaled(-offset, -scale, x) + 0;
}
