// Uniform float32: src/domain/kernels/uniform.ts is the specification.

import { GROUP_BYTES, GROUP_BYTES_LOG2 } from "./group";
import { first01, first23, first45, first67, join, second01, second23, second45, second67 } from "./lane-states";
import { nextFirst64, nextFirstWord, nextSecond64, nextSecondWord } from "./xoroshiro";

/** A variable for the reason given in truncated-normal.ts, although it never changes. */
export let half: f32 = 0.5;

// What `fill` stores for a word; each makes an instance of its loop.
const CENTRED: i32 = 0; // m * scale
const SHIFTED: i32 = 1; // centre + m * scale
const BOUNDED: i32 = 2; // the same, within [low, high]
const WORD: i32 = 3; // the word itself

/** m * scale for four words; m = (word >> 8) + 0.5 is exact. */
// @ts-ignore: decorator
@inline
export function toCentred(word: v128, halves: v128, scale: v128): v128 {
  return f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_s(word, 8)), halves), scale);
}

/** The float32 values of four words. */
// @ts-ignore: decorator
@inline
function toUniform(output: i32, word: v128, halves: v128, scale: v128, centre: v128, low: v128, high: v128): v128 {
  if (output == WORD) return word;
  const spread = toCentred(word, halves, scale);
  if (output == CENTRED) return spread;
  const value = f32x4.add(centre, spread);
  if (output == SHIFTED) return value;
  // pmin and pmax are one instruction each on x64, min and max are several; they differ on NaN and on zeros of both
  // signs only, and neither a bound nor a value is -0: the centre is not.
  return f32x4.pmin(high, f32x4.pmax(low, value));
}

// All eight lanes at once, their chains hiding one another's latency: 0 to 3 in vector registers, 4 to 7 in integer
// registers, whose units would idle otherwise. 13.1 ms, against 14.3 with two integer lanes and 15.8 with none; more run out
// of registers. The loop tests at its end because V8 moves constants out of such a loop only. (Speeds: see xoroshiro.ts.)
// @ts-ignore: decorator
@inline
function fill(output: i32, dst: usize, groups: i32, scale: f32, centre: f32, low: f32, high: f32): void {
  const halves = f32x4.splat(half), scales = f32x4.splat(scale), centres = f32x4.splat(centre);
  const lows = f32x4.splat(low), highs = f32x4.splat(high);
  let s0 = first01, t0 = second01;
  let s1 = first23, t1 = second23;
  let a4 = i64x2.extract_lane(first45, 0), b4 = i64x2.extract_lane(second45, 0);
  let a5 = i64x2.extract_lane(first45, 1), b5 = i64x2.extract_lane(second45, 1);
  let a6 = i64x2.extract_lane(first67, 0), b6 = i64x2.extract_lane(second67, 0);
  let a7 = i64x2.extract_lane(first67, 1), b7 = i64x2.extract_lane(second67, 1);
  // The end of a 4 GiB memory is address 0, so the test is for inequality.
  const end = dst + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const word0 = i64x2.add(s0, t0);
    t0 = v128.xor(s0, t0);
    s0 = nextFirstWord(s0, t0);
    t0 = nextSecondWord(t0);
    v128.store(dst, toUniform(output, word0, halves, scales, centres, lows, highs));
    const word1 = i64x2.add(s1, t1);
    t1 = v128.xor(s1, t1);
    s1 = nextFirstWord(s1, t1);
    t1 = nextSecondWord(t1);
    v128.store(dst, toUniform(output, word1, halves, scales, centres, lows, highs), 16);
    const word4 = a4 + b4, word5 = a5 + b5;
    b4 ^= a4;
    b5 ^= a5;
    a4 = nextFirst64(a4, b4);
    a5 = nextFirst64(a5, b5);
    b4 = nextSecond64(b4);
    b5 = nextSecond64(b5);
    v128.store(dst, toUniform(output, join(word4, word5), halves, scales, centres, lows, highs), 32);
    const word6 = a6 + b6, word7 = a7 + b7;
    b6 ^= a6;
    b7 ^= a7;
    a6 = nextFirst64(a6, b6);
    a7 = nextFirst64(a7, b7);
    b6 = nextSecond64(b6);
    b7 = nextSecond64(b7);
    v128.store(dst, toUniform(output, join(word6, word7), halves, scales, centres, lows, highs), 48);
    dst += GROUP_BYTES;
  } while (dst != end);
  first01 = s0;
  second01 = t0;
  first23 = s1;
  second23 = t1;
  first45 = join(a4, a5);
  second45 = join(b4, b5);
  first67 = join(a6, a7);
  second67 = join(b6, b7);
}

/**
 * m * scale. The same bytes as fillUniform when centre is +0, no bound can be reached, and m * scale is never -0: a
 * positive scale of 2^-148 or more, as |m| is at least 1/2 (a product that underflows to -0 would become +0 there).
 */
export function fillUniformCentred(dst: usize, groups: i32, scale: f32): void {
  fill(CENTRED, dst, groups, scale, 0, 0, 0);
}

/** centre + m * scale. The same bytes as fillUniform when no bound can be reached. */
export function fillUniformShifted(dst: usize, groups: i32, scale: f32, centre: f32): void {
  fill(SHIFTED, dst, groups, scale, centre, 0, 0);
}

/** centre + m * scale, each operation rounded to float32, within [low, high]. */
export function fillUniform(dst: usize, groups: i32, scale: f32, centre: f32, low: f32, high: f32): void {
  fill(BOUNDED, dst, groups, scale, centre, low, high);
}

/** The words themselves, for a transform. */
export function fillWords(dst: usize, groups: i32): void {
  fill(WORD, dst, groups, 0, 0, 0, 0);
}
