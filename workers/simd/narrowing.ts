// The module of narrowing: float32 groups that a fill (and a transform) has left in memory become halves, float8 or codes there.
// `to` may be `from` or anything below it: each group is read before a byte of it is overwritten. So those bytes of a tensor that are
// not yet filled serve as scratch. A module of its own for the reason given in transforms.ts.

import { GROUP_BYTES, GROUP_BYTES_LOG2 } from "./group";
import {
  bfloat16HalfPlace, byteSign, byteSigns, bytesInOrder, E4M3, E5M2, e4m3Correction, e4m3Raise, e4m3Smallest, e5m2Correction,
  e5m2Raise, e5m2Smallest, exponents, float16Correction, float16Raise, float16Smallest, halfSign, highHalves, inOrder,
  joinFloat16, joinFloat8, lastBit, lowByte, lowHalves, magnitudes, roundBfloat16, roundFloat16, roundFloat8, roundingMagic,
  signBits,
} from "./narrow-vectors";

const HALF_GROUP_BYTES: usize = 32;
const BYTE_GROUP_BYTES: usize = 16;

/** Within [low, high]: pmin and pmax are one instruction each on x64, and neither bound is -0. */
// @ts-ignore: decorator
@inline
function keep(v: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(high, f32x4.pmax(low, v));
}

/** float16 of float32 values within [low, high], which are float16 values, not -0. */
export function narrowToFloat16(to: usize, from: usize, groups: i32, low: f32, high: f32): void {
  const lows = f32x4.splat(low), highs = f32x4.splat(high);
  const magnitude = i32x4.splat(magnitudes), exponent = i32x4.splat(exponents);
  const smallest = i32x4.splat(float16Smallest), raise = i32x4.splat(float16Raise);
  const correction = i16x8.splat(<i16>float16Correction), sign = i16x8.splat(<i16>halfSign);
  const end = from + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const v$ = keep(v128.load(from, $offset), lows, highs);
    const r$ = roundFloat16(v$, magnitude, exponent, smallest, raise);
    v128.store(to, v128.or(joinFloat16(ra, rb, correction), signBits(va, vb, sign)));
    v128.store(to, v128.or(joinFloat16(rc, rd, correction), signBits(vc, vd, sign)), 16);
    to += HALF_GROUP_BYTES;
    from += GROUP_BYTES;
  } while (from != end);
}

/** bfloat16 of float32 values within [low, high], which are bfloat16 values, not -0. */
export function narrowToBfloat16(to: usize, from: usize, groups: i32, low: f32, high: f32): void {
  const lows = f32x4.splat(low), highs = f32x4.splat(high);
  const halfPlace = i32x4.splat(bfloat16HalfPlace), ones = i32x4.splat(lastBit);
  const end = from + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const v$ = keep(v128.load(from, $offset), lows, highs);
    v128.store(to, inOrder(highHalves(roundBfloat16(va, halfPlace, ones), roundBfloat16(vb, halfPlace, ones))));
    v128.store(to, inOrder(highHalves(roundBfloat16(vc, halfPlace, ones), roundBfloat16(vd, halfPlace, ones))), 16);
    to += HALF_GROUP_BYTES;
    from += GROUP_BYTES;
  } while (from != end);
}

// @ts-ignore: decorator
@inline
function narrowToFloat8(format: i32, to: usize, from: usize, groups: i32, low: f32, high: f32): void {
  const lows = f32x4.splat(low), highs = f32x4.splat(high);
  const magnitude = i32x4.splat(magnitudes), exponent = i32x4.splat(exponents);
  const smallest = i32x4.splat(format == E4M3 ? e4m3Smallest : e5m2Smallest);
  const raise = i32x4.splat(format == E4M3 ? e4m3Raise : e5m2Raise);
  const correction = i8x16.splat(<i8>(format == E4M3 ? e4m3Correction : e5m2Correction));
  const sign = i8x16.splat(<i8>byteSign), bytes = i16x8.splat(<i16>lowByte);
  const end = from + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const v$ = keep(v128.load(from, $offset), lows, highs);
    const r$ = roundFloat8(format, v$, magnitude, exponent, smallest, raise);
    v128.store(to, v128.or(joinFloat8(ra, rb, rc, rd, bytes, correction), byteSigns(va, vb, vc, vd, sign)));
    to += BYTE_GROUP_BYTES;
    from += GROUP_BYTES;
  } while (from != end);
}

/** float8_e4m3fn of float32 values within [low, high], which are float8_e4m3fn values, not -0. */
export function narrowToFloat8E4m3(to: usize, from: usize, groups: i32, low: f32, high: f32): void {
  narrowToFloat8(E4M3, to, from, groups, low, high);
}

/** The same for float8_e5m2. */
export function narrowToFloat8E5m2(to: usize, from: usize, groups: i32, low: f32, high: f32): void {
  narrowToFloat8(E5M2, to, from, groups, low, high);
}

/** Codes, -largest to largest, of float32 values times `steps` = 2^(bits-1). No NaN. */
export function narrowToCodes(to: usize, from: usize, groups: i32, steps: f32, largest: i32): void {
  const scale = f32x4.splat(steps), magic = f32x4.splat(roundingMagic);
  const highs = f32x4.splat(<f32>largest), lows = f32x4.neg(highs);
  const end = from + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const v$ = f32x4.add(keep(f32x4.mul(v128.load(from, $offset), scale), lows, highs), magic);
    v128.store(to, bytesInOrder(i8x16.narrow_i16x8_s(lowHalves(va, vb), lowHalves(vc, vd))));
    to += BYTE_GROUP_BYTES;
    from += GROUP_BYTES;
  } while (from != end);
}
