/** One step of Horner's rule, in float32. */
// @ts-ignore: decorator
@inline
export function horner(sum: v128, s: v128, coefficient: v128): v128 {
  return f32x4.add(f32x4.mul(sum, s), coefficient);
}
