// Normal float32 truncated at two standard deviations: src/domain/kernels/truncated-normal.ts is the specification. Its
// bound on z never acts (the specification's test tries every word), so it is left out: that saves 2.6 ms of 50.

import { GROUP_BYTES, GROUP_BYTES_LOG2 } from "./group";
import { horner } from "./horner";
import { latticeBits, latticeHalf, toCentred, UNIT } from "./uniform";

// The host sets the coefficients to the specification's numbers. They are variables, read once before a loop, because the
// optimiser copies a constant to each of its uses, and V8's newer pipeline (in Node 24) then rebuilds it in each iteration: 74
// against 55 ms.
export let one: f32 = 1;
/** z = x * P(s) / Q(s), highest degree first; Q is monic. */
export let p$k: f32 = 0; // $k: 4..0
export let q$k: f32 = 0; // $k: 3..0

/** Applies the standard deviation and the mean to z. */
// @ts-ignore: decorator
@inline
export function finish(z: v128, std: v128, mean: v128, addMean: bool): v128 {
  const value = f32x4.mul(std, z);
  return addMean ? f32x4.add(mean, value) : value;
}

// s = 1 - x*x, z = x * P(s) / Q(s), for the four vectors of a group side by side: one or two at a time would wait for their own results. A
// separate pass over the values of fillUniformCentred, for the groups that truncatedNormalOverlapped leaves.
// @ts-ignore: decorator
@inline
function normalise(at: usize, groups: i32, std: f32, mean: f32, addMean: bool): void {
  const ones = f32x4.splat(one);
  const cp$k = f32x4.splat(p$k); // $k: 4..0
  const cq$k = f32x4.splat(q$k); // $k: 3..0
  const stds = f32x4.splat(std), means = f32x4.splat(mean);
  const end = at + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const x$ = v128.load(at, $offset);
    const s$ = f32x4.sub(ones, f32x4.mul(x$, x$));
    let p$ = horner(cp4, s$, cp3);
    let q$ = f32x4.add(s$, cq3);
    p$ = horner(p$, s$, cp$k); q$ = horner(q$, s$, cq$k); // $k: 2..0
    // x is read again: there are no registers left to keep it.
    const z$ = f32x4.div(f32x4.mul(v128.load(at, $offset), p$), q$);
    v128.store(at, finish(z$, stds, means, addMean), $offset);
    at += GROUP_BYTES;
  } while (at != end);
}

/** Turns x = m * erf(sqrt 2) * 2^-23, in place, into mean + std * z with z standard normal, truncated at two standard deviations. */
export function truncatedNormal(at: usize, groups: i32, std: f32, mean: f32): void {
  normalise(at, groups, std, mean, true);
}

/** The same for mean +0; std must be at least 2^-100, so that no product underflows to -0. */
export function truncatedNormalCentred(at: usize, groups: i32, std: f32): void {
  normalise(at, groups, std, 0, false);
}

/** Turns words, in place, into the x that fillUniformCentred makes of them. */
export function centreWords(at: usize, groups: i32, scale: f32): void {
  const lattice = latticeBits(), halves = latticeHalf(), scales = f32x4.splat(scale * UNIT);
  const end = at + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    v128.store(at, toCentred(v128.load(at, $offset), lattice, halves, scales), $offset);
    at += GROUP_BYTES;
  } while (at != end);
}
