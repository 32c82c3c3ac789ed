// torch's uniform values where no sum is rounded: src/domain/torch/fill-uniform.ts is the specification. In float32, k is the word's 24 low
// bits and x = k * 2^-24. In float64, k is the low 53 bits of two words, the first of them the high half, and x = k * 2^-53.

import { GROUP_BYTES, GROUP_BYTES_LOG2 } from "./group";
import { highBit, step, temper, temperB, temperC, twistMatrix } from "./mt19937";

// Variables for the reason given in truncated-normal.ts.
export let low24: i32 = 0xffffff;
export let half24: i32 = 0x800000;
/** The 21 bits of k in the first word. */
export let high21: i64 = 0x1fffff;
/** The bits of 2^84, whose last place is 2^32, and of 2^52: with k's halves in their lowest bits, their sum less 2^84 + 2^52 is k. */
export let upperHalf: i64 = 0x4530000000000000;
export let lowerHalf: i64 = 0x4330000000000000;
/** 2^84 + 2^52. */
export let halvesSum: f64 = 19342813118337666422669312.0; // 0x4530000000100000
/** 2^84 + 2^53: what is left is k - 2^52. */
export let centredSum: f64 = 19342813122841265965039616.0; // 0x4530000000200000

// Which number is multiplied; each makes an instance of the loops.
const FROM_LOW: bool = false; // k
const CENTRED: bool = true; // k - 2^23, k - 2^52

// @ts-ignore: decorator
@inline
function fill(centred: bool, raw: usize, dst: usize, groups: i32, scale: f32): void {
  const high = i32x4.splat(highBit), matrix = i32x4.splat(twistMatrix), masksB = i32x4.splat(temperB), masksC = i32x4.splat(temperC);
  const bits = i32x4.splat(low24), half = i32x4.splat(half24), scales = f32x4.splat(scale);
  const end = raw + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const k$ = v128.and(temper(step(raw + $offset, high, matrix), masksB, masksC), bits);
    v128.store(dst, f32x4.mul(f32x4.convert_i32x4_s(centred ? i32x4.sub(k$, half) : k$), scales), $offset);
    raw += GROUP_BYTES;
    dst += GROUP_BYTES;
  } while (raw != end);
}

/** x * 2^24 * scale: the fused value where low is 0. */
export function fillScaled(raw: usize, dst: usize, groups: i32, scale: f32): void {
  fill(FROM_LOW, raw, dst, groups, scale);
}

/** (x - 1/2) * 2^24 * scale: the fused value where low = -high. */
export function fillCentred(raw: usize, dst: usize, groups: i32, scale: f32): void {
  fill(CENTRED, raw, dst, groups, scale);
}

// @ts-ignore: decorator
@inline
function fill64(centred: bool, raw: usize, dst: usize, groups: i32, scale: f64): void {
  const high = i32x4.splat(highBit), matrix = i32x4.splat(twistMatrix), masksB = i32x4.splat(temperB), masksC = i32x4.splat(temperC);
  const bits = i64x2.splat(high21), upper = i64x2.splat(upperHalf), lower = i64x2.splat(lowerHalf);
  const offset = f64x2.splat(centred ? centredSum : halvesSum), scales = f64x2.splat(scale);
  const end = raw + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const w$ = temper(step(raw + $offset, high, matrix), masksB, masksC);
    v128.store(dst, f64x2.mul(toInteger(w$, bits, upper, lower, offset), scales), $offset);
    raw += GROUP_BYTES;
    dst += GROUP_BYTES;
  } while (raw != end);
}

/** k, or k - 2^52, of two pairs of words. */
// @ts-ignore: decorator
@inline
function toInteger(words: v128, bits: v128, upper: v128, lower: v128, offset: v128): v128 {
  const high = f64x2.sub(v128.or(v128.and(words, bits), upper), offset);
  return f64x2.add(high, v128.or(i64x2.shr_u(words, 32), lower));
}

/** x * 2^53 * scale: the fused value where low is 0. */
export function fillScaled64(raw: usize, dst: usize, groups: i32, scale: f64): void {
  fill64(FROM_LOW, raw, dst, groups, scale);
}

/** (x - 1/2) * 2^53 * scale: the fused value where low = -high. */
export function fillCentred64(raw: usize, dst: usize, groups: i32, scale: f64): void {
  fill64(CENTRED, raw, dst, groups, scale);
}
