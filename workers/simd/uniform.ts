// Uniform float32: src/domain/kernels/uniform.ts is the specification.

import { GROUP_BYTES, GROUP_BYTES_LOG2 } from "./group";
import { first01, first23, first45, first67, join, second01, second23, second45, second67 } from "./lane-states";
import { nextFirst64, nextFirstWord, nextSecond64, nextSecondWord } from "./xoroshiro";

/** The unit of the lattice in a word whose lower bits are cleared. */
export const UNIT: f32 = 0.00390625; // 2^-8

// What `fill` stores for a word; each makes an instance of its loop.
const CENTRED: i32 = 0; // m * scale
const SHIFTED: i32 = 1; // centre + m * scale
const BOUNDED: i32 = 2; // the same, within [low, high]
const WORD: i32 = 3; // the word itself

/** The 24 upper bits of a word: k in [-2^23, 2^23), times 2^8. */
// @ts-ignore: decorator
@inline
export function latticeBits(): v128 {
  return i32x4.splat(0xffffff00);
}

/** 1/2 in the same unit. */
// @ts-ignore: decorator
@inline
export function latticeHalf(): v128 {
  return i32x4.splat(0x80);
}

/**
 * m * scale for four words, m = (word >> 8) + 0.5; `scales` is scale * 2^-8. 2^8 m is an odd number of 24 bits and a sign times 2^7, so it
 * is exact as a float32. Logic runs on more of a processor's ports than a shift and an addition.
 */
// @ts-ignore: decorator
@inline
export function toCentred(word: v128, lattice: v128, halves: v128, scales: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(v128.or(v128.and(word, lattice), halves)), scales);
}

/** The float32 values of four words. */
// @ts-ignore: decorator
@inline
function toUniform(
  output: i32, word: v128, lattice: v128, halves: v128, scales: v128, centre: v128, low: v128, high: v128,
): v128 {
  if (output == WORD) return word;
  const spread = toCentred(word, lattice, halves, scales);
  if (output == CENTRED) return spread;
  const value = f32x4.add(centre, spread);
  if (output == SHIFTED) return value;
  // pmin and pmax are one instruction each on x64, min and max are several; they differ on NaN and on zeros of both
  // signs only, and neither a bound nor a value is -0: the centre is not.
  return f32x4.pmin(high, f32x4.pmax(low, value));
}

// All eight lanes at once, their chains hiding one another's latency: 0 to 5 in vector registers, 6 and 7 in integer registers, whose
// units would idle otherwise. Cycles an element about 0, in the cache of an EPYC of Zen 4, Node 20 and 24: 0.92 and 0.88; with no
// integer lanes 1.00 and 0.93, with four 1.08 and 1.02. (Intel Emerald Rapids: 1.03 and 1.04; with none 1.13 and 1.15.) Step by step,
// not vector by vector, so that neighbours do not wait for one another: neither the compiler (build.mjs) nor V8's newer pipeline, in
// Node 24, moves statements. The loop tests at its end because the older pipeline moves constants out of such a loop only.
// Instead of storing, the loop may compare: `seen` has the bits in which the memory differs.
// @ts-ignore: decorator
@inline
function run(
  compares: bool, output: i32, dst: usize, groups: i32, scale: f32, centre: f32, low: f32, high: f32,
): v128 {
  const lattice = latticeBits(), halves = latticeHalf(), scales = f32x4.splat(scale * UNIT), centres = f32x4.splat(centre);
  const lows = f32x4.splat(low), highs = f32x4.splat(high);
  let s0 = first01, t0 = second01;
  let s1 = first23, t1 = second23;
  let s2 = first45, t2 = second45;
  let a6 = i64x2.extract_lane(first67, 0), b6 = i64x2.extract_lane(second67, 0);
  let a7 = i64x2.extract_lane(first67, 1), b7 = i64x2.extract_lane(second67, 1);
  let seen = i64x2.splat(0);
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
    const va = toUniform(output, word0, lattice, halves, scales, centres, lows, highs);
    if (compares) seen = v128.or(seen, v128.xor(v128.load(dst), va));
    else v128.store(dst, va);
    const vb = toUniform(output, word1, lattice, halves, scales, centres, lows, highs);
    if (compares) seen = v128.or(seen, v128.xor(v128.load(dst, 16), vb));
    else v128.store(dst, vb, 16);
    const vc = toUniform(output, word2, lattice, halves, scales, centres, lows, highs);
    if (compares) seen = v128.or(seen, v128.xor(v128.load(dst, 32), vc));
    else v128.store(dst, vc, 32);
    const vd = toUniform(output, join(word6, word7), lattice, halves, scales, centres, lows, highs);
    if (compares) seen = v128.or(seen, v128.xor(v128.load(dst, 48), vd));
    else v128.store(dst, vd, 48);
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
  return seen;
}

// @ts-ignore: decorator
@inline
function fill(output: i32, dst: usize, groups: i32, scale: f32, centre: f32, low: f32, high: f32): void {
  run(false, output, dst, groups, scale, centre, low, high);
}

/** Whether the memory has other bytes than the fill would store. */
// @ts-ignore: decorator
@inline
function differs(output: i32, dst: usize, groups: i32, scale: f32, centre: f32, low: f32, high: f32): bool {
  return v128.any_true(run(true, output, dst, groups, scale, centre, low, high));
}

/**
 * m * scale. The same bytes as fillUniform when centre is +0, no bound can be reached, and m * scale is never -0: a
 * positive scale of 2^-148 or more, as |m| is at least 1/2 (a product that underflows to -0 would become +0 there). Here and below, scale
 * is 0, or 2^-100 or more: times 2^-8 it loses no bit.
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

/** Whether the memory has other bytes than fillUniformCentred would store. */
export function differsFromUniformCentred(dst: usize, groups: i32, scale: f32): bool {
  return differs(CENTRED, dst, groups, scale, 0, 0, 0);
}

/** The same for fillUniformShifted. */
export function differsFromUniformShifted(dst: usize, groups: i32, scale: f32, centre: f32): bool {
  return differs(SHIFTED, dst, groups, scale, centre, 0, 0);
}

/** The same for fillUniform. */
export function differsFromUniform(dst: usize, groups: i32, scale: f32, centre: f32, low: f32, high: f32): bool {
  return differs(BOUNDED, dst, groups, scale, centre, low, high);
}
