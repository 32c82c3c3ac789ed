// Normal float64 truncated at two standard deviations: src/domain/kernels/truncated-normal64.ts is the specification.

import { GROUP_BYTES_LOG2 } from "./group";

// The host sets these to the specification's numbers; variables for the reason given in truncated-normal.ts.
export let truncatedOne: f64 = 1;
export let truncatedLine: f64 = 0;
export let truncatedSlope: f64 = 0;
/** P(s) / Q(s), highest degree first; Q is monic. */
export let truncatedP10: f64 = 0;
export let truncatedP9: f64 = 0;
export let truncatedP8: f64 = 0;
export let truncatedP7: f64 = 0;
export let truncatedP6: f64 = 0;
export let truncatedP5: f64 = 0;
export let truncatedP4: f64 = 0;
export let truncatedP3: f64 = 0;
export let truncatedP2: f64 = 0;
export let truncatedP1: f64 = 0;
export let truncatedP0: f64 = 0;
export let truncatedQ9: f64 = 0;
export let truncatedQ8: f64 = 0;
export let truncatedQ7: f64 = 0;
export let truncatedQ6: f64 = 0;
export let truncatedQ5: f64 = 0;
export let truncatedQ4: f64 = 0;
export let truncatedQ3: f64 = 0;
export let truncatedQ2: f64 = 0;
export let truncatedQ1: f64 = 0;
export let truncatedQ0: f64 = 0;

/** One step of Horner's rule. */
// @ts-ignore: decorator
@inline
export function horner(sum: v128, x: v128, coefficient: v128): v128 {
  return f64x2.add(f64x2.mul(sum, x), coefficient);
}

/** s = (1 - u)(1 + u). */
// @ts-ignore: decorator
@inline
function complement(u: v128, ones: v128): v128 {
  return f64x2.mul(f64x2.sub(ones, u), f64x2.add(ones, u));
}

/** (line - slope * s) + p / q. */
// @ts-ignore: decorator
@inline
function excess(s: v128, p: v128, q: v128, lines: v128, slopes: v128): v128 {
  return f64x2.add(f64x2.sub(lines, f64x2.mul(slopes, s)), f64x2.div(p, q));
}

/** z = u + u * ratio, to the standard deviation and mean asked for. */
// @ts-ignore: decorator
@inline
function finish(u: v128, ratio: v128, std: v128, mean: v128, low: v128, high: v128, bounded: bool): v128 {
  const value = f64x2.mul(std, f64x2.add(u, f64x2.mul(u, ratio)));
  return bounded ? f64x2.pmin(high, f64x2.pmax(low, f64x2.add(mean, value))) : value;
}

// @ts-ignore: decorator
@inline
function normalise(at: usize, groups: i32, std: f64, mean: f64, low: f64, high: f64, bounded: bool): void {
  const ones = f64x2.splat(truncatedOne), lines = f64x2.splat(truncatedLine), slopes = f64x2.splat(truncatedSlope);
  const cP10 = f64x2.splat(truncatedP10), cP9 = f64x2.splat(truncatedP9), cP8 = f64x2.splat(truncatedP8);
  const cP7 = f64x2.splat(truncatedP7), cP6 = f64x2.splat(truncatedP6), cP5 = f64x2.splat(truncatedP5);
  const cP4 = f64x2.splat(truncatedP4), cP3 = f64x2.splat(truncatedP3), cP2 = f64x2.splat(truncatedP2);
  const cP1 = f64x2.splat(truncatedP1), cP0 = f64x2.splat(truncatedP0), cQ9 = f64x2.splat(truncatedQ9);
  const cQ8 = f64x2.splat(truncatedQ8), cQ7 = f64x2.splat(truncatedQ7), cQ6 = f64x2.splat(truncatedQ6);
  const cQ5 = f64x2.splat(truncatedQ5), cQ4 = f64x2.splat(truncatedQ4), cQ3 = f64x2.splat(truncatedQ3);
  const cQ2 = f64x2.splat(truncatedQ2), cQ1 = f64x2.splat(truncatedQ1), cQ0 = f64x2.splat(truncatedQ0);
  const stds = f64x2.splat(std), means = f64x2.splat(mean), lows = f64x2.splat(low), highs = f64x2.splat(high);
  const end = at + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const ua = v128.load(at), ub = v128.load(at, 16), uc = v128.load(at, 32), ud = v128.load(at, 48);
    const sa = complement(ua, ones);
    const sb = complement(ub, ones);
    const sc = complement(uc, ones);
    const sd = complement(ud, ones);
    let pa = horner(cP10, sa, cP9), pb = horner(cP10, sb, cP9), pc = horner(cP10, sc, cP9), pd = horner(cP10, sd, cP9);
    let qa = f64x2.add(sa, cQ9), qb = f64x2.add(sb, cQ9), qc = f64x2.add(sc, cQ9), qd = f64x2.add(sd, cQ9);
    pa = horner(pa, sa, cP8);
    pb = horner(pb, sb, cP8);
    pc = horner(pc, sc, cP8);
    pd = horner(pd, sd, cP8);
    qa = horner(qa, sa, cQ8);
    qb = horner(qb, sb, cQ8);
    qc = horner(qc, sc, cQ8);
    qd = horner(qd, sd, cQ8);
    pa = horner(pa, sa, cP7);
    pb = horner(pb, sb, cP7);
    pc = horner(pc, sc, cP7);
    pd = horner(pd, sd, cP7);
    qa = horner(qa, sa, cQ7);
    qb = horner(qb, sb, cQ7);
    qc = horner(qc, sc, cQ7);
    qd = horner(qd, sd, cQ7);
    pa = horner(pa, sa, cP6);
    pb = horner(pb, sb, cP6);
    pc = horner(pc, sc, cP6);
    pd = horner(pd, sd, cP6);
    qa = horner(qa, sa, cQ6);
    qb = horner(qb, sb, cQ6);
    qc = horner(qc, sc, cQ6);
    qd = horner(qd, sd, cQ6);
    pa = horner(pa, sa, cP5);
    pb = horner(pb, sb, cP5);
    pc = horner(pc, sc, cP5);
    pd = horner(pd, sd, cP5);
    qa = horner(qa, sa, cQ5);
    qb = horner(qb, sb, cQ5);
    qc = horner(qc, sc, cQ5);
    qd = horner(qd, sd, cQ5);
    pa = horner(pa, sa, cP4);
    pb = horner(pb, sb, cP4);
    pc = horner(pc, sc, cP4);
    pd = horner(pd, sd, cP4);
    qa = horner(qa, sa, cQ4);
    qb = horner(qb, sb, cQ4);
    qc = horner(qc, sc, cQ4);
    qd = horner(qd, sd, cQ4);
    pa = horner(pa, sa, cP3);
    pb = horner(pb, sb, cP3);
    pc = horner(pc, sc, cP3);
    pd = horner(pd, sd, cP3);
    qa = horner(qa, sa, cQ3);
    qb = horner(qb, sb, cQ3);
    qc = horner(qc, sc, cQ3);
    qd = horner(qd, sd, cQ3);
    pa = horner(pa, sa, cP2);
    pb = horner(pb, sb, cP2);
    pc = horner(pc, sc, cP2);
    pd = horner(pd, sd, cP2);
    qa = horner(qa, sa, cQ2);
    qb = horner(qb, sb, cQ2);
    qc = horner(qc, sc, cQ2);
    qd = horner(qd, sd, cQ2);
    pa = horner(pa, sa, cP1);
    pb = horner(pb, sb, cP1);
    pc = horner(pc, sc, cP1);
    pd = horner(pd, sd, cP1);
    qa = horner(qa, sa, cQ1);
    qb = horner(qb, sb, cQ1);
    qc = horner(qc, sc, cQ1);
    qd = horner(qd, sd, cQ1);
    pa = horner(pa, sa, cP0);
    pb = horner(pb, sb, cP0);
    pc = horner(pc, sc, cP0);
    pd = horner(pd, sd, cP0);
    qa = horner(qa, sa, cQ0);
    qb = horner(qb, sb, cQ0);
    qc = horner(qc, sc, cQ0);
    qd = horner(qd, sd, cQ0);
    // u is read a second time rather than kept, for want of registers.
    v128.store(at, finish(v128.load(at), excess(sa, pa, qa, lines, slopes), stds, means, lows, highs, bounded));
    v128.store(at, finish(v128.load(at, 16), excess(sb, pb, qb, lines, slopes), stds, means, lows, highs, bounded), 16);
    v128.store(at, finish(v128.load(at, 32), excess(sc, pc, qc, lines, slopes), stds, means, lows, highs, bounded), 32);
    v128.store(at, finish(v128.load(at, 48), excess(sd, pd, qd, lines, slopes), stds, means, lows, highs, bounded), 48);
    at += 64;
  } while (at != end);
}

/** u = m * 2^-52, in place, to mean + std * z within [low, high], z of the standard normal distribution truncated at two deviations. */
export function truncatedNormal64(at: usize, groups: i32, std: f64, mean: f64, low: f64, high: f64): void {
  normalise(at, groups, std, mean, low, high, true);
}

/** The same with mean +0, where no bound can act; std must be 2^-900 or more, so that no product underflows to -0. */
export function truncatedNormal64Centred(at: usize, groups: i32, std: f64): void {
  normalise(at, groups, std, 0, 0, 0, false);
}
