// Whole numbers within an interval of less than 2^32, or of all numbers of 32 bits: src/domain/kernels/integers.ts is the specification.

import { first01, first23, first45, first67, join, second01, second23, second45, second67 } from "./lane-states";
import { nextFirst64, nextFirstWord, nextSecond64, nextSecondWord } from "./xoroshiro";

// What `fill` stores for a number; each makes an instance of its loop.
const INTEGER8: i32 = 0;
const INTEGER16: i32 = 1;
const INTEGER32: i32 = 2;
const UPPER32: i32 = 3; // of a range of 2^32: the number is the upper half of a word
const INTEGER64: i32 = 4;
const FLOAT32: i32 = 5;
const FLOAT64: i32 = 6;

/** Bytes of the 8 elements of a group. */
// @ts-ignore: decorator
@inline
function bytesOf(output: i32): usize {
  if (output == INTEGER8) return 8;
  if (output == INTEGER16) return 16;
  return output == INTEGER64 || output == FLOAT64 ? 64 : 32;
}

/** floor(word * range / 2^64) for the 64-bit words of two vectors, as four uint32. */
// @ts-ignore: decorator
@inline
function multiplyHigh(output: i32, a: v128, b: v128, range: v128): v128 {
  const high = i8x16.shuffle(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
  if (output == UPPER32) return high;
  const low = i8x16.shuffle(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
  const lowA = i64x2.extmul_low_i32x4_u(low, range);
  const lowB = i64x2.extmul_high_i32x4_u(low, range);
  const highA = i64x2.extmul_low_i32x4_u(high, range);
  const highB = i64x2.extmul_high_i32x4_u(high, range);
  const sumA = i64x2.add(highA, i64x2.shr_u(lowA, 32));
  const sumB = i64x2.add(highB, i64x2.shr_u(lowB, 32));
  return i8x16.shuffle(sumA, sumB, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
}

/** low + steps, for four steps. */
// @ts-ignore: decorator
@inline
function storeFour(output: i32, dst: usize, steps: v128, low: v128): void {
  if (output == INTEGER32 || output == UPPER32) {
    v128.store(dst, i32x4.add(steps, low));
  } else if (output == FLOAT32) {
    v128.store(dst, f32x4.convert_i32x4_s(i32x4.add(steps, low)));
  } else if (output == INTEGER64) {
    v128.store(dst, i64x2.add(i64x2.extend_low_i32x4_u(steps), low));
    v128.store(dst, i64x2.add(i64x2.extend_high_i32x4_u(steps), low), 16);
  } else {
    const rest = i8x16.shuffle(steps, steps, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
    v128.store(dst, f64x2.add(f64x2.convert_low_i32x4_u(steps), low));
    v128.store(dst, f64x2.add(f64x2.convert_low_i32x4_u(rest), low), 16);
  }
}

/** The low bits of the eight numbers of two vectors. */
// @ts-ignore: decorator
@inline
function storeNarrow(output: i32, dst: usize, a: v128, b: v128, low: v128, bits: v128): void {
  const halves = i16x8.narrow_i32x4_u(
    v128.and(i32x4.add(a, low), bits),
    v128.and(i32x4.add(b, low), bits),
  );
  if (output == INTEGER16) v128.store(dst, halves);
  else v128.store64_lane(dst, i8x16.narrow_i16x8_u(halves, halves), 0);
}

// All eight lanes at once, as in uniform.ts.
// @ts-ignore: decorator
@inline
function fill(output: i32, dst: usize, groups: i32, range: i32, low: v128): void {
  const ranges = i32x4.splat(range), lowBits = i32x4.splat(output == INTEGER8 ? 0xff : 0xffff);
  const narrow = output == INTEGER8 || output == INTEGER16;
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
    const stepsA = multiplyHigh(output, word0, word1, ranges);
    if (!narrow) storeFour(output, dst, stepsA, low);
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
    const stepsB = multiplyHigh(output, join(word4, word5), join(word6, word7), ranges);
    if (narrow) storeNarrow(output, dst, stepsA, stepsB, low, lowBits);
    else storeFour(output, dst + groupBytes / 2, stepsB, low);
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

/** low + floor(word * range / 2^64), of which 8 bits are stored; range is unsigned. */
export function fillIntegers8(dst: usize, groups: i32, range: i32, low: i32): void {
  fill(INTEGER8, dst, groups, range, i32x4.splat(low));
}

/** As fillIntegers8, in 16 bits. */
export function fillIntegers16(dst: usize, groups: i32, range: i32, low: i32): void {
  fill(INTEGER16, dst, groups, range, i32x4.splat(low));
}

/** As fillIntegers8, in 32 bits. */
export function fillIntegers32(dst: usize, groups: i32, range: i32, low: i32): void {
  fill(INTEGER32, dst, groups, range, i32x4.splat(low));
}

/** low + floor(word / 2^32), in 32 bits: the range is 2^32. */
export function fillUpperHalves(dst: usize, groups: i32, low: i32): void {
  fill(UPPER32, dst, groups, 0, i32x4.splat(low));
}

/** As fillIntegers8, in 64 bits. */
export function fillIntegers64(dst: usize, groups: i32, range: i32, low: i64): void {
  fill(INTEGER64, dst, groups, range, i64x2.splat(low));
}

/** As fillIntegers8, but float32 within +-2^24. */
export function fillIntegersFloat32(dst: usize, groups: i32, range: i32, low: i32): void {
  fill(FLOAT32, dst, groups, range, i32x4.splat(low));
}

/** As fillIntegers8, but float64 within +-2^53. */
export function fillIntegersFloat64(dst: usize, groups: i32, range: i32, low: f64): void {
  fill(FLOAT64, dst, groups, range, f64x2.splat(low));
}
