// float32 rounded to a narrower format, and left as float32: to nearest, ties to even. What is too large for the format is the host's
// affair.

/** What values are rounded to; each makes an instance of a loop. */
export const FLOAT32: i32 = 0;
export const FLOAT16: i32 = 1;
export const BFLOAT16: i32 = 2;

// Variables for the reason given in truncated-normal.ts.
export let signBits: i32 = 0x80000000;
export let exponentBits: i32 = 0x7f800000;
/** 2^-14, the smallest normal float16: smaller ones have the same place. */
export let smallestNormal: f32 = 0.00006103515625; // 0x38800000
/** 2^13: the last place of a float32 2^13 times as large is the float16's. */
export let placeFactor: f32 = 8192;
/** Half of bfloat16's last place, less one, and its bits of a float32. */
export let belowHalfPlace: i32 = 0x7fff;
export let bfloat16Bits: i32 = 0xffff0000;
export let lastBit: i32 = 1;

// @ts-ignore: decorator
@inline
function roundFloat16(v: v128): v128 {
  const sign = v128.and(v, i32x4.splat(signBits));
  const power = f32x4.pmax(f32x4.splat(smallestNormal), v128.and(v, i32x4.splat(exponentBits)));
  const shift = f32x4.mul(power, f32x4.splat(placeFactor));
  return v128.or(f32x4.sub(f32x4.add(f32x4.abs(v), shift), shift), sign);
}

// @ts-ignore: decorator
@inline
function roundBfloat16(v: v128): v128 {
  const odd = v128.and(i32x4.shr_u(v, 16), i32x4.splat(lastBit));
  return v128.and(i32x4.add(i32x4.add(v, i32x4.splat(belowHalfPlace)), odd), i32x4.splat(bfloat16Bits));
}

// @ts-ignore: decorator
@inline
export function roundTo(format: i32, v: v128): v128 {
  if (format == FLOAT16) return roundFloat16(v);
  return format == BFLOAT16 ? roundBfloat16(v) : v;
}
