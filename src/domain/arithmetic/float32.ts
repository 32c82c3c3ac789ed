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

/** The smallest float32 that is not below offset + scale * x, all of it taken exactly. */
export function ceilScaled(offset: number, scale: number, x: number): number {
  const product = scale * x;
  const sum = offset + product;
  const rest = sumError(offset, product, sum) + productError(scale, x, product);
  const nearest = Math.fround(sum);
  const enough = nearest > sum || (nearest === sum && !(rest > 0));
  return (enough ? nearest : nextUp(nearest)) + 0;
}

/** The largest float32 that is not above offset + scale * x. */
export function floorScaled(offset: number, scale: number, x: number): number {
  return -ceilScaled(-offset, -scale, x) + 0;
}

/** What sum = a + b lost to rounding: Knuth, The Art of Computer Programming 2, 4.2.2, theorem B. */
function sumError(a: number, b: number, sum: number): number {
  const bThere = sum - a;
  return a - (sum - bThere) + (b - bThere);
}

/** What product = a * b lost to rounding: Dekker, Numer. Math. 18, 1971, https://doi.org/10.1007/BF01397083. */
function productError(a: number, b: number, product: number): number {
  const [aHigh, aLow] = halves(a);
  const [bHigh, bLow] = halves(b);
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** A double as the sum of two with at most 26 bits each. */
function halves(x: number): [number, number] {
  const scaled = x * (2 ** 27 + 1);
  const high = scaled - (scaled - x);
  return [high, x - high];
}
