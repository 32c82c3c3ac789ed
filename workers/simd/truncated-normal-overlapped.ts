// The truncated normal of one tile and the words of the next in one loop. A transform is bound by what may wait in a processor's
// window, and the integer units that are idle meanwhile can make words; but separate passes do not overlap by themselves: they are
// longer than the window.
//
// Words go from integer registers to memory as they are, two stores in the place of the four instructions that join them in a vector.
// They become x one group ahead of their transform, so that nothing of a group waits for that. The order below was the best of thirty
// on an EPYC of Zen 4, in cycles an element in the cache, with Node 20 and 24: 2.84 and 2.64; all words first 2.97 and 2.86; words
// converted with their own group 2.91 and 2.75; words joined in vectors and converted at once, one vector of the transform after the
// other, 2.98 and 3.38; lanes in vector registers, which take the transform's room, 3.2 to 3.5. (Intel Emerald Rapids: 2.64 and 2.51;
// joined and one after the other 2.80 and 2.99.)
//
// Four lanes at a time, two steps to a group: eight run out of integer registers.

import { GROUP_BYTES, GROUP_BYTES_LOG2 } from "./group";
import { horner } from "./horner";
import { first01, first23, first45, first67, join, second01, second23, second45, second67 } from "./lane-states";
import { finish, one, p0, p1, p2, p3, p4, q0, q1, q2, q3 } from "./truncated-normal";
import { latticeBits, latticeHalf, toCentred, UNIT } from "./uniform";
import { nextFirst64, nextSecond64 } from "./xoroshiro";

/**
 * Four lanes, lower or upper, make their half of the groups from `to` to `end`, while half as many groups from `at` on are
 * transformed, and as many from the one after it on become x.
 */
// @ts-ignore: decorator
@inline
function overlap(upper: bool, at: usize, to: usize, end: usize, scale: f32, std: f32, mean: f32, addMean: bool): void {
  const ones = f32x4.splat(one);
  const cp$k = f32x4.splat(p$k); // $k: 4..0
  const cq$k = f32x4.splat(q$k); // $k: 3..0
  const stds = f32x4.splat(std), means = f32x4.splat(mean);
  const lattice = latticeBits(), halves = latticeHalf(), scales = f32x4.splat(scale * UNIT);
  const firstA = upper ? first45 : first01, secondA = upper ? second45 : second01;
  const firstB = upper ? first67 : first23, secondB = upper ? second67 : second23;
  let a0 = i64x2.extract_lane(firstA, 0), b0 = i64x2.extract_lane(secondA, 0);
  let a1 = i64x2.extract_lane(firstA, 1), b1 = i64x2.extract_lane(secondA, 1);
  let a2 = i64x2.extract_lane(firstB, 0), b2 = i64x2.extract_lane(secondB, 0);
  let a3 = i64x2.extract_lane(firstB, 1), b3 = i64x2.extract_lane(secondB, 1);
  do {
    store<i64>(to, a0 + b0);
    b0 ^= a0;
    a0 = nextFirst64(a0, b0);
    b0 = nextSecond64(b0);
    const x$ = v128.load(at, $offset);
    const s$ = f32x4.sub(ones, f32x4.mul(x$, x$));
    // Loads, then stores, two and two: so V8's revectorizer joins them too (1.9 cycles an element where it is on, else 2.6).
    const u64 = v128.load(at, 64), u80 = v128.load(at, 80);
    const v64 = toCentred(u64, lattice, halves, scales), v80 = toCentred(u80, lattice, halves, scales);
    v128.store(at, v64, 64);
    v128.store(at, v80, 80);
    store<i64>(to, a1 + b1, 8);
    b1 ^= a1;
    a1 = nextFirst64(a1, b1);
    b1 = nextSecond64(b1);
    let p$ = horner(cp4, s$, cp3);
    let q$ = f32x4.add(s$, cq3);
    store<i64>(to, a2 + b2, 16);
    b2 ^= a2;
    a2 = nextFirst64(a2, b2);
    b2 = nextSecond64(b2);
    const u96 = v128.load(at, 96), u112 = v128.load(at, 112);
    const v96 = toCentred(u96, lattice, halves, scales), v112 = toCentred(u112, lattice, halves, scales);
    v128.store(at, v96, 96);
    v128.store(at, v112, 112);
    p$ = horner(p$, s$, cp2); q$ = horner(q$, s$, cq2);
    store<i64>(to, a3 + b3, 24);
    b3 ^= a3;
    a3 = nextFirst64(a3, b3);
    b3 = nextSecond64(b3);
    p$ = horner(p$, s$, cp1); q$ = horner(q$, s$, cq1);
    store<i64>(to, a0 + b0, 64);
    b0 ^= a0;
    a0 = nextFirst64(a0, b0);
    b0 = nextSecond64(b0);
    p$ = horner(p$, s$, cp0); q$ = horner(q$, s$, cq0);
    store<i64>(to, a1 + b1, 72);
    b1 ^= a1;
    a1 = nextFirst64(a1, b1);
    b1 = nextSecond64(b1);
    // x is read again: there are no registers left to keep it.
    const n$ = f32x4.mul(v128.load(at, $offset), p$);
    const z$ = f32x4.div(n$, q$);
    store<i64>(to, a2 + b2, 80);
    b2 ^= a2;
    a2 = nextFirst64(a2, b2);
    b2 = nextSecond64(b2);
    store<i64>(to, a3 + b3, 88);
    b3 ^= a3;
    a3 = nextFirst64(a3, b3);
    b3 = nextSecond64(b3);
    v128.store(at, finish(z$, stds, means, addMean), $offset);
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

// The group that a half's last step makes x is complete: the first of the tile's other half, or of the next tile, whose first words are
// of the step before.
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
 * Transforms `groups` groups from `at` on as truncatedNormal does, and makes the words of the `ahead` groups after them as fillWords
 * does. Before, the first group already holds x, and the `ahead` - 1 after it words; afterwards so do those that were made. `groups` is a multiple
 * of `ahead`, which is even and more than 2.
 */
export function truncatedNormalOverlapped(at: usize, groups: i32, ahead: i32, scale: f32, std: f32, mean: f32): void {
  overlapTiles(at, groups, ahead, scale, std, mean, true);
}

/** The same with the transform of truncatedNormalCentred. */
export function truncatedNormalCentredOverlapped(at: usize, groups: i32, ahead: i32, scale: f32, std: f32): void {
  overlapTiles(at, groups, ahead, scale, std, 0, false);
}
