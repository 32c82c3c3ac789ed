// Sine and cosine of the angle of a pair of torch's float32 normals, 2 pi k * 2^-24, k the word's 24 low bits. As in
// torch-normal-radius.ts, the result is that of the specification's chain (Cephes' sincosf, fused) for each of the 2^24 words.

import { BLOCK_BYTES, BLOCK_BYTES_LOG2 } from "./torch-block";
import { cutToFloat, demote, horner64, promoteHigh, promoteLow, roundToFloat } from "./torch-floats";
import { low24 } from "./torch-normal-radius";

// Variables for the reason given in truncated-normal.ts.
/** An eighth and a quarter of a turn, in words. */
export let eighthWords: i32 = 1 << 21;
export let quarterWords: i32 = 1 << 22;
/** 2 pi * 2^-24. */
export let wordAngle: f32 = <f32>6.2831854820251465 * <f32>(1.0 / 4096.0 / 4096.0); // 0x40c90fdb
/**
 * -pi/2 in three parts: Cephes' (single/sincosf.c), with 2^-24 moved from the third to the second. The first two times the quarter, and
 * their sums with the angle, stay exact, and so does the third times three.
 */
export let quarterHigh: f32 = 2 * <f32>-0.78515625; // 0xbf490000
export let quarterMiddle: f32 = 2 * <f32>-0.00024187564849853516 - <f32>(1.0 / 4096.0 / 4096.0); // 0xb97da000
export let quarterLow: f32 = 2 * <f32>-3.774895063202166e-8 + <f32>(1.0 / 4096.0 / 4096.0); // 0xb3222169

/**
 * Cephes' polynomials. Two sums of each always have the same exponent, so half of the last place is in the coefficient, and cutting
 * rounds.
 */
export let cos2: f64 = <f64><f32>0.0000244331567955669; // 0x37ccf5ce
export let cos1: f64 = <f64><f32>-0.0013887316454201937 - 1.0 / 131072.0 / 131072.0; // 0xbab6061a, 2^-34
export let cos0: f64 = <f64><f32>0.04166664555668831 + 1.0 / 32768.0 / 16384.0; // 0x3d2aaaa5, 2^-29
export let sin2: f64 = <f64><f32>-0.00019515295571181923; // 0xb94ca1f9
export let sin1: f64 = <f64><f32>0.008332161232829094 + 1.0 / 65536.0 / 32768.0; // 0x3c08839e, 2^-31
export let sin0: f64 = <f64><f32>-0.16666655242443085 - 1.0 / 16384.0 / 8192.0; // 0xbe2aaaa3, 2^-27
export let half: f64 = 0.5;
export let one: f32 = 1;
export let signBit: i32 = 0x80000000;

/** cos x - 1, for z = x * x. */
// @ts-ignore: decorator
@inline
function cosineLessOne(z: v128): v128 {
  let c = cutToFloat(horner64(f64x2.splat(cos2), z, f64x2.splat(cos1)));
  c = cutToFloat(horner64(c, z, f64x2.splat(cos0)));
  return f64x2.mul(f64x2.sub(roundToFloat(f64x2.mul(c, z)), f64x2.splat(half)), z);
}

// @ts-ignore: decorator
@inline
function sine(x: v128, z: v128): v128 {
  let s = cutToFloat(horner64(f64x2.splat(sin2), z, f64x2.splat(sin1)));
  s = cutToFloat(horner64(s, z, f64x2.splat(sin0)));
  return horner64(roundToFloat(f64x2.mul(s, z)), x, x);
}

/** The angle less the nearest quarters of a turn, |x| <= pi/4. */
// @ts-ignore: decorator
@inline
function reduce(k: v128, quarters: v128): v128 {
  const angle = f32x4.mul(f32x4.convert_i32x4_s(k), f32x4.splat(wordAngle));
  const upper = f32x4.add(angle, f32x4.mul(quarters, f32x4.splat(quarterHigh)));
  const middle = f32x4.add(upper, f32x4.mul(quarters, f32x4.splat(quarterMiddle)));
  return f32x4.add(middle, f32x4.mul(quarters, f32x4.splat(quarterLow)));
}

/** Stores r * cos where r lies, and r * sin. */
// @ts-ignore: decorator
@inline
function turn(word: v128, at: usize, sineAt: usize): void {
  const k = v128.and(word, i32x4.splat(low24));
  // Bits 22 and up count the quarters.
  const t = i32x4.add(k, i32x4.splat(eighthWords));
  const x = reduce(k, f32x4.convert_i32x4_s(i32x4.shr_u(t, 22)));
  const z = f32x4.mul(x, x);
  const zLow = promoteLow(z), zHigh = promoteHigh(z);
  const c = f32x4.add(demote(cosineLessOne(zLow), cosineLessOne(zHigh)), f32x4.splat(one));
  const s = demote(sine(promoteLow(x), zLow), sine(promoteHigh(x), zHigh));
  // After an odd number of quarters sine and cosine are swapped.
  const swap = v128.and(v128.xor(c, s), i32x4.shr_s(i32x4.shl(t, 9), 31));
  const minus = i32x4.splat(signBit);
  const sineSign = v128.and(i32x4.shl(t, 8), minus);
  const cosineSign = v128.and(i32x4.shl(i32x4.add(t, i32x4.splat(quarterWords)), 8), minus);
  const r = v128.load(at);
  v128.store(at, f32x4.mul(r, v128.xor(v128.xor(c, swap), cosineSign)));
  v128.store(sineAt, f32x4.mul(r, v128.xor(v128.xor(s, swap), sineSign)));
}

/** Makes normals of the last eight words of each block and the eight radii that dst has for it; dst may be `words`. */
export function turnRadii(words: usize, dst: usize, blocks: i32): void {
  const end = words + (<usize>blocks << BLOCK_BYTES_LOG2);
  do {
    const first = v128.load(words, 32), second = v128.load(words, 48);
    turn(first, dst, dst + 32);
    turn(second, dst + 16, dst + 48);
    words += BLOCK_BYTES;
    dst += BLOCK_BYTES;
  } while (words != end);
}
