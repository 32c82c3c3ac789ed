// The module of narrow fills: uniform values in one pass from the lanes to halves, float8 or codes. The specification is
// src/domain/kernels/narrow-float.ts and codes.ts. Memory and groups as in fills.ts; a group is 16 elements of two bytes, or of one.

import { first01, first23, first45, first67, join, second01, second23, second45, second67 } from "./lane-states";
import {
  bfloat16Splitter, byteSign, byteSigns, bytesInOrder, E4M3, E5M2, e4m3Correction, e4m3Raise, e4m3Smallest, e5m2Correction,
  e5m2Raise, e5m2Smallest, exponents, float16Correction, float16Raise, float16Smallest, halfSign, highHalves, inOrder,
  joinFloat16, joinPairs, keepAcrossZero, lowByte, lowHalves, magnitudes, roundFloat16, roundFloat8, roundingMagic, signBits,
  splitBfloat16,
} from "./narrow-vectors";
import { nextFirst64, nextFirstWord, nextSecond64, nextSecondWord } from "./xoroshiro";

// 2m = 2 * (word >> 8) + 1 as an integer: odd, 24 bits and a sign, exact as a float32. Logic runs on more of a processor's
// ports than the addition of 1/2 afterwards.
export let latticeOdd: i32 = 1;

const FLOAT16: i32 = 0;
const BFLOAT16: i32 = 1;
const CODES: i32 = 2;
const BOUNDED_CODES: i32 = 3;
const TERNARY: i32 = 4;
const FLOAT8_E4M3: i32 = 5;
const FLOAT8_E5M2: i32 = 6;

/** m * spacing for four words; scale is half the lattice's spacing. */
// @ts-ignore: decorator
@inline
function spread(word: v128, odd: v128, scale: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(v128.or(i32x4.shr_s(word, 7), odd)), scale);
}

// Lanes as in uniform.ts, for the same reason.
// @ts-ignore: decorator
@inline
function fill(to: i32, dst: usize, groups: i32, scale: f32, low: i32, high: i32): void {
  const odd = i32x4.splat(latticeOdd), scales = f32x4.splat(scale);
  const magnitude = i32x4.splat(magnitudes), exponent = i32x4.splat(exponents);
  const isFloat8 = to >= FLOAT8_E4M3, format = to == FLOAT8_E5M2 ? E5M2 : E4M3;
  const smallest = i32x4.splat(isFloat8 ? (format == E4M3 ? e4m3Smallest : e5m2Smallest) : float16Smallest);
  const raise = i32x4.splat(isFloat8 ? (format == E4M3 ? e4m3Raise : e5m2Raise) : float16Raise);
  const correction = isFloat8
    ? i8x16.splat(<i8>(format == E4M3 ? e4m3Correction : e5m2Correction))
    : i16x8.splat(<i16>float16Correction);
  const sign = isFloat8 ? i8x16.splat(<i8>byteSign) : i16x8.splat(<i16>halfSign), bytes = i16x8.splat(<i16>lowByte);
  const splitter = f32x4.splat(bfloat16Splitter), magic = f32x4.splat(roundingMagic);
  const lows = to >= CODES ? (to == TERNARY ? i32x4.splat(low) : i8x16.splat(<i8>low)) : i16x8.splat(<i16>low);
  const highs = to >= CODES ? (to == TERNARY ? i32x4.splat(high) : i8x16.splat(<i8>high)) : i16x8.splat(<i16>high);
  let s0 = first01, t0 = second01;
  let s1 = first23, t1 = second23;
  let a4 = i64x2.extract_lane(first45, 0), b4 = i64x2.extract_lane(second45, 0);
  let a5 = i64x2.extract_lane(first45, 1), b5 = i64x2.extract_lane(second45, 1);
  let a6 = i64x2.extract_lane(first67, 0), b6 = i64x2.extract_lane(second67, 0);
  let a7 = i64x2.extract_lane(first67, 1), b7 = i64x2.extract_lane(second67, 1);
  const groupBytes: usize = to >= CODES ? 16 : 32;
  const end = dst + <usize>groups * groupBytes;
  do {
    const w0 = i64x2.add(s0, t0);
    t0 = v128.xor(s0, t0);
    s0 = nextFirstWord(s0, t0);
    t0 = nextSecondWord(t0);
    const w1 = i64x2.add(s1, t1);
    t1 = v128.xor(s1, t1);
    s1 = nextFirstWord(s1, t1);
    t1 = nextSecondWord(t1);
    let h0: v128, g0: v128;
    if (to == TERNARY) {
      h0 = i16x8.narrow_i32x4_s(i32x4.lt_s(w0, lows), i32x4.lt_s(w1, lows));
      g0 = i16x8.narrow_i32x4_s(i32x4.gt_s(w0, highs), i32x4.gt_s(w1, highs));
      h0 = i16x8.sub(h0, g0);
    } else {
      const v0 = spread(w0, odd, scales), v1 = spread(w1, odd, scales);
      h0 = isFloat8
        ? lowHalves(
            roundFloat8(format, v0, magnitude, exponent, smallest, raise),
            roundFloat8(format, v1, magnitude, exponent, smallest, raise))
        : to >= CODES
        ? lowHalves(f32x4.add(v0, magic), f32x4.add(v1, magic))
        : to == BFLOAT16
          ? highHalves(splitBfloat16(v0, splitter), splitBfloat16(v1, splitter))
          : joinFloat16(
              roundFloat16(v0, magnitude, exponent, smallest, raise),
              roundFloat16(v1, magnitude, exponent, smallest, raise), correction);
    }
    if (to == FLOAT16) v128.store(dst, v128.or(i16x8.min_s(h0, highs), signBits(w0, w1, sign)));
    if (to == BFLOAT16) v128.store(dst, inOrder(keepAcrossZero(h0, lows, highs)));

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
    const w2 = join(word4, word5), w3 = join(word6, word7);
    let h1: v128, g1: v128;
    if (to == TERNARY) {
      h1 = i16x8.narrow_i32x4_s(i32x4.lt_s(w2, lows), i32x4.lt_s(w3, lows));
      g1 = i16x8.narrow_i32x4_s(i32x4.gt_s(w2, highs), i32x4.gt_s(w3, highs));
      h1 = i16x8.sub(h1, g1);
      v128.store(dst, i8x16.narrow_i16x8_s(h0, h1));
    } else {
      const v2 = spread(w2, odd, scales), v3 = spread(w3, odd, scales);
      h1 = isFloat8
        ? lowHalves(
            roundFloat8(format, v2, magnitude, exponent, smallest, raise),
            roundFloat8(format, v3, magnitude, exponent, smallest, raise))
        : to >= CODES
        ? lowHalves(f32x4.add(v2, magic), f32x4.add(v3, magic))
        : to == BFLOAT16
          ? highHalves(splitBfloat16(v2, splitter), splitBfloat16(v3, splitter))
          : joinFloat16(
              roundFloat16(v2, magnitude, exponent, smallest, raise),
              roundFloat16(v3, magnitude, exponent, smallest, raise), correction);
      if (to == FLOAT16) v128.store(dst, v128.or(i16x8.min_s(h1, highs), signBits(w2, w3, sign)), 16);
      if (to == BFLOAT16) v128.store(dst, inOrder(keepAcrossZero(h1, lows, highs)), 16);
      if (isFloat8) {
        const patterns = i8x16.min_u(joinPairs(h0, h1, bytes, correction), highs);
        v128.store(dst, v128.or(patterns, byteSigns(w0, w1, w2, w3, sign)));
      } else if (to >= CODES) {
        let codes = i8x16.narrow_i16x8_s(h0, h1);
        if (to == BOUNDED_CODES) codes = i8x16.max_s(i8x16.min_s(codes, highs), lows);
        v128.store(dst, bytesInOrder(codes));
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

/**
 * float16 of m * spacing within [-high, high], the bit pattern of a positive half. `scale` is spacing / 2 and normal; 32
 * bytes a group.
 */
export function fillUniformFloat16Centred(dst: usize, groups: i32, scale: f32, high: i32): void {
  fill(FLOAT16, dst, groups, scale, 0, high);
}

/** The same for bfloat16 within [low, high], which are patterns too; spacing between 2^-90 and 2^70. */
export function fillUniformBfloat16Centred(dst: usize, groups: i32, scale: f32, low: i32, high: i32): void {
  fill(BFLOAT16, dst, groups, scale, low, high);
}

/** float8_e4m3fn of m * spacing within [-high, high], the bit pattern of a positive float8; 16 bytes a group. Values below 2^9. */
export function fillUniformFloat8E4m3Centred(dst: usize, groups: i32, scale: f32, high: i32): void {
  fill(FLOAT8_E4M3, dst, groups, scale, 0, high);
}

/** The same for float8_e5m2. Values below 2^17. */
export function fillUniformFloat8E5m2Centred(dst: usize, groups: i32, scale: f32, high: i32): void {
  fill(FLOAT8_E5M2, dst, groups, scale, 0, high);
}

/** Codes of m * spacing, 16 bytes a group. `scale` is spacing * 2^(bits-2); no value may round to more than the largest code. */
export function fillUniformCodes(dst: usize, groups: i32, scale: f32): void {
  fill(CODES, dst, groups, scale, 0, 0);
}

/** The same, -largest to largest; no value may reach 2^15 steps. */
export function fillUniformCodesBounded(dst: usize, groups: i32, scale: f32, largest: i32): void {
  fill(BOUNDED_CODES, dst, groups, scale, -largest, largest);
}

/** Codes -1, 0 and 1: -1 for words below `low`, as signed numbers, 1 for words above `high`. */
export function fillTernaryCodes(dst: usize, groups: i32, low: i32, high: i32): void {
  fill(TERNARY, dst, groups, 0, low, high);
}
