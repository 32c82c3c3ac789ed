// Bits of words, and one of two values: src/domain/kernels/bits.ts and two-values.ts are the specification.

import { first01, first23, first45, first67, join, second01, second23, second45, second67 } from "./lane-states";
import { nextFirst64, nextFirstWord, nextSecond64, nextSecondWord } from "./xoroshiro";

// What `fill` stores for a word; each makes an instance of its loop.
const BITS8: i32 = 0; // its low 8 bits
const BITS16: i32 = 1; // its low 16 bits
const TWO8: i32 = 2; // the pattern `below` for words up to `last`, else `other`: 8 bits
const TWO16: i32 = 3;
const TWO32: i32 = 4;
const TWO64: i32 = 5;

/** Bytes of the 16 elements of a group. */
// @ts-ignore: decorator
@inline
function bytesOf(output: i32): usize {
  if (output == TWO64) return 128;
  if (output == TWO32) return 64;
  return output == TWO16 || output == BITS16 ? 32 : 16;
}

/** The pattern in every item. */
// @ts-ignore: decorator
@inline
function splat(output: i32, pattern: i64): v128 {
  if (output == TWO64) return i64x2.splat(pattern);
  if (output == TWO32) return i32x4.splat(<i32>pattern);
  return output == TWO16 ? i16x8.splat(<i16>pattern) : i8x16.splat(<i8>pattern);
}

/** Stores the elements of two vectors of words whose masks, or bits, are a and b: 64-bit items each fill two vectors. */
// @ts-ignore: decorator
@inline
function storeWide(output: i32, dst: usize, mask: v128, below: v128, other: v128): void {
  if (output == TWO32) {
    v128.store(dst, v128.bitselect(below, other, mask));
  } else {
    v128.store(dst, v128.bitselect(below, other, i64x2.extend_low_i32x4_s(mask)));
    v128.store(dst, v128.bitselect(below, other, i64x2.extend_high_i32x4_s(mask)), 16);
  }
}

// All eight lanes at once, as in uniform.ts.
// @ts-ignore: decorator
@inline
function fill(output: i32, dst: usize, groups: i32, last: i32, below: i64, other: i64): void {
  const lasts = i32x4.splat(last), belows = splat(output, below), others = splat(output, other);
  const lowBits = i32x4.splat(output == BITS8 ? 0xff : 0xffff);
  const wide = output == TWO32 || output == TWO64, bits = output == BITS8 || output == BITS16;
  let s0 = first01, t0 = second01;
  let s1 = first23, t1 = second23;
  let a4 = i64x2.extract_lane(first45, 0), b4 = i64x2.extract_lane(second45, 0);
  let a5 = i64x2.extract_lane(first45, 1), b5 = i64x2.extract_lane(second45, 1);
  let a6 = i64x2.extract_lane(first67, 0), b6 = i64x2.extract_lane(second67, 0);
  let a7 = i64x2.extract_lane(first67, 1), b7 = i64x2.extract_lane(second67, 1);
  const groupBytes = bytesOf(output);
  const end = dst + <usize>groups * groupBytes;
  do {
    const word0 = i64x2.add(s0, t0);
    t0 = v128.xor(s0, t0);
    s0 = nextFirstWord(s0, t0);
    t0 = nextSecondWord(t0);
    const word1 = i64x2.add(s1, t1);
    t1 = v128.xor(s1, t1);
    s1 = nextFirstWord(s1, t1);
    t1 = nextSecondWord(t1);
    // A comparison of unsigned numbers by "at most" is two instructions on x64; by "less" it is three.
    const m0 = bits ? v128.and(word0, lowBits) : i32x4.le_u(word0, lasts);
    const m1 = bits ? v128.and(word1, lowBits) : i32x4.le_u(word1, lasts);
    if (wide) {
      storeWide(output, dst, m0, belows, others);
      storeWide(output, dst + groupBytes / 4, m1, belows, others);
    }
    const word4 = a4 + b4, word5 = a5 + b5, word6 = a6 + b6, word7 = a7 + b7;
    b4 ^= a4;
    b5 ^= a5;
    a4 = nextFirst64(a4, b4);
    a5 = nextFirst64(a5, b5);
    b4 = nextSecond64(b4);
    b5 = nextSecond64(b5);
    b6 ^= a6;
    b7 ^= a7;
    a6 = nextFirst64(a6, b6);
    a7 = nextFirst64(a7, b7);
    b6 = nextSecond64(b6);
    b7 = nextSecond64(b7);
    const word2 = join(word4, word5), word3 = join(word6, word7);
    const m2 = bits ? v128.and(word2, lowBits) : i32x4.le_u(word2, lasts);
    const m3 = bits ? v128.and(word3, lowBits) : i32x4.le_u(word3, lasts);
    if (wide) {
      storeWide(output, dst + groupBytes / 2, m2, belows, others);
      storeWide(output, dst + 3 * (groupBytes / 4), m3, belows, others);
    } else if (bits) {
      const a = i16x8.narrow_i32x4_u(m0, m1), b = i16x8.narrow_i32x4_u(m2, m3);
      if (output == BITS8) {
        v128.store(dst, i8x16.narrow_i16x8_u(a, b));
      } else {
        v128.store(dst, a);
        v128.store(dst, b, 16);
      }
    } else {
      // Masks of ones stay masks of ones: signed numbers of -1.
      const a = i16x8.narrow_i32x4_s(m0, m1), b = i16x8.narrow_i32x4_s(m2, m3);
      if (output == TWO8) {
        v128.store(dst, v128.bitselect(belows, others, i8x16.narrow_i16x8_s(a, b)));
      } else {
        v128.store(dst, v128.bitselect(belows, others, a));
        v128.store(dst, v128.bitselect(belows, others, b), 16);
      }
    }
    dst += groupBytes;
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

/** The low 8 bits of each word. */
export function fillBits8(dst: usize, groups: i32): void {
  fill(BITS8, dst, groups, 0, 0, 0);
}

/** The low 16 bits of each word. */
export function fillBits16(dst: usize, groups: i32): void {
  fill(BITS16, dst, groups, 0, 0, 0);
}

/** The pattern `below` for words of at most `last`, as unsigned numbers, and `other` for the rest: patterns of 8 bits. */
export function fillTwo8(dst: usize, groups: i32, last: i32, below: i32, other: i32): void {
  fill(TWO8, dst, groups, last, below, other);
}

/** The same for patterns of 16 bits. */
export function fillTwo16(dst: usize, groups: i32, last: i32, below: i32, other: i32): void {
  fill(TWO16, dst, groups, last, below, other);
}

/** The same for patterns of 32 bits. */
export function fillTwo32(dst: usize, groups: i32, last: i32, below: i32, other: i32): void {
  fill(TWO32, dst, groups, last, below, other);
}

/** The same for patterns of 64 bits. */
export function fillTwo64(dst: usize, groups: i32, last: i32, below: i64, other: i64): void {
  fill(TWO64, dst, groups, last, below, other);
}
