// float32 arithmetic with fused multiply-adds, by way of float64: the product of two float32 is exact there.

// Variables for the reason given in truncated-normal.ts.
/** Half of a float32's last place, and the bits of a double that a float32 has. */
export let halfPlace: i64 = 0x10000000;
export let floatBits: i64 = ~0x1fffffff;

/** Doubles of the two low float32. */
// @ts-ignore: decorator
@inline
export function promoteLow(v: v128): v128 {
  return f64x2.promote_low_f32x4(v);
}

/** Doubles of the two high float32. */
// @ts-ignore: decorator
@inline
export function promoteHigh(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 1));
}

/** The float32 nearest to four doubles. */
// @ts-ignore: decorator
@inline
export function demote(low: v128, high: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

/** Rounds doubles to float32's places, ties away from zero: faster than to demote and promote. */
// @ts-ignore: decorator
@inline
export function roundToFloat(v: v128): v128 {
  return v128.and(i64x2.add(v, i64x2.splat(halfPlace)), i64x2.splat(floatBits));
}

/** Drops the bits of doubles that a float32 does not have. */
// @ts-ignore: decorator
@inline
export function cutToFloat(v: v128): v128 {
  return v128.and(v, i64x2.splat(floatBits));
}

/** One step of Horner's rule, in float64. */
// @ts-ignore: decorator
@inline
export function horner64(sum: v128, x: v128, coefficient: v128): v128 {
  return f64x2.add(f64x2.mul(sum, x), coefficient);
}
