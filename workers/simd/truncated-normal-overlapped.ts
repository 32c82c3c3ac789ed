// The truncated normal of one tile and the words of the next in one loop: 39 ms, where two passes take 45 (Node 24: 42 and 50,
// revectorized 28 and 34, as V8 widens this loop too). A transform is bound by multipliers and adders, and the integer units that are idle
// meanwhile can make words; but separate passes do not overlap by themselves: they are longer than a processor's window.
//
// Four lanes at a time, two steps to a group: eight run out of integer registers (44 ms), two at a time take 41, and all in
// vector registers 47. One step before the transform and one after it, in the order of the stores. Storing the words as they are and
// converting them four groups before their transform would save 1 ms, but need a fill and transforms of its own.

import { GROUP_BYTES, GROUP_BYTES_LOG2 } from "./group";
import { first01, first23, first45, first67, join, second01, second23, second45, second67 } from "./lane-states";
import { normaliseGroup, one, p0, p1, p2, p3, p4, q0, q1, q2, q3 } from "./truncated-normal";
import { half, toCentred } from "./uniform";
import { nextFirst64, nextSecond64 } from "./xoroshiro";

/**
 * Four lanes, lower or upper, make their half of the groups from `to` to `end`, while half as many groups from `at` on are
 * transformed.
 */
// @ts-ignore: decorator
@inline
function overlap(upper: bool, at: usize, to: usize, end: usize, scale: f32, std: f32, mean: f32, addMean: bool): void {
  const ones = f32x4.splat(one);
  const cp$k = f32x4.splat(p$k); // $k: 4..0
  const cq$k = f32x4.splat(q$k); // $k: 3..0
  const stds = f32x4.splat(std), means = f32x4.splat(mean);
  const halves = f32x4.splat(half), scales = f32x4.splat(scale);
  const firstA = upper ? first45 : first01, secondA = upper ? second45 : second01;
  const firstB = upper ? first67 : first23, secondB = upper ? second67 : second23;
  let a0 = i64x2.extract_lane(firstA, 0), b0 = i64x2.extract_lane(secondA, 0);
  let a1 = i64x2.extract_lane(firstA, 1), b1 = i64x2.extract_lane(secondA, 1);
  let a2 = i64x2.extract_lane(firstB, 0), b2 = i64x2.extract_lane(secondB, 0);
  let a3 = i64x2.extract_lane(firstB, 1), b3 = i64x2.extract_lane(secondB, 1);
  do {
    const word0 = a0 + b0, word1 = a1 + b1;
    b0 ^= a0;
    b1 ^= a1;
    a0 = nextFirst64(a0, b0);
    a1 = nextFirst64(a1, b1);
    b0 = nextSecond64(b0);
    b1 = nextSecond64(b1);
    v128.store(to, toCentred(join(word0, word1), halves, scales));
    const word2 = a2 + b2, word3 = a3 + b3;
    b2 ^= a2;
    b3 ^= a3;
    a2 = nextFirst64(a2, b2);
    a3 = nextFirst64(a3, b3);
    b2 = nextSecond64(b2);
    b3 = nextSecond64(b3);
    v128.store(to, toCentred(join(word2, word3), halves, scales), 16);
    normaliseGroup(at, ones, cp4, cp3, cp2, cp1, cp0, cq3, cq2, cq1, cq0, stds, means, addMean);
    const later0 = a0 + b0, later1 = a1 + b1;
    b0 ^= a0;
    b1 ^= a1;
    a0 = nextFirst64(a0, b0);
    a1 = nextFirst64(a1, b1);
    b0 = nextSecond64(b0);
    b1 = nextSecond64(b1);
    v128.store(to, toCentred(join(later0, later1), halves, scales), 64);
    const later2 = a2 + b2, later3 = a3 + b3;
    b2 ^= a2;
    b3 ^= a3;
    a2 = nextFirst64(a2, b2);
    a3 = nextFirst64(a3, b3);
    b2 = nextSecond64(b2);
    b3 = nextSecond64(b3);
    v128.store(to, toCentred(join(later2, later3), halves, scales), 80);
    at += GROUP_BYTES;
    to += 128;
  } while (to != end);
  if (upper) {
    first45 = join(a0, a1);
    second45 = join(b0, b1);
    first67 = join(a2, a3);
    second67 = join(b2, b3);
  } else {
    first01 = join(a0, a1);
    second01 = join(b0, b1);
    first23 = join(a2, a3);
    second23 = join(b2, b3);
  }
}

// @ts-ignore: decorator
@inline
function overlapTiles(at: usize, groups: i32, ahead: i32, scale: f32, std: f32, mean: f32, addMean: bool): void {
  const tile = <usize>ahead << GROUP_BYTES_LOG2;
  const end = at + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const next = at + tile;
    overlap(false, at, next, next + tile, scale, std, mean, addMean);
    overlap(true, at + (tile >> 1), next + 32, next + tile + 32, scale, std, mean, addMean);
    at = next;
  } while (at != end);
}

/**
 * Transforms `groups` groups of x from `at` on as truncatedNormal does, and makes the `ahead` groups of x after them as
 * fillUniformCentred does. The first `ahead` groups already hold x; `groups` is a multiple of `ahead`, which is even.
 */
export function truncatedNormalOverlapped(at: usize, groups: i32, ahead: i32, scale: f32, std: f32, mean: f32): void {
  overlapTiles(at, groups, ahead, scale, std, mean, true);
}

/** The same with the transform of truncatedNormalCentred: 2 ms less. */
export function truncatedNormalCentredOverlapped(at: usize, groups: i32, ahead: i32, scale: f32, std: f32): void {
  overlapTiles(at, groups, ahead, scale, std, 0, false);
}
