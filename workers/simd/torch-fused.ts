// Fused multiply-adds of torch's uniform values, in place, k as a float for each element: value = fma(k, scale, low), and `low` instead
// of what reaches `top`. src/domain/torch/fill-uniform.ts is the specification; its `scale` is the range times the spacing of x.

import { GROUP_BYTES, GROUP_BYTES_LOG2 } from "./group";
import { addToOdd } from "./round-to-odd";

// Variables for the reason given in truncated-normal.ts.
/** The bits that a double has beyond a float32, and those bits of a midpoint of two float32. */
export let surplusBits: i64 = 0x1fffffff;
export let midpointBits: i64 = 0x10000000;
/** All but the 27 low bits of a double. */
export let upperBits: i64 = 0xfffffffff8000000;
/** 2^27 + 1: Veltkamp's splitter, which leaves 26 bits on either side. */
export let splitter64: f64 = 134217729;

/** Whether a double lies midway between two float32, perhaps only since it was rounded. */
// @ts-ignore: decorator
@inline
function isMidpoint(s: v128, surplus: v128, midpoint: v128): v128 {
  return i64x2.eq(v128.and(s, surplus), midpoint);
}

/** Doubles of the two high float32. */
// @ts-ignore: decorator
@inline
function promoteHigh(k: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(k, k, 1, 1));
}

/** float32 of four doubles. */
// @ts-ignore: decorator
@inline
function demote(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2);
}

/** Only `low` instead of what reaches `top`, for values that are made already. */
export function replaceFrom(at: usize, groups: i32, top: f32, low: f32): void {
  const tops = f32x4.splat(top), bottoms = f32x4.splat(low);
  const end = at + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const v$ = v128.load(at, $offset);
    v128.store(at, v128.bitselect(bottoms, v$, f32x4.ge(v$, tops)), $offset);
    at += GROUP_BYTES;
  } while (at != end);
}

/** For parameters with which the sum is exact in float64, as the product always is. */
export function addExactly(at: usize, groups: i32, scale: f64, low: f32, top: f32): void {
  const scales = f64x2.splat(scale), lows = f64x2.splat(<f64>low), tops = f32x4.splat(top), bottoms = f32x4.splat(low);
  const end = at + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const k$ = v128.load(at, $offset);
    const s$ = f64x2.add(f64x2.mul(f64x2.promote_low_f32x4(k$), scales), lows);
    const t$ = f64x2.add(f64x2.mul(promoteHigh(k$), scales), lows);
    const v$ = demote(s$, t$);
    v128.store(at, v128.bitselect(bottoms, v$, f32x4.ge(v$, tops)), $offset);
    at += GROUP_BYTES;
  } while (at != end);
}

/** For all others: rounding a sum twice is wrong only on midpoints, and there it is rounded to odd first. */
export function addFused(at: usize, groups: i32, scale: f64, low: f32, top: f32): void {
  const scales = f64x2.splat(scale), lows = f64x2.splat(<f64>low), tops = f32x4.splat(top), bottoms = f32x4.splat(low);
  const surplus = i64x2.splat(surplusBits), midpoint = i64x2.splat(midpointBits);
  const end = at + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const k = v128.load(at);
    const p = f64x2.mul(f64x2.promote_low_f32x4(k), scales), q = f64x2.mul(promoteHigh(k), scales);
    let s = f64x2.add(p, lows), t = f64x2.add(q, lows);
    if (v128.any_true(v128.or(isMidpoint(s, surplus, midpoint), isMidpoint(t, surplus, midpoint)))) {
      s = addToOdd(p, lows);
      t = addToOdd(q, lows);
    }
    const v = demote(s, t);
    v128.store(at, v128.bitselect(bottoms, v, f32x4.ge(v, tops)));
    at += 16;
  } while (at != end);
}

/**
 * k * scale + low, rounded once: Dekker's product, Knuth's sum, and what both lost added to odd. A part of k has 26 or 27 bits, each part
 * of the scale 26: their products are exact.
 */
// @ts-ignore: decorator
@inline
function fuse(k: v128, scale: v128, scaleHigh: v128, scaleLow: v128, low: v128, upper: v128): v128 {
  const kHigh = v128.and(k, upper), kLow = f64x2.sub(k, kHigh);
  const product = f64x2.mul(k, scale);
  const excess = f64x2.sub(f64x2.sub(product, f64x2.mul(kHigh, scaleHigh)), f64x2.mul(kLow, scaleHigh));
  const productLost = f64x2.sub(f64x2.mul(kLow, scaleLow), f64x2.sub(excess, f64x2.mul(kHigh, scaleLow)));
  const sum = f64x2.add(product, low), share = f64x2.sub(sum, product);
  const sumLost = f64x2.add(f64x2.sub(product, f64x2.sub(sum, share)), f64x2.sub(low, share));
  return f64x2.add(sum, addToOdd(sumLost, productLost));
}

/** The same in float64. One vector after the other: side by side, their intermediate results do not stay in registers. */
export function addFused64(at: usize, groups: i32, scale: f64, low: f64, top: f64): void {
  const scales = f64x2.splat(scale), upper = i64x2.splat(upperBits), lows = f64x2.splat(low), tops = f64x2.splat(top);
  const split = f64x2.mul(scales, f64x2.splat(splitter64));
  const scaleHigh = f64x2.sub(split, f64x2.sub(split, scales)), scaleLow = f64x2.sub(scales, scaleHigh);
  const end = at + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const v = fuse(v128.load(at), scales, scaleHigh, scaleLow, lows, upper);
    v128.store(at, v128.bitselect(lows, v, f64x2.ge(v, tops)));
    at += 16;
  } while (at != end);
}
