// Normal float64 truncated at any bounds: src/domain/kernels/bounded-normal64.ts is the specification.

import { GROUP_BYTES_LOG2 } from "./group";
import { horner } from "./truncated-normal64";

// Set by the host: ln 2 as a sum, then ln((1 + s) / (1 - s)) = s * (2 + s^2 L(s^2)), highest degree first. Variables for the reason
// given in truncated-normal.ts.
export let depthHigh: f64 = 0;
export let depthLow: f64 = 0;
export let depthL6: f64 = 0;
export let depthL5: f64 = 0;
export let depthL4: f64 = 0;
export let depthL3: f64 = 0;
export let depthL2: f64 = 0;
export let depthL1: f64 = 0;
export let depthL0: f64 = 0;

export let boundedOne: f64 = 1;
export let boundedTwo: f64 = 2;
/** -0.0 where a value lies below the anchor. */
export let boundedSignBit: i64 = 0x8000000000000000;
/** Bit 62, the sign of a halved word, and the 63 bits of a lattice point. */
export let latticeSign: i64 = 0x4000000000000000;
export let latticeMask: i64 = 0x7fffffffffffffff;
/** Bits of 2^84, whose ulp is 2^32, and of 2^52: an integer's halves put into their lowest places, less these two, are the integer. */
export let upperBits: i64 = 0x4530000000000000;
export let lowerBits: i64 = 0x4330000000000000;
export let lowerMask: i64 = 0xffffffff;
/** 2^84 + 2^52. */
export let halvesOffset: f64 = 19342813118337666422669312.0;
/** Upper half of sqrt(1/2) less that of 1: moves exponents so that fractions lie between sqrt(1/2) and sqrt(2). */
export let rootShift: i64 = 0x00095f6200000000;
export let exponentMask: i64 = 0x7ff0000000000000;
export let oneBits: i64 = 0x3ff0000000000000;
/** 2^52 and the bias of exponents. */
export let exponentOffset: f64 = 4503599627371519;

/** `above`, or below the anchor the other one: `change` is the exclusive or of the two. */
// @ts-ignore: decorator
@inline
function choose(side: v128, above: v128, change: v128): v128 {
  return v128.xor(above, v128.and(side, change));
}

/** An int64, not negative, to the nearest double. */
// @ts-ignore: decorator
@inline
function toDouble(n: v128, upper: v128, lower: v128, mask: v128, offset: v128): v128 {
  const high = f64x2.sub(v128.or(i64x2.shr_u(n, 32), upper), offset);
  return f64x2.add(high, v128.or(v128.and(n, mask), lower));
}

/**
 * Words, in place, to base +- std * delta, within [lowest, highest]; four vectors side by side. The parameters are those of
 * BoundedNormal64Parameters, in its order.
 */
export function boundedNormal64(
  at: usize, groups: i32, base: f64, std: f64, split: f64, offsetAbove: f64, offsetBelow: f64, slope: f64, startAbove: f64,
  startBelow: f64, p13: f64, p12: f64, p11: f64, p10: f64, p9: f64, p8: f64, p7: f64, p6: f64,
  p5: f64, p4: f64, p3: f64, p2: f64, p1: f64, p0: f64, q13: f64, q12: f64, q11: f64, q10: f64, q9: f64,
  q8: f64, q7: f64, q6: f64, q5: f64, q4: f64, q3: f64, q2: f64, q1: f64, lowest: f64, highest: f64,
): void {
  const splits = i64x2.splat(<i64><u64>split), latticeSigns = i64x2.splat(latticeSign), lattices = i64x2.splat(latticeMask);
  const offsets = f64x2.splat(offsetAbove), offsetChange = v128.xor(offsets, f64x2.splat(offsetBelow));
  const starts = f64x2.splat(startAbove), startChange = v128.xor(starts, f64x2.splat(startBelow));
  const slopes = f64x2.splat(slope), signs = i64x2.splat(boundedSignBit);
  const ones = f64x2.splat(boundedOne), twos = f64x2.splat(boundedTwo), unitPatterns = i64x2.splat(oneBits);
  const uppers = i64x2.splat(upperBits), lowers = i64x2.splat(lowerBits), lowerMasks = i64x2.splat(lowerMask);
  const halvesOffsets = f64x2.splat(halvesOffset), shifts = i64x2.splat(rootShift), exponents = i64x2.splat(exponentMask);
  const exponentOffsets = f64x2.splat(exponentOffset), ln2Highs = f64x2.splat(depthHigh), ln2Lows = f64x2.splat(depthLow);
  const l6 = f64x2.splat(depthL6), l5 = f64x2.splat(depthL5), l4 = f64x2.splat(depthL4), l3 = f64x2.splat(depthL3);
  const l2 = f64x2.splat(depthL2), l1 = f64x2.splat(depthL1), l0 = f64x2.splat(depthL0);
  const cp13 = f64x2.splat(p13), cp12 = f64x2.splat(p12), cp11 = f64x2.splat(p11), cp10 = f64x2.splat(p10), cp9 = f64x2.splat(p9);
  const cp8 = f64x2.splat(p8), cp7 = f64x2.splat(p7), cp6 = f64x2.splat(p6), cp5 = f64x2.splat(p5), cp4 = f64x2.splat(p4);
  const cp3 = f64x2.splat(p3), cp2 = f64x2.splat(p2), cp1 = f64x2.splat(p1), cp0 = f64x2.splat(p0);
  const cq13 = f64x2.splat(q13), cq12 = f64x2.splat(q12), cq11 = f64x2.splat(q11), cq10 = f64x2.splat(q10), cq9 = f64x2.splat(q9);
  const cq8 = f64x2.splat(q8), cq7 = f64x2.splat(q7), cq6 = f64x2.splat(q6), cq5 = f64x2.splat(q5), cq4 = f64x2.splat(q4);
  const cq3 = f64x2.splat(q3), cq2 = f64x2.splat(q2), cq1 = f64x2.splat(q1);
  const stds = f64x2.splat(std), bases = f64x2.splat(base), lows = f64x2.splat(lowest), highs = f64x2.splat(highest);
  const end = at + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const ja = v128.xor(i64x2.shr_u(v128.load(at), 1), latticeSigns);
    const jb = v128.xor(i64x2.shr_u(v128.load(at, 16), 1), latticeSigns);
    const jc = v128.xor(i64x2.shr_u(v128.load(at, 32), 1), latticeSigns);
    const jd = v128.xor(i64x2.shr_u(v128.load(at, 48), 1), latticeSigns);
    const sa = i64x2.sub(ja, splits);
    const sb = i64x2.sub(jb, splits);
    const sc = i64x2.sub(jc, splits);
    const sd = i64x2.sub(jd, splits);
    const sidea = i64x2.shr_s(sa, 63);
    const sideb = i64x2.shr_s(sb, 63);
    const sidec = i64x2.shr_s(sc, 63);
    const sided = i64x2.shr_s(sd, 63);
    const na = toDouble(v128.xor(sa, sidea), uppers, lowers, lowerMasks, halvesOffsets);
    const nb = toDouble(v128.xor(sb, sideb), uppers, lowers, lowerMasks, halvesOffsets);
    const nc = toDouble(v128.xor(sc, sidec), uppers, lowers, lowerMasks, halvesOffsets);
    const nd = toDouble(v128.xor(sd, sided), uppers, lowers, lowerMasks, halvesOffsets);
    const da = toDouble(v128.xor(ja, v128.andnot(lattices, sidea)), uppers, lowers, lowerMasks, halvesOffsets);
    const db = toDouble(v128.xor(jb, v128.andnot(lattices, sideb)), uppers, lowers, lowerMasks, halvesOffsets);
    const dc = toDouble(v128.xor(jc, v128.andnot(lattices, sidec)), uppers, lowers, lowerMasks, halvesOffsets);
    const dd = toDouble(v128.xor(jd, v128.andnot(lattices, sided)), uppers, lowers, lowerMasks, halvesOffsets);
    const ta = f64x2.mul(f64x2.add(na, choose(sidea, offsets, offsetChange)), slopes);
    const tb = f64x2.mul(f64x2.add(nb, choose(sideb, offsets, offsetChange)), slopes);
    const tc = f64x2.mul(f64x2.add(nc, choose(sidec, offsets, offsetChange)), slopes);
    const td = f64x2.mul(f64x2.add(nd, choose(sided, offsets, offsetChange)), slopes);
    const ya = f64x2.add(choose(sidea, starts, startChange), f64x2.mul(da, slopes));
    const yb = f64x2.add(choose(sideb, starts, startChange), f64x2.mul(db, slopes));
    const yc = f64x2.add(choose(sidec, starts, startChange), f64x2.mul(dc, slopes));
    const yd = f64x2.add(choose(sided, starts, startChange), f64x2.mul(dd, slopes));
    const ma = i64x2.add(ya, shifts);
    const mb = i64x2.add(yb, shifts);
    const mc = i64x2.add(yc, shifts);
    const md = i64x2.add(yd, shifts);
    const ea = f64x2.sub(v128.or(i64x2.shr_u(ma, 52), lowers), exponentOffsets);
    const eb = f64x2.sub(v128.or(i64x2.shr_u(mb, 52), lowers), exponentOffsets);
    const ec = f64x2.sub(v128.or(i64x2.shr_u(mc, 52), lowers), exponentOffsets);
    const ed = f64x2.sub(v128.or(i64x2.shr_u(md, 52), lowers), exponentOffsets);
    const fa = i64x2.sub(ya, i64x2.sub(v128.and(ma, exponents), unitPatterns));
    const fb = i64x2.sub(yb, i64x2.sub(v128.and(mb, exponents), unitPatterns));
    const fc = i64x2.sub(yc, i64x2.sub(v128.and(mc, exponents), unitPatterns));
    const fd = i64x2.sub(yd, i64x2.sub(v128.and(md, exponents), unitPatterns));
    const neara = i64x2.ge_s(ma, unitPatterns);
    const nearb = i64x2.ge_s(mb, unitPatterns);
    const nearc = i64x2.ge_s(mc, unitPatterns);
    const neard = i64x2.ge_s(md, unitPatterns);
    const abovea = v128.bitselect(ta, f64x2.sub(ones, fa), neara);
    const aboveb = v128.bitselect(tb, f64x2.sub(ones, fb), nearb);
    const abovec = v128.bitselect(tc, f64x2.sub(ones, fc), nearc);
    const aboved = v128.bitselect(td, f64x2.sub(ones, fd), neard);
    const undera = v128.bitselect(f64x2.sub(twos, ta), f64x2.add(ones, fa), neara);
    const underb = v128.bitselect(f64x2.sub(twos, tb), f64x2.add(ones, fb), nearb);
    const underc = v128.bitselect(f64x2.sub(twos, tc), f64x2.add(ones, fc), nearc);
    const underd = v128.bitselect(f64x2.sub(twos, td), f64x2.add(ones, fd), neard);
    const ra = f64x2.div(abovea, undera);
    const rb = f64x2.div(aboveb, underb);
    const rc = f64x2.div(abovec, underc);
    const rd = f64x2.div(aboved, underd);
    const rra = f64x2.mul(ra, ra);
    const rrb = f64x2.mul(rb, rb);
    const rrc = f64x2.mul(rc, rc);
    const rrd = f64x2.mul(rd, rd);
    let la = horner(l6, rra, l5);
    let lb = horner(l6, rrb, l5);
    let lc = horner(l6, rrc, l5);
    let ld = horner(l6, rrd, l5);
    la = horner(la, rra, l4);
    lb = horner(lb, rrb, l4);
    lc = horner(lc, rrc, l4);
    ld = horner(ld, rrd, l4);
    la = horner(la, rra, l3);
    lb = horner(lb, rrb, l3);
    lc = horner(lc, rrc, l3);
    ld = horner(ld, rrd, l3);
    la = horner(la, rra, l2);
    lb = horner(lb, rrb, l2);
    lc = horner(lc, rrc, l2);
    ld = horner(ld, rrd, l2);
    la = horner(la, rra, l1);
    lb = horner(lb, rrb, l1);
    lc = horner(lc, rrc, l1);
    ld = horner(ld, rrd, l1);
    la = horner(la, rra, l0);
    lb = horner(lb, rrb, l0);
    lc = horner(lc, rrc, l0);
    ld = horner(ld, rrd, l0);
    const oa = f64x2.sub(f64x2.mul(ra, horner(rra, la, twos)), f64x2.mul(ea, ln2Lows));
    const ob = f64x2.sub(f64x2.mul(rb, horner(rrb, lb, twos)), f64x2.mul(eb, ln2Lows));
    const oc = f64x2.sub(f64x2.mul(rc, horner(rrc, lc, twos)), f64x2.mul(ec, ln2Lows));
    const od = f64x2.sub(f64x2.mul(rd, horner(rrd, ld, twos)), f64x2.mul(ed, ln2Lows));
    const wa = f64x2.sub(oa, f64x2.mul(ea, ln2Highs));
    const wb = f64x2.sub(ob, f64x2.mul(eb, ln2Highs));
    const wc = f64x2.sub(oc, f64x2.mul(ec, ln2Highs));
    const wd = f64x2.sub(od, f64x2.mul(ed, ln2Highs));
    let pa = horner(cp13, wa, cp12);
    let pb = horner(cp13, wb, cp12);
    let pc = horner(cp13, wc, cp12);
    let pd = horner(cp13, wd, cp12);
    let qa = horner(cq13, wa, cq12);
    let qb = horner(cq13, wb, cq12);
    let qc = horner(cq13, wc, cq12);
    let qd = horner(cq13, wd, cq12);
    pa = horner(pa, wa, cp11);
    pb = horner(pb, wb, cp11);
    pc = horner(pc, wc, cp11);
    pd = horner(pd, wd, cp11);
    qa = horner(qa, wa, cq11);
    qb = horner(qb, wb, cq11);
    qc = horner(qc, wc, cq11);
    qd = horner(qd, wd, cq11);
    pa = horner(pa, wa, cp10);
    pb = horner(pb, wb, cp10);
    pc = horner(pc, wc, cp10);
    pd = horner(pd, wd, cp10);
    qa = horner(qa, wa, cq10);
    qb = horner(qb, wb, cq10);
    qc = horner(qc, wc, cq10);
    qd = horner(qd, wd, cq10);
    pa = horner(pa, wa, cp9);
    pb = horner(pb, wb, cp9);
    pc = horner(pc, wc, cp9);
    pd = horner(pd, wd, cp9);
    qa = horner(qa, wa, cq9);
    qb = horner(qb, wb, cq9);
    qc = horner(qc, wc, cq9);
    qd = horner(qd, wd, cq9);
    pa = horner(pa, wa, cp8);
    pb = horner(pb, wb, cp8);
    pc = horner(pc, wc, cp8);
    pd = horner(pd, wd, cp8);
    qa = horner(qa, wa, cq8);
    qb = horner(qb, wb, cq8);
    qc = horner(qc, wc, cq8);
    qd = horner(qd, wd, cq8);
    pa = horner(pa, wa, cp7);
    pb = horner(pb, wb, cp7);
    pc = horner(pc, wc, cp7);
    pd = horner(pd, wd, cp7);
    qa = horner(qa, wa, cq7);
    qb = horner(qb, wb, cq7);
    qc = horner(qc, wc, cq7);
    qd = horner(qd, wd, cq7);
    pa = horner(pa, wa, cp6);
    pb = horner(pb, wb, cp6);
    pc = horner(pc, wc, cp6);
    pd = horner(pd, wd, cp6);
    qa = horner(qa, wa, cq6);
    qb = horner(qb, wb, cq6);
    qc = horner(qc, wc, cq6);
    qd = horner(qd, wd, cq6);
    pa = horner(pa, wa, cp5);
    pb = horner(pb, wb, cp5);
    pc = horner(pc, wc, cp5);
    pd = horner(pd, wd, cp5);
    qa = horner(qa, wa, cq5);
    qb = horner(qb, wb, cq5);
    qc = horner(qc, wc, cq5);
    qd = horner(qd, wd, cq5);
    pa = horner(pa, wa, cp4);
    pb = horner(pb, wb, cp4);
    pc = horner(pc, wc, cp4);
    pd = horner(pd, wd, cp4);
    qa = horner(qa, wa, cq4);
    qb = horner(qb, wb, cq4);
    qc = horner(qc, wc, cq4);
    qd = horner(qd, wd, cq4);
    pa = horner(pa, wa, cp3);
    pb = horner(pb, wb, cp3);
    pc = horner(pc, wc, cp3);
    pd = horner(pd, wd, cp3);
    qa = horner(qa, wa, cq3);
    qb = horner(qb, wb, cq3);
    qc = horner(qc, wc, cq3);
    qd = horner(qd, wd, cq3);
    pa = horner(pa, wa, cp2);
    pb = horner(pb, wb, cp2);
    pc = horner(pc, wc, cp2);
    pd = horner(pd, wd, cp2);
    qa = horner(qa, wa, cq2);
    qb = horner(qb, wb, cq2);
    qc = horner(qc, wc, cq2);
    qd = horner(qd, wd, cq2);
    pa = horner(pa, wa, cp1);
    pb = horner(pb, wb, cp1);
    pc = horner(pc, wc, cp1);
    pd = horner(pd, wd, cp1);
    qa = horner(qa, wa, cq1);
    qb = horner(qb, wb, cq1);
    qc = horner(qc, wc, cq1);
    qd = horner(qd, wd, cq1);
    pa = horner(pa, wa, cp0);
    pb = horner(pb, wb, cp0);
    pc = horner(pc, wc, cp0);
    pd = horner(pd, wd, cp0);
    qa = horner(qa, wa, ones);
    qb = horner(qb, wb, ones);
    qc = horner(qc, wc, ones);
    qd = horner(qd, wd, ones);
    const za = v128.or(f64x2.div(f64x2.mul(wa, pa), qa), v128.and(sidea, signs));
    const zb = v128.or(f64x2.div(f64x2.mul(wb, pb), qb), v128.and(sideb, signs));
    const zc = v128.or(f64x2.div(f64x2.mul(wc, pc), qc), v128.and(sidec, signs));
    const zd = v128.or(f64x2.div(f64x2.mul(wd, pd), qd), v128.and(sided, signs));
    const va = f64x2.add(bases, f64x2.mul(stds, za));
    const vb = f64x2.add(bases, f64x2.mul(stds, zb));
    const vc = f64x2.add(bases, f64x2.mul(stds, zc));
    const vd = f64x2.add(bases, f64x2.mul(stds, zd));
    v128.store(at, f64x2.pmin(highs, f64x2.pmax(lows, va)));
    v128.store(at, f64x2.pmin(highs, f64x2.pmax(lows, vb)), 16);
    v128.store(at, f64x2.pmin(highs, f64x2.pmax(lows, vc)), 32);
    v128.store(at, f64x2.pmin(highs, f64x2.pmax(lows, vd)), 48);
    at += 64;
  } while (at != end);
}
