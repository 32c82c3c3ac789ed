// Normal float32 truncated at two standard deviations: src/domain/kernels/truncated-normal.ts is the specification. Its
// bound on z never acts (the test of the specification goes over every word), so there is none here: 2.6 ms of 50.

import { GROUP_BYTES_LOG2 } from "./group";
import { horner } from "./horner";

// The host sets the coefficients to the specification's numbers. All are variables, read once before a loop, because the
// optimiser copies a constant to each of its uses, and V8's newer pipeline (in Node 24) then makes it anew in each
// iteration: 74 against 55 ms.
export let one: f32 = 1;
/** z = x * P(s) / Q(s), highest degree first; Q is monic. */
export let p4: f32 = 0;
export let p3: f32 = 0;
export let p2: f32 = 0;
export let p1: f32 = 0;
export let p0: f32 = 0;
export let q3: f32 = 0;
export let q2: f32 = 0;
export let q1: f32 = 0;
export let q0: f32 = 0;

/** z to the standard deviation and mean asked for. */
// @ts-ignore: decorator
@inline
function finish(z: v128, std: v128, mean: v128, addMean: bool): v128 {
  const value = f32x4.mul(std, z);
  return addMean ? f32x4.add(mean, value) : value;
}

// s = 1 - x*x, z = x * P(s) / Q(s), for the four vectors of a group side by side: one or two at a time wait for each other's
// results (as a pass of its own after the fill, 57 and 55 ms against 48). Carrying half of the work to the next iteration
// (software pipelining) gains nothing measurable.
// @ts-ignore: decorator
@inline
export function normaliseGroup(
  at: usize, ones: v128, cp4: v128, cp3: v128, cp2: v128, cp1: v128, cp0: v128, cq3: v128, cq2: v128, cq1: v128, cq0: v128,
  stds: v128, means: v128, addMean: bool,
): void {
  const xa = v128.load(at), xb = v128.load(at, 16), xc = v128.load(at, 32), xd = v128.load(at, 48);
  const sa = f32x4.sub(ones, f32x4.mul(xa, xa)), sb = f32x4.sub(ones, f32x4.mul(xb, xb));
  const sc = f32x4.sub(ones, f32x4.mul(xc, xc)), sd = f32x4.sub(ones, f32x4.mul(xd, xd));
  let pa = horner(cp4, sa, cp3), pb = horner(cp4, sb, cp3), pc = horner(cp4, sc, cp3), pd = horner(cp4, sd, cp3);
  let qa = f32x4.add(sa, cq3), qb = f32x4.add(sb, cq3), qc = f32x4.add(sc, cq3), qd = f32x4.add(sd, cq3);
  pa = horner(pa, sa, cp2);
  pb = horner(pb, sb, cp2);
  pc = horner(pc, sc, cp2);
  pd = horner(pd, sd, cp2);
  qa = horner(qa, sa, cq2);
  qb = horner(qb, sb, cq2);
  qc = horner(qc, sc, cq2);
  qd = horner(qd, sd, cq2);
  pa = horner(pa, sa, cp1);
  pb = horner(pb, sb, cp1);
  pc = horner(pc, sc, cp1);
  pd = horner(pd, sd, cp1);
  qa = horner(qa, sa, cq1);
  qb = horner(qb, sb, cq1);
  qc = horner(qc, sc, cq1);
  qd = horner(qd, sd, cq1);
  pa = horner(pa, sa, cp0);
  pb = horner(pb, sb, cp0);
  pc = horner(pc, sc, cp0);
  pd = horner(pd, sd, cp0);
  qa = horner(qa, sa, cq0);
  qb = horner(qb, sb, cq0);
  qc = horner(qc, sc, cq0);
  qd = horner(qd, sd, cq0);
  // x is read a second time rather than kept, for want of registers.
  const za = f32x4.div(f32x4.mul(v128.load(at), pa), qa), zb = f32x4.div(f32x4.mul(v128.load(at, 16), pb), qb);
  const zc = f32x4.div(f32x4.mul(v128.load(at, 32), pc), qc), zd = f32x4.div(f32x4.mul(v128.load(at, 48), pd), qd);
  v128.store(at, finish(za, stds, means, addMean));
  v128.store(at, finish(zb, stds, means, addMean), 16);
  v128.store(at, finish(zc, stds, means, addMean), 32);
  v128.store(at, finish(zd, stds, means, addMean), 48);
}

// A pass of its own over what fillUniformCentred has made, for what truncatedNormalOverlapped leaves.
// @ts-ignore: decorator
@inline
function normalise(at: usize, groups: i32, std: f32, mean: f32, addMean: bool): void {
  const ones = f32x4.splat(one);
  const cp4 = f32x4.splat(p4), cp3 = f32x4.splat(p3), cp2 = f32x4.splat(p2);
  const cp1 = f32x4.splat(p1), cp0 = f32x4.splat(p0);
  const cq3 = f32x4.splat(q3), cq2 = f32x4.splat(q2), cq1 = f32x4.splat(q1), cq0 = f32x4.splat(q0);
  const stds = f32x4.splat(std), means = f32x4.splat(mean);
  const end = at + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    normaliseGroup(at, ones, cp4, cp3, cp2, cp1, cp0, cq3, cq2, cq1, cq0, stds, means, addMean);
    at += 64;
  } while (at != end);
}

/** x = m * erf(sqrt 2) * 2^-23, in place, to mean + std * z with z of the standard normal distribution truncated at two deviations. */
export function truncatedNormal(at: usize, groups: i32, std: f32, mean: f32): void {
  normalise(at, groups, std, mean, true);
}

/** The same with mean +0; std must be 2^-100 or more, so that no product underflows to -0. */
export function truncatedNormalCentred(at: usize, groups: i32, std: f32): void {
  normalise(at, groups, std, 0, false);
}
