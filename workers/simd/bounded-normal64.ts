// Normal float64 truncated at any bounds: src/domain/kernels/bounded-normal64.ts is the specification.

import { GROUP_BYTES, GROUP_BYTES_LOG2 } from "./group";
import { horner } from "./truncated-normal64";

// ln 2 as a sum, then ln((1 + s) / (1 - s)) = s * (2 + s^2 L(s^2)), highest degree first; the host sets the numbers. Variables for the
// reason given in truncated-normal.ts.
export let depthHigh: f64 = 0;
export let depthLow: f64 = 0;
export let depthL$k: f64 = 0; // $k: 6..0

export let boundedOne: f64 = 1;
export let boundedTwo: f64 = 2;
/** -0.0 where a value lies below the anchor. */
export let boundedSignBit: i64 = 0x8000000000000000;
/** Bit 62, the sign of a halved word, and the 63 bits of a lattice point. */
export let latticeSign: i64 = 0x4000000000000000;
export let latticeMask: i64 = 0x7fffffffffffffff;
/** The bits of 2^84, whose ulp is 2^32, and of 2^52: with an integer's halves in their lowest bits, their sum less 2^84 + 2^52 is the integer. */
export let upperBits: i64 = 0x4530000000000000;
export let lowerBits: i64 = 0x4330000000000000;
export let lowerMask: i64 = 0xffffffff;
/** 2^84 + 2^52. */
export let halvesOffset: f64 = 19342813118337666422669312.0; // 0x4530000000100000
/** The upper half of 1 less that of sqrt(1/2): added, it moves exponents so that fractions lie between sqrt(1/2) and sqrt(2). */
export let rootShift: i64 = 0x00095f6200000000;
export let exponentMask: i64 = 0x7ff0000000000000;
export let oneBits: i64 = 0x3ff0000000000000;
/** 2^52 plus the bias of exponents. */
export let exponentOffset: f64 = 4503599627371519;

/** `above` for values above the anchor, the other number for those below: `change` is the exclusive or of the two. */
// @ts-ignore: decorator
@inline
function choose(side: v128, above: v128, change: v128): v128 {
  return v128.xor(above, v128.and(side, change));
}

/** The double nearest to an int64 that is not negative. */
// @ts-ignore: decorator
@inline
function toDouble(n: v128, upper: v128, lower: v128, mask: v128, offset: v128): v128 {
  const high = f64x2.sub(v128.or(i64x2.shr_u(n, 32), upper), offset);
  return f64x2.add(high, v128.or(v128.and(n, mask), lower));
}

/**
 * Turns words, in place, into base +- std * delta, within [lowest, highest]; four vectors side by side. The parameters are the numbers
 * of BoundedNormal64Parameters, in its order.
 */
export function boundedNormal64(
  at: usize, groups: i32, base: f64, std: f64, split: f64, offsetAbove: f64, offsetBelow: f64, slope: f64, startAbove: f64,
  startBelow: f64,
  p$k: f64, // $k: 13..0
  q$k: f64, // $k: 13..1
  lowest: f64, highest: f64,
): void {
  const splits = i64x2.splat(<i64><u64>split), latticeSigns = i64x2.splat(latticeSign), lattices = i64x2.splat(latticeMask);
  const offsets = f64x2.splat(offsetAbove), offsetChange = v128.xor(offsets, f64x2.splat(offsetBelow));
  const starts = f64x2.splat(startAbove), startChange = v128.xor(starts, f64x2.splat(startBelow));
  const slopes = f64x2.splat(slope), signs = i64x2.splat(boundedSignBit);
  const ones = f64x2.splat(boundedOne), twos = f64x2.splat(boundedTwo), unitPatterns = i64x2.splat(oneBits);
  const uppers = i64x2.splat(upperBits), lowers = i64x2.splat(lowerBits), lowerMasks = i64x2.splat(lowerMask);
  const halvesOffsets = f64x2.splat(halvesOffset), shifts = i64x2.splat(rootShift), exponents = i64x2.splat(exponentMask);
  const exponentOffsets = f64x2.splat(exponentOffset), ln2Highs = f64x2.splat(depthHigh), ln2Lows = f64x2.splat(depthLow);
  const l$k = f64x2.splat(depthL$k); // $k: 6..0
  const cp$k = f64x2.splat(p$k); // $k: 13..0
  const cq$k = f64x2.splat(q$k); // $k: 13..1
  const stds = f64x2.splat(std), bases = f64x2.splat(base), lows = f64x2.splat(lowest), highs = f64x2.splat(highest);
  const end = at + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const j$ = v128.xor(i64x2.shr_u(v128.load(at, $offset), 1), latticeSigns);
    const s$ = i64x2.sub(j$, splits);
    const side$ = i64x2.shr_s(s$, 63);
    const n$ = toDouble(v128.xor(s$, side$), uppers, lowers, lowerMasks, halvesOffsets);
    const d$ = toDouble(v128.xor(j$, v128.andnot(lattices, side$)), uppers, lowers, lowerMasks, halvesOffsets);
    const t$ = f64x2.mul(f64x2.add(n$, choose(side$, offsets, offsetChange)), slopes);
    const y$ = f64x2.add(choose(side$, starts, startChange), f64x2.mul(d$, slopes));
    const m$ = i64x2.add(y$, shifts);
    const e$ = f64x2.sub(v128.or(i64x2.shr_u(m$, 52), lowers), exponentOffsets);
    const f$ = i64x2.sub(y$, i64x2.sub(v128.and(m$, exponents), unitPatterns));
    const near$ = i64x2.ge_s(m$, unitPatterns);
    const above$ = v128.bitselect(t$, f64x2.sub(ones, f$), near$);
    const under$ = v128.bitselect(f64x2.sub(twos, t$), f64x2.add(ones, f$), near$);
    const r$ = f64x2.div(above$, under$);
    const rr$ = f64x2.mul(r$, r$);
    let l$ = horner(l6, rr$, l5);
    l$ = horner(l$, rr$, l$k); // $k: 4..0
    const o$ = f64x2.sub(f64x2.mul(r$, horner(rr$, l$, twos)), f64x2.mul(e$, ln2Lows));
    const w$ = f64x2.sub(o$, f64x2.mul(e$, ln2Highs));
    let p$ = horner(cp13, w$, cp12);
    let q$ = horner(cq13, w$, cq12);
    p$ = horner(p$, w$, cp$k); q$ = horner(q$, w$, cq$k); // $k: 11..1
    p$ = horner(p$, w$, cp0);
    q$ = horner(q$, w$, ones);
    const z$ = v128.or(f64x2.div(f64x2.mul(w$, p$), q$), v128.and(side$, signs));
    const v$ = f64x2.add(bases, f64x2.mul(stds, z$));
    v128.store(at, f64x2.pmin(highs, f64x2.pmax(lows, v$)), $offset);
    at += GROUP_BYTES;
  } while (at != end);
}
