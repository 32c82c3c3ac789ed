// Rounding to WAGE's grid, four values at a time: src/domain/operators/wage-operators.ts is the specification.

/** Within [low, high]. */
// @ts-ignore: decorator
@inline
export function keep(v: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(v, low), high);
}

export const HALF_EVEN: i32 = 0;
export const HALF_UP: i32 = 1;
export const STOCHASTIC: i32 = 2;

/** The result of an operator on x: a zero becomes +0, and a NaN stays that NaN, bit for bit. */
// @ts-ignore: decorator
@inline
export function settle(made: v128, x: v128): v128 {
  return v128.bitselect(f32x4.add(made, f32x4.splat(0)), x, f32x4.eq(x, x));
}

/** x within [low, high], rounded to the grid of 1 / steps, divided by the divisor. A zero is +0; of a NaN it is any value. */
// @ts-ignore: decorator
@inline
export function toGrid(
  rounding: i32, x: v128, word: v128, low: v128, high: v128, steps: v128, step: v128, divisor: v128,
): v128 {
  const t = f32x4.mul(keep(x, low, high), steps);
  let q: v128;
  if (rounding == HALF_EVEN) {
    q = f32x4.nearest(t);
  } else {
    const below = f32x4.floor(t), fraction = f32x4.sub(t, below);
    // x - floor(x) is rounded only for small negative x, and then to at most 1, which changes no comparison here. 24 bits are converted as
    // a number with a sign, which is one instruction on x64: without a sign it is seven.
    const up = rounding == HALF_UP
      ? f32x4.ge(fraction, f32x4.splat(0.5))
      : f32x4.lt(f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(word, 8)), f32x4.splat(<f32>(1.0 / 16777216.0))), fraction);
    q = f32x4.add(below, v128.and(up, f32x4.splat(1)));
  }
  return f32x4.add(f32x4.div(f32x4.mul(q, step), divisor), f32x4.splat(0));
}
