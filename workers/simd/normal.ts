// Normal float32: src/domain/kernels/normal.ts is the specification.

import { GROUP_BYTES, GROUP_BYTES_LOG2 } from "./group";
import { horner } from "./horner";

// The host sets the numbers. They are variables for the reason given in truncated-normal.ts.
/** Middle: z = x * P(r) / Q(r), highest degree first; Q is monic. */
export let middleP$k: f32 = 0; // $k: 5..0
export let middleQ$k: f32 = 0; // $k: 3..0
/** End: z = P(W) / Q(W). */
export let endP$k: f32 = 0; // $k: 3..0
export let endQ$k: f32 = 0; // $k: 2..0
/** 1 - log2(1.5 + t). */
export let log$k: f32 = 0; // $k: 6..0

export let halfStep: f32 = 0.5;
export let halfWords: f32 = 2147483648;
export let largestInt: i32 = 0x7fffffff;
export let endWords: i32 = 3 << 20;
export let signBit: i32 = 0x80000000;

/** n: the word, or its complement where it is negative. */
// @ts-ignore: decorator
@inline
export function fromCentre(word: v128): v128 {
  return v128.xor(word, i32x4.shr_s(word, 31));
}

/** sqrt(1 - x^2) times 2^31. */
// @ts-ignore: decorator
@inline
export function scaledRoot(c: v128, d: v128, halfWordCounts: v128): v128 {
  return f32x4.sqrt(f32x4.mul(f32x4.convert_i32x4_s(d), f32x4.add(c, halfWordCounts)));
}

// @ts-ignore: decorator
@inline
function middleQuantile(n: v128, d: v128): v128 {
  const c = f32x4.convert_i32x4_s(n);
  const r = scaledRoot(c, d, f32x4.splat(halfWords));
  let p = horner(f32x4.splat(middleP5), r, f32x4.splat(middleP4));
  p = horner(p, r, f32x4.splat(middleP$k)); // $k: 3..0
  let q = f32x4.add(r, f32x4.splat(middleQ3));
  q = horner(q, r, f32x4.splat(middleQ$k)); // $k: 2..0
  return f32x4.div(f32x4.mul(f32x4.add(c, f32x4.splat(halfStep)), p), q);
}

// @ts-ignore: decorator
@inline
function endQuantile(d: v128): v128 {
  const e = f32x4.add(f32x4.convert_i32x4_s(d), f32x4.splat(halfStep));
  const mantissa = v128.or(v128.and(e, i32x4.splat(0x7fffff)), i32x4.splat(0x3f800000));
  const t = f32x4.sub(mantissa, f32x4.splat(1.5));
  let g = horner(f32x4.splat(log6), t, f32x4.splat(log5));
  g = horner(g, t, f32x4.splat(log$k)); // $k: 4..0
  const octave = i32x4.shr_u(i32x4.sub(i32x4.splat(((31 + 127) << 23) - 1), e), 23);
  const w = f32x4.add(f32x4.convert_i32x4_s(octave), g);
  let p = horner(f32x4.splat(endP3), w, f32x4.splat(endP2));
  p = horner(p, w, f32x4.splat(endP$k)); // $k: 1..0
  let q = f32x4.add(w, f32x4.splat(endQ2));
  q = horner(q, w, f32x4.splat(endQ$k)); // $k: 1..0
  return f32x4.div(p, q);
}

/** The items whose d is the nearest of its column, if that belongs to the end. */
// @ts-ignore: decorator
@inline
function endLanes(d: v128, nearest: v128, inEnd: v128): v128 {
  return v128.and(i32x4.eq(d, nearest), inEnd);
}

/** d, or where an item is done, a number too large to count. */
// @ts-ignore: decorator
@inline
function without(d: v128, lanes: v128): v128 {
  return v128.or(d, i32x4.shr_u(lanes, 1));
}

// A group with words of the end. There is seldom more than one, so the end piece is computed for the nearest in each column of
// the four vectors, and again only while some are left. Exported so that the optimiser does not inline it into the loop.
export function normaliseEndGroup(at: usize, std: f32, mean: f32): void {
  const largest = i32x4.splat(largestInt), ends = i32x4.splat(endWords), signs = i32x4.splat(signBit);
  const n$ = fromCentre(v128.load(at, $offset));
  let d$ = v128.xor(n$, largest);
  let z$ = middleQuantile(n$, d$);
  let nearest = i32x4.min_s(i32x4.min_s(da, db), i32x4.min_s(dc, dd));
  let inEnd = i32x4.lt_s(nearest, ends);
  let passes = 4; // no column has more words
  do {
    const z = endQuantile(nearest);
    const e$ = endLanes(d$, nearest, inEnd);
    z$ = v128.bitselect(z, z$, e$);
    d$ = without(d$, e$);
    nearest = i32x4.min_s(i32x4.min_s(da, db), i32x4.min_s(dc, dd));
    inEnd = i32x4.lt_s(nearest, ends);
  } while (--passes != 0 && v128.any_true(inEnd));
  const stds = f32x4.splat(std), means = f32x4.splat(mean);
  v128.store(at, finish(z$, v128.load(at, $offset), signs, stds, means), $offset);
}

/**
 * Turns words, in place, into mean + std * z with z from the standard normal distribution; the four vectors of a group side by side. A
 * group with a word of the end (one in 27) is done apart: a logarithm for every word would cost half as much again.
 */
export function normal(at: usize, groups: i32, std: f32, mean: f32): void {
  const halfSteps = f32x4.splat(halfStep), halfWordCounts = f32x4.splat(halfWords);
  const largest = i32x4.splat(largestInt), ends = i32x4.splat(endWords), signs = i32x4.splat(signBit);
  const cp$k = f32x4.splat(middleP$k); // $k: 5..0
  const cq$k = f32x4.splat(middleQ$k); // $k: 3..0
  const stds = f32x4.splat(std), means = f32x4.splat(mean);
  const end = at + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const n$ = fromCentre(v128.load(at, $offset));
    const d$ = v128.xor(n$, largest);
    const nearest = i32x4.min_s(i32x4.min_s(da, db), i32x4.min_s(dc, dd));
    if (v128.any_true(i32x4.lt_s(nearest, ends))) {
      normaliseEndGroup(at, std, mean);
      at += GROUP_BYTES;
      continue;
    }
    const c$ = f32x4.convert_i32x4_s(n$);
    const r$ = scaledRoot(c$, d$, halfWordCounts);
    let p$ = horner(cp5, r$, cp4);
    p$ = horner(p$, r$, cp3);
    let q$ = f32x4.add(r$, cq3);
    p$ = horner(p$, r$, cp$k); q$ = horner(q$, r$, cq$k); // $k: 2..0
    const z$ = f32x4.div(f32x4.mul(f32x4.add(c$, halfSteps), p$), q$);
    v128.store(at, finish(z$, v128.load(at, $offset), signs, stds, means), $offset);
    at += GROUP_BYTES;
  } while (at != end);
}

/** Gives |z| the word's sign, and applies the standard deviation and the mean. */
// @ts-ignore: decorator
@inline
export function finish(z: v128, word: v128, signs: v128, std: v128, mean: v128): v128 {
  return f32x4.add(mean, f32x4.mul(std, v128.or(z, v128.and(word, signs))));
}
