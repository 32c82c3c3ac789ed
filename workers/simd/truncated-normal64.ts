// Normal float64 truncated at two standard deviations: src/domain/kernels/truncated-normal64.ts is the specification.

import { GROUP_BYTES, GROUP_BYTES_LOG2 } from "./group";

// The host sets these to the specification's numbers; variables for the reason given in truncated-normal.ts.
export let truncatedOne: f64 = 1;
export let truncatedLine: f64 = 0;
export let truncatedSlope: f64 = 0;
/** P(s) / Q(s), highest degree first; Q is monic. */
export let truncatedP$k: f64 = 0; // $k: 10..0
export let truncatedQ$k: f64 = 0; // $k: 9..0

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

/** Applies the standard deviation and the mean to z = u + u * ratio. */
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
  const cP$k = f64x2.splat(truncatedP$k); // $k: 10..0
  const cQ$k = f64x2.splat(truncatedQ$k); // $k: 9..0
  const stds = f64x2.splat(std), means = f64x2.splat(mean), lows = f64x2.splat(low), highs = f64x2.splat(high);
  const end = at + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const u$ = v128.load(at, $offset);
    const s$ = complement(u$, ones);
    let p$ = horner(cP10, s$, cP9);
    let q$ = f64x2.add(s$, cQ9);
    p$ = horner(p$, s$, cP$k); q$ = horner(q$, s$, cQ$k); // $k: 8..0
    // u is read again: there are no registers left to keep it.
    const r$ = excess(s$, p$, q$, lines, slopes);
    v128.store(at, finish(v128.load(at, $offset), r$, stds, means, lows, highs, bounded), $offset);
    at += GROUP_BYTES;
  } while (at != end);
}

/** Turns u = m * 2^-52, in place, into mean + std * z within [low, high], z standard normal, truncated at two standard deviations. */
export function truncatedNormal64(at: usize, groups: i32, std: f64, mean: f64, low: f64, high: f64): void {
  normalise(at, groups, std, mean, low, high, true);
}

/** The same for mean +0, where no bound can act; std must be at least 2^-900, so that no product underflows to -0. */
export function truncatedNormal64Centred(at: usize, groups: i32, std: f64): void {
  normalise(at, groups, std, 0, 0, 0, false);
}
