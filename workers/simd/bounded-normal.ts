// Normal float32 truncated at any bounds: src/domain/kernels/bounded-normal.ts is the specification.

import { GROUP_BYTES, GROUP_BYTES_LOG2 } from "./group";
import { horner } from "./horner";

// -log2(1 - f/2) / f, highest degree first; the host sets the numbers. Variables for the reason given in truncated-normal.ts.
export let shortfall$k: f32 = 0; // $k: 7..0

export let unit: f32 = 1;
export let two: f32 = 2;
export let stepHalf: f32 = 0.5;
export let mantissaMask: i32 = 0x7fffff;
export let unitBits: i32 = 0x3f800000;
export let topBits: i32 = (127 << 23) - 1;
export let minus: i32 = 0x80000000;

/** `above` for values above the anchor, the other number for those below: `change` is the exclusive or of the two. */
// @ts-ignore: decorator
@inline
function choose(side: v128, above: v128, change: v128): v128 {
  return v128.xor(above, v128.and(side, change));
}

/**
 * Turns words, in place, into base +- std * delta, each operation rounded to float32, within [lowest, highest]; four vectors side by
 * side. The parameters are the numbers of BoundedNormalParameters, in its order.
 */
// In two loops, the first of which leaves W with the sign of the side: a group at once is longer than a processor's window, so that
// nothing runs beside its end. An Intel Xeon takes 8.3 cycles an element instead of 10.2, Zen 4 8.6 instead of 9.1. W is negative at
// one point of the lattice at most, the first above the anchor; it is so small there, 2^-30, that P and Q are those of -W
// (bounded-normal.parity.test.ts).
export function boundedNormal(
  at: usize, groups: i32, base: f32, std: f32, split: i32, lastAbove: i32, lastBelow: i32, offsetAbove: f32,
  offsetBelow: f32, slope: f32, restAbove: f32, restBelow: f32,
  p$k: f32, // $k: 5..0
  q$k: f32, // $k: 5..1
  lowest: f32, highest: f32,
): void {
  const splits = i32x4.splat(split), lasts = i32x4.splat(lastAbove), lastChange = i32x4.splat(lastAbove ^ lastBelow);
  const offsets = f32x4.splat(offsetAbove), offsetChange = v128.xor(offsets, f32x4.splat(offsetBelow));
  const rests = f32x4.splat(restAbove), restChange = v128.xor(rests, f32x4.splat(restBelow));
  const slopes = f32x4.splat(slope), doubleSlopes = f32x4.splat(slope + slope);
  const ones = f32x4.splat(unit), twos = f32x4.splat(two), halves = f32x4.splat(stepHalf), signs = i32x4.splat(minus);
  const mantissas = i32x4.splat(mantissaMask), unitPatterns = i32x4.splat(unitBits), tops = i32x4.splat(topBits);
  const g$k = f32x4.splat(shortfall$k); // $k: 7..0
  const cp$k = f32x4.splat(p$k); // $k: 5..0
  const cq$k = f32x4.splat(q$k); // $k: 5..1
  const stds = f32x4.splat(std), bases = f32x4.splat(base), lows = f32x4.splat(lowest), highs = f32x4.splat(highest);
  const begin = at, end = at + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const s$ = i32x4.sub(i32x4.shr_s(v128.load(at, $offset), 1), splits);
    const side$ = i32x4.shr_s(s$, 31);
    const n$ = v128.xor(s$, side$);
    const d$ = i32x4.sub(choose(side$, lasts, lastChange), n$);
    const t$ = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(n$), choose(side$, offsets, offsetChange)), doubleSlopes);
    const r$ = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(d$), halves), slopes);
    const y$ = f32x4.add(choose(side$, rests, restChange), r$);
    const far$ = f32x4.lt(y$, halves);
    const e$ = v128.and(far$, i32x4.shr_u(i32x4.sub(tops, y$), 23));
    const m$ = f32x4.sub(twos, v128.or(v128.and(y$, mantissas), unitPatterns));
    const f$ = v128.bitselect(m$, t$, far$);
    let g$ = horner(g7, f$, g6);
    g$ = horner(g$, f$, g$k); // $k: 5..0
    const w$ = f32x4.add(f32x4.convert_i32x4_s(e$), f32x4.mul(f$, g$));
    v128.store(at, v128.or(w$, v128.and(side$, signs)), $offset);
    at += GROUP_BYTES;
  } while (at != end);
  at = begin;
  do {
    const w$ = v128.andnot(v128.load(at, $offset), signs);
    let p$ = horner(cp5, w$, cp4);
    p$ = horner(p$, w$, cp$k); // $k: 3..0
    let q$ = horner(cq5, w$, cq4);
    q$ = horner(q$, w$, cq$k); // $k: 3..1
    q$ = horner(q$, w$, ones);
    const z$ = v128.or(f32x4.div(f32x4.mul(w$, p$), q$), v128.and(v128.load(at, $offset), signs));
    const v$ = f32x4.add(bases, f32x4.mul(stds, z$));
    v128.store(at, f32x4.pmin(highs, f32x4.pmax(lows, v$)), $offset);
    at += GROUP_BYTES;
  } while (at != end);
}
