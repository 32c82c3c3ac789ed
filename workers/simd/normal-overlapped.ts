// The normal of one tile and the words of the next in one loop, as in truncated-normal-overlapped.ts. A group's roots are taken a group
// ahead: with root, polynomials and quotient one after the other, a processor's window does not reach from one group to the next.
// The middle's values of a group with a word of the end are made and thrown away, so that the branch waits for nothing. Cycles an element in
// the cache of an EPYC of Zen 4, with Node 20 and 24: 5.7 and 4.4; words and transform one after the other 5.8 and 5.0; without the root
// ahead 6.1 and 4.5.

import { GROUP_BYTES, GROUP_BYTES_LOG2 } from "./group";
import { horner } from "./horner";
import { first01, first23, first45, first67, join, second01, second23, second45, second67 } from "./lane-states";
import {
  endWords, finish, fromCentre, halfStep, halfWords, largestInt, middleP0, middleP1, middleP2, middleP3, middleP4, middleP5,
  middleQ0, middleQ1, middleQ2, middleQ3, normaliseEndGroup, scaledRoot, signBit,
} from "./normal";
import { nextFirst64, nextSecond64 } from "./xoroshiro";

/** Four lanes, lower or upper, make their half of the groups from `to` to `stop`, while half as many groups from `at` on are transformed. */
// @ts-ignore: decorator
@inline
function overlap(upper: bool, at: usize, to: usize, stop: usize, std: f32, mean: f32): void {
  const halfSteps = f32x4.splat(halfStep), halfWordCounts = f32x4.splat(halfWords);
  const largest = i32x4.splat(largestInt), ends = i32x4.splat(endWords), signs = i32x4.splat(signBit);
  const cp$k = f32x4.splat(middleP$k); // $k: 5..0
  const cq$k = f32x4.splat(middleQ$k); // $k: 3..0
  const stds = f32x4.splat(std), means = f32x4.splat(mean);
  const firstA = upper ? first45 : first01, secondA = upper ? second45 : second01;
  const firstB = upper ? first67 : first23, secondB = upper ? second67 : second23;
  let a0 = i64x2.extract_lane(firstA, 0), b0 = i64x2.extract_lane(secondA, 0);
  let a1 = i64x2.extract_lane(firstA, 1), b1 = i64x2.extract_lane(secondA, 1);
  let a2 = i64x2.extract_lane(firstB, 0), b2 = i64x2.extract_lane(secondB, 0);
  let a3 = i64x2.extract_lane(firstB, 1), b3 = i64x2.extract_lane(secondB, 1);
  const f$ = fromCentre(v128.load(at, $offset));
  const e$ = v128.xor(f$, largest);
  let r$ = scaledRoot(f32x4.convert_i32x4_s(f$), e$, halfWordCounts);
  let isEnd = v128.any_true(i32x4.lt_s(i32x4.min_s(i32x4.min_s(ea, eb), i32x4.min_s(ec, ed)), ends));
  do {
    let p$ = horner(cp5, r$, cp4);
    p$ = horner(p$, r$, cp3);
    let q$ = f32x4.add(r$, cq3);
    store<i64>(to, a0 + b0);
    b0 ^= a0;
    a0 = nextFirst64(a0, b0);
    b0 = nextSecond64(b0);
    p$ = horner(p$, r$, cp2); q$ = horner(q$, r$, cq2);
    store<i64>(to, a1 + b1, 8);
    b1 ^= a1;
    a1 = nextFirst64(a1, b1);
    b1 = nextSecond64(b1);
    p$ = horner(p$, r$, cp1); q$ = horner(q$, r$, cq1);
    store<i64>(to, a2 + b2, 16);
    b2 ^= a2;
    a2 = nextFirst64(a2, b2);
    b2 = nextSecond64(b2);
    p$ = horner(p$, r$, cp0); q$ = horner(q$, r$, cq0);
    store<i64>(to, a3 + b3, 24);
    b3 ^= a3;
    a3 = nextFirst64(a3, b3);
    b3 = nextSecond64(b3);
    store<i64>(to, a0 + b0, 64);
    b0 ^= a0;
    a0 = nextFirst64(a0, b0);
    b0 = nextSecond64(b0);
    // The next group: its roots, and whether it has a word of the end.
    const next = at + GROUP_BYTES;
    const m$ = fromCentre(v128.load(next, $offset));
    const d$ = v128.xor(m$, largest);
    const nearest = i32x4.min_s(i32x4.min_s(da, db), i32x4.min_s(dc, dd));
    const isNextEnd = v128.any_true(i32x4.lt_s(nearest, ends));
    r$ = scaledRoot(f32x4.convert_i32x4_s(m$), d$, halfWordCounts);
    store<i64>(to, a1 + b1, 72);
    b1 ^= a1;
    a1 = nextFirst64(a1, b1);
    b1 = nextSecond64(b1);
    // c is made again: there are no registers left to keep it.
    const c$ = f32x4.convert_i32x4_s(fromCentre(v128.load(at, $offset)));
    const n$ = f32x4.mul(f32x4.add(c$, halfSteps), p$);
    store<i64>(to, a2 + b2, 80);
    b2 ^= a2;
    a2 = nextFirst64(a2, b2);
    b2 = nextSecond64(b2);
    const z$ = f32x4.div(n$, q$);
    store<i64>(to, a3 + b3, 88);
    b3 ^= a3;
    a3 = nextFirst64(a3, b3);
    b3 = nextSecond64(b3);
    if (isEnd) {
      normaliseEndGroup(at, std, mean);
    } else {
      v128.store(at, finish(z$, v128.load(at, $offset), signs, stds, means), $offset);
    }
    isEnd = isNextEnd;
    at = next;
    to += 128;
  } while (to != stop);
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

/**
 * Transforms `groups` groups of words from `at` on as normal does, and makes the `ahead` groups of words after them as fillWords does. The
 * first `ahead` groups already hold words; `groups` is a multiple of `ahead`, which is even and more than 2.
 */
export function normalOverlapped(at: usize, groups: i32, ahead: i32, std: f32, mean: f32): void {
  const tile = <usize>ahead << GROUP_BYTES_LOG2;
  const end = at + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const next = at + tile;
    overlap(false, at, next, next + tile, std, mean);
    overlap(true, at + (tile >> 1), next + 32, next + tile + 32, std, mean);
    at = next;
  } while (at != end);
}
