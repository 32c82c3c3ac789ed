// WAGE's operators in place: src/domain/operators/wage-operators.ts is the specification. `at` is a multiple of 4, `count` counts float32
// elements; the last ones, fewer than a step, go through the same vector code one at a time. `settle` leaves NaNs as they are.

import { HALF_EVEN, HALF_UP, keep, settle, STOCHASTIC, toGrid } from "./grid";

const BYTES: usize = 4;

// @ts-ignore: decorator
@inline
function clipOf(x: v128, low: v128, high: v128): v128 {
  return settle(keep(x, low, high), x);
}

/** C: clips to +-bound. */
export function clip(at: usize, count: i32, bound: f32): void {
  const high = f32x4.splat(bound), low = f32x4.neg(high);
  for (; count >= 4; count -= 4, at += 16) v128.store(at, clipOf(v128.load(at), low, high));
  for (; count > 0; count--, at += BYTES) v128.store32_lane(at, clipOf(v128.load32_splat(at), low, high), 0);
}

// Four vectors at a time, which are looked at for NaN together: 1.7 cycles an element for stochastic rounding, and 2.7 one at a time.
// @ts-ignore: decorator
@inline
function quantize(rounding: i32, at: usize, count: i32, words: usize, bound: f32, steps: f32, divisor: f32): void {
  const high = f32x4.splat(bound), low = f32x4.neg(high);
  const s = f32x4.splat(steps), r = f32x4.splat(1 / steps), d = f32x4.splat(divisor);
  for (; count >= 16; count -= 16, at += 64, words += 64) {
    const x$ = v128.load(at, $offset);
    const w$ = rounding == STOCHASTIC ? v128.load(words, $offset) : high;
    const q$ = toGrid(rounding, x$, w$, low, high, s, r, d);
    const n$ = f32x4.ne(x$, x$);
    if (v128.any_true(v128.or(v128.or(na, nb), v128.or(nc, nd)))) {
      v128.store(at, v128.bitselect(x$, q$, n$), $offset);
    } else {
      v128.store(at, q$, $offset);
    }
  }
  for (; count > 0; count--, at += BYTES, words += BYTES) {
    const word = rounding == STOCHASTIC ? v128.load32_splat(words) : high;
    const x = v128.load32_splat(at);
    v128.store32_lane(at, v128.bitselect(toGrid(rounding, x, word, low, high, s, r, d), x, f32x4.eq(x, x)), 0);
  }
}

/** Q(C(x)) / divisor for 2 to 15 bits: bound 1 - 2^(1-bits), steps 2^(bits-1); ties to even. */
export function quantizeHalfEven(at: usize, count: i32, bound: f32, steps: f32, divisor: f32): void {
  quantize(HALF_EVEN, at, count, 0, bound, steps, divisor);
}

/** The same, ties up. */
export function quantizeHalfUp(at: usize, count: i32, bound: f32, steps: f32, divisor: f32): void {
  quantize(HALF_UP, at, count, 0, bound, steps, divisor);
}

/** The same, up with a probability of the fraction; `words` is the address of `count` words. */
export function quantizeStochastic(at: usize, count: i32, words: usize, bound: f32, steps: f32, divisor: f32): void {
  quantize(STOCHASTIC, at, count, words, bound, steps, divisor);
}

/** 1, 0 or -1, from the masks of two comparisons, divided by the divisor. */
// @ts-ignore: decorator
@inline
function signOf(x: v128, one: v128, zero: v128, divisor: v128): v128 {
  const sign = f32x4.sub(v128.and(f32x4.gt(x, zero), one), v128.and(f32x4.lt(x, zero), one));
  return settle(f32x4.div(sign, divisor), x);
}

/** Q for 1 bit. */
export function signs(at: usize, count: i32, divisor: f32): void {
  const one = f32x4.splat(1), zero = f32x4.splat(0), d = f32x4.splat(divisor);
  for (; count >= 4; count -= 4, at += 16) v128.store(at, signOf(v128.load(at), one, zero, d));
  for (; count > 0; count--, at += BYTES) v128.store32_lane(at, signOf(v128.load32_splat(at), one, zero, d), 0);
}

// @ts-ignore: decorator
@inline
function quotientOf(x: v128, low: v128, high: v128, divisor: v128): v128 {
  return settle(f32x4.div(keep(x, low, high), divisor), x);
}

/** Q for more than 15 bits: nothing is rounded. */
export function clipAndDivide(at: usize, count: i32, divisor: f32): void {
  const high = f32x4.splat(1), low = f32x4.splat(-1), d = f32x4.splat(divisor);
  for (; count >= 4; count -= 4, at += 16) v128.store(at, quotientOf(v128.load(at), low, high, d));
  for (; count > 0; count--, at += BYTES) {
    v128.store32_lane(at, quotientOf(v128.load32_splat(at), low, high, d), 0);
  }
}

/** The largest magnitude: a maximum of patterns without their sign, which orders magnitudes and puts NaN above all. */
export function largestMagnitude(at: usize, count: i32): f32 {
  const mask = i32x4.splat(0x7fffffff);
  let first = i32x4.splat(0), second = first;
  for (; count >= 8; count -= 8, at += 32) {
    first = i32x4.max_s(first, v128.and(v128.load(at), mask));
    second = i32x4.max_s(second, v128.and(v128.load(at, 16), mask));
  }
  first = i32x4.max_s(first, second);
  for (; count > 0; count--, at += BYTES) first = i32x4.max_s(first, v128.and(v128.load32_splat(at), mask));
  const pattern = max(
    max(i32x4.extract_lane(first, 0), i32x4.extract_lane(first, 1)),
    max(i32x4.extract_lane(first, 2), i32x4.extract_lane(first, 3)),
  );
  return reinterpret<f32>(pattern);
}

// @ts-ignore: decorator
@inline
function shiftOf(x: v128, factor: v128, rest: v128): v128 {
  return settle(f32x4.mul(f32x4.mul(x, factor), rest), x);
}

/**
 * x * factor * rest, powers of two whose product is 2^-exponent. Where float32 holds that, `rest` is 1; past its range both
 * make x larger, which is exact.
 */
export function shift(at: usize, count: i32, factor: f32, rest: f32): void {
  const f = f32x4.splat(factor), r = f32x4.splat(rest);
  for (; count >= 4; count -= 4, at += 16) v128.store(at, shiftOf(v128.load(at), f, r));
  for (; count > 0; count--, at += BYTES) v128.store32_lane(at, shiftOf(v128.load32_splat(at), f, r), 0);
}
