// Uniform float64: src/domain/kernels/uniform64.ts is the specification. Also the words for other float64 kernels.

import { GROUP_BYTES, GROUP_BYTES_LOG2 } from "./group";
import { first01, first23, first45, first67, join, second01, second23, second45, second67 } from "./lane-states";
import { nextFirst64, nextFirstWord, nextSecond64, nextSecondWord } from "./xoroshiro";

// Variables for the reason given in truncated-normal.ts.
/** 2^52: a double with these bits and j below them is 2^52 + j. */
export let integerBits: i64 = 0x4330000000000000;
/** 2^52 - 1/2. */
export let integerOffset: f64 = 4503599627370495.5; // 0x432fffffffffffff
/** -0: the sign bit. */
export let signBit: f64 = -0.0;

// What `fill` stores for a word; each makes an instance of its loop.
const WORDS: i32 = 0; // the word itself
const CENTRED: i32 = 1; // m * spacing
const SHIFTED: i32 = 2; // centre + m * spacing
const BOUNDED: i32 = 3; // the same, within [low, high]

/**
 * The float64 values of two words. No instruction converts 64-bit integers, so m = k + 0.5 is made from its magnitude: k or ~k, whichever
 * is not negative, has 52 bits; below the exponent of 2^52 they make a double, and that less 2^52 - 1/2 is |m|, exactly. The sign goes
 * to the spacing.
 */
// @ts-ignore: decorator
@inline
function toUniform(
  output: i32, word: v128, implicit: v128, offset: v128, signs: v128, spacing: v128, centre: v128, low: v128, high: v128,
): v128 {
  if (output == WORDS) return word;
  const magnitude = v128.xor(word, i64x2.lt_s(word, i64x2.splat(0)));
  const m = f64x2.sub(v128.or(i64x2.shr_u(magnitude, 11), implicit), offset);
  const spread = f64x2.mul(m, v128.xor(spacing, v128.and(word, signs)));
  if (output == CENTRED) return spread;
  const value = f64x2.add(centre, spread);
  if (output == SHIFTED) return value;
  // pmin and pmax are one instruction each on x64, min and max are several; they differ on NaN and on zeros of both
  // signs only, and no bound is -0.
  return f64x2.pmin(high, f64x2.pmax(low, value));
}

// As in uniform.ts, for the same reasons: words alone take 1.3 to 1.4 cycles, and 1.9 with four lanes in integer registers.
// @ts-ignore: decorator
@inline
function fill(output: i32, dst: usize, groups: i32, spacing: f64, centre: f64, low: f64, high: f64): void {
  const implicit = i64x2.splat(integerBits), offset = f64x2.splat(integerOffset), signs = f64x2.splat(signBit);
  const spacings = f64x2.splat(spacing), centres = f64x2.splat(centre);
  const lows = f64x2.splat(low), highs = f64x2.splat(high);
  let s0 = first01, t0 = second01;
  let s1 = first23, t1 = second23;
  let s2 = first45, t2 = second45;
  let a6 = i64x2.extract_lane(first67, 0), b6 = i64x2.extract_lane(second67, 0);
  let a7 = i64x2.extract_lane(first67, 1), b7 = i64x2.extract_lane(second67, 1);
  // The end of a 4 GiB memory is address 0, so the test is for inequality.
  const end = dst + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const word0 = i64x2.add(s0, t0), word1 = i64x2.add(s1, t1), word2 = i64x2.add(s2, t2);
    const word6 = a6 + b6, word7 = a7 + b7;
    t0 = v128.xor(s0, t0);
    t1 = v128.xor(s1, t1);
    t2 = v128.xor(s2, t2);
    b6 ^= a6;
    b7 ^= a7;
    s0 = nextFirstWord(s0, t0);
    s1 = nextFirstWord(s1, t1);
    s2 = nextFirstWord(s2, t2);
    a6 = nextFirst64(a6, b6);
    a7 = nextFirst64(a7, b7);
    t0 = nextSecondWord(t0);
    t1 = nextSecondWord(t1);
    t2 = nextSecondWord(t2);
    b6 = nextSecond64(b6);
    b7 = nextSecond64(b7);
    v128.store(dst, toUniform(output, word0, implicit, offset, signs, spacings, centres, lows, highs));
    v128.store(dst, toUniform(output, word1, implicit, offset, signs, spacings, centres, lows, highs), 16);
    v128.store(dst, toUniform(output, word2, implicit, offset, signs, spacings, centres, lows, highs), 32);
    v128.store(dst, toUniform(output, join(word6, word7), implicit, offset, signs, spacings, centres, lows, highs), 48);
    dst += GROUP_BYTES;
  } while (dst != end);
  first01 = s0;
  second01 = t0;
  first23 = s1;
  second23 = t1;
  first45 = s2;
  second45 = t2;
  first67 = join(a6, a7);
  second67 = join(b6, b7);
}

/** The 64-bit words themselves. */
export function fillWords64(dst: usize, groups: i32): void {
  fill(WORDS, dst, groups, 0, 0, 0, 0);
}

/** m * spacing. The same bytes as fillUniform64 when centre is +0, no bound can be reached and spacing is normal. */
export function fillUniform64Centred(dst: usize, groups: i32, spacing: f64): void {
  fill(CENTRED, dst, groups, spacing, 0, 0, 0);
}

/** centre + m * spacing. The same bytes as fillUniform64 when no bound can be reached. */
export function fillUniform64Shifted(dst: usize, groups: i32, spacing: f64, centre: f64): void {
  fill(SHIFTED, dst, groups, spacing, centre, 0, 0);
}

/** centre + m * spacing, within [low, high]. */
export function fillUniform64(dst: usize, groups: i32, spacing: f64, centre: f64, low: f64, high: f64): void {
  fill(BOUNDED, dst, groups, spacing, centre, low, high);
}
