// Normal float32 truncated at any bounds: src/domain/kernels/bounded-normal.ts is the specification.

import { GROUP_BYTES_LOG2 } from "./group";
import { horner } from "./horner";

// Set by the host: -log2(1 - f/2) / f, highest degree first. Variables for the reason given in truncated-normal.ts.
export let shortfall7: f32 = 0;
export let shortfall6: f32 = 0;
export let shortfall5: f32 = 0;
export let shortfall4: f32 = 0;
export let shortfall3: f32 = 0;
export let shortfall2: f32 = 0;
export let shortfall1: f32 = 0;
export let shortfall0: f32 = 0;

export let unit: f32 = 1;
export let two: f32 = 2;
export let stepHalf: f32 = 0.5;
export let mantissaMask: i32 = 0x7fffff;
export let unitBits: i32 = 0x3f800000;
export let topBits: i32 = (127 << 23) - 1;
export let minus: i32 = 0x80000000;

/** `above`, or below the anchor the other one: `change` is the exclusive or of the two. */
// @ts-ignore: decorator
@inline
function choose(side: v128, above: v128, change: v128): v128 {
  return v128.xor(above, v128.and(side, change));
}

/**
 * Words, in place, to base +- std * delta, each operation rounded to float32, within [lowest, highest]; four vectors side by
 * side. The parameters are those of BoundedNormalParameters, in its order.
 */
export function boundedNormal(
  at: usize, groups: i32, base: f32, std: f32, split: i32, lastAbove: i32, lastBelow: i32, offsetAbove: f32,
  offsetBelow: f32, slope: f32, restAbove: f32, restBelow: f32, p5: f32, p4: f32, p3: f32, p2: f32, p1: f32, p0: f32,
  q5: f32, q4: f32, q3: f32, q2: f32, q1: f32, lowest: f32, highest: f32,
): void {
  const splits = i32x4.splat(split), lasts = i32x4.splat(lastAbove), lastChange = i32x4.splat(lastAbove ^ lastBelow);
  const offsets = f32x4.splat(offsetAbove), offsetChange = v128.xor(offsets, f32x4.splat(offsetBelow));
  const rests = f32x4.splat(restAbove), restChange = v128.xor(rests, f32x4.splat(restBelow));
  const slopes = f32x4.splat(slope), doubleSlopes = f32x4.splat(slope + slope);
  const ones = f32x4.splat(unit), twos = f32x4.splat(two), halves = f32x4.splat(stepHalf), signs = i32x4.splat(minus);
  const mantissas = i32x4.splat(mantissaMask), unitPatterns = i32x4.splat(unitBits), tops = i32x4.splat(topBits);
  const g7 = f32x4.splat(shortfall7), g6 = f32x4.splat(shortfall6), g5 = f32x4.splat(shortfall5);
  const g4 = f32x4.splat(shortfall4), g3 = f32x4.splat(shortfall3), g2 = f32x4.splat(shortfall2);
  const g1 = f32x4.splat(shortfall1), g0 = f32x4.splat(shortfall0);
  const cp5 = f32x4.splat(p5), cp4 = f32x4.splat(p4), cp3 = f32x4.splat(p3);
  const cp2 = f32x4.splat(p2), cp1 = f32x4.splat(p1), cp0 = f32x4.splat(p0);
  const cq5 = f32x4.splat(q5), cq4 = f32x4.splat(q4), cq3 = f32x4.splat(q3);
  const cq2 = f32x4.splat(q2), cq1 = f32x4.splat(q1);
  const stds = f32x4.splat(std), bases = f32x4.splat(base), lows = f32x4.splat(lowest), highs = f32x4.splat(highest);
  const end = at + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const sa = i32x4.sub(i32x4.shr_s(v128.load(at), 1), splits);
    const sb = i32x4.sub(i32x4.shr_s(v128.load(at, 16), 1), splits);
    const sc = i32x4.sub(i32x4.shr_s(v128.load(at, 32), 1), splits);
    const sd = i32x4.sub(i32x4.shr_s(v128.load(at, 48), 1), splits);
    const sidea = i32x4.shr_s(sa, 31);
    const sideb = i32x4.shr_s(sb, 31);
    const sidec = i32x4.shr_s(sc, 31);
    const sided = i32x4.shr_s(sd, 31);
    const na = v128.xor(sa, sidea);
    const nb = v128.xor(sb, sideb);
    const nc = v128.xor(sc, sidec);
    const nd = v128.xor(sd, sided);
    const da = i32x4.sub(choose(sidea, lasts, lastChange), na);
    const db = i32x4.sub(choose(sideb, lasts, lastChange), nb);
    const dc = i32x4.sub(choose(sidec, lasts, lastChange), nc);
    const dd = i32x4.sub(choose(sided, lasts, lastChange), nd);
    const ta = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(na), choose(sidea, offsets, offsetChange)), doubleSlopes);
    const tb = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(nb), choose(sideb, offsets, offsetChange)), doubleSlopes);
    const tc = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(nc), choose(sidec, offsets, offsetChange)), doubleSlopes);
    const td = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(nd), choose(sided, offsets, offsetChange)), doubleSlopes);
    const ra = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(da), halves), slopes);
    const rb = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(db), halves), slopes);
    const rc = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(dc), halves), slopes);
    const rd = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(dd), halves), slopes);
    const ya = f32x4.add(choose(sidea, rests, restChange), ra);
    const yb = f32x4.add(choose(sideb, rests, restChange), rb);
    const yc = f32x4.add(choose(sidec, rests, restChange), rc);
    const yd = f32x4.add(choose(sided, rests, restChange), rd);
    const fara = f32x4.lt(ya, halves);
    const farb = f32x4.lt(yb, halves);
    const farc = f32x4.lt(yc, halves);
    const fard = f32x4.lt(yd, halves);
    const ea = v128.and(fara, i32x4.shr_u(i32x4.sub(tops, ya), 23));
    const eb = v128.and(farb, i32x4.shr_u(i32x4.sub(tops, yb), 23));
    const ec = v128.and(farc, i32x4.shr_u(i32x4.sub(tops, yc), 23));
    const ed = v128.and(fard, i32x4.shr_u(i32x4.sub(tops, yd), 23));
    const ma = f32x4.sub(twos, v128.or(v128.and(ya, mantissas), unitPatterns));
    const mb = f32x4.sub(twos, v128.or(v128.and(yb, mantissas), unitPatterns));
    const mc = f32x4.sub(twos, v128.or(v128.and(yc, mantissas), unitPatterns));
    const md = f32x4.sub(twos, v128.or(v128.and(yd, mantissas), unitPatterns));
    const fa = v128.bitselect(ma, ta, fara);
    const fb = v128.bitselect(mb, tb, farb);
    const fc = v128.bitselect(mc, tc, farc);
    const fd = v128.bitselect(md, td, fard);
    let ga = horner(g7, fa, g6);
    let gb = horner(g7, fb, g6);
    let gc = horner(g7, fc, g6);
    let gd = horner(g7, fd, g6);
    ga = horner(ga, fa, g5);
    gb = horner(gb, fb, g5);
    gc = horner(gc, fc, g5);
    gd = horner(gd, fd, g5);
    ga = horner(ga, fa, g4);
    gb = horner(gb, fb, g4);
    gc = horner(gc, fc, g4);
    gd = horner(gd, fd, g4);
    ga = horner(ga, fa, g3);
    gb = horner(gb, fb, g3);
    gc = horner(gc, fc, g3);
    gd = horner(gd, fd, g3);
    ga = horner(ga, fa, g2);
    gb = horner(gb, fb, g2);
    gc = horner(gc, fc, g2);
    gd = horner(gd, fd, g2);
    ga = horner(ga, fa, g1);
    gb = horner(gb, fb, g1);
    gc = horner(gc, fc, g1);
    gd = horner(gd, fd, g1);
    ga = horner(ga, fa, g0);
    gb = horner(gb, fb, g0);
    gc = horner(gc, fc, g0);
    gd = horner(gd, fd, g0);
    const wa = f32x4.add(f32x4.convert_i32x4_s(ea), f32x4.mul(fa, ga));
    const wb = f32x4.add(f32x4.convert_i32x4_s(eb), f32x4.mul(fb, gb));
    const wc = f32x4.add(f32x4.convert_i32x4_s(ec), f32x4.mul(fc, gc));
    const wd = f32x4.add(f32x4.convert_i32x4_s(ed), f32x4.mul(fd, gd));
    let pa = horner(cp5, wa, cp4);
    let pb = horner(cp5, wb, cp4);
    let pc = horner(cp5, wc, cp4);
    let pd = horner(cp5, wd, cp4);
    pa = horner(pa, wa, cp3);
    pb = horner(pb, wb, cp3);
    pc = horner(pc, wc, cp3);
    pd = horner(pd, wd, cp3);
    pa = horner(pa, wa, cp2);
    pb = horner(pb, wb, cp2);
    pc = horner(pc, wc, cp2);
    pd = horner(pd, wd, cp2);
    pa = horner(pa, wa, cp1);
    pb = horner(pb, wb, cp1);
    pc = horner(pc, wc, cp1);
    pd = horner(pd, wd, cp1);
    pa = horner(pa, wa, cp0);
    pb = horner(pb, wb, cp0);
    pc = horner(pc, wc, cp0);
    pd = horner(pd, wd, cp0);
    let qa = horner(cq5, wa, cq4);
    let qb = horner(cq5, wb, cq4);
    let qc = horner(cq5, wc, cq4);
    let qd = horner(cq5, wd, cq4);
    qa = horner(qa, wa, cq3);
    qb = horner(qb, wb, cq3);
    qc = horner(qc, wc, cq3);
    qd = horner(qd, wd, cq3);
    qa = horner(qa, wa, cq2);
    qb = horner(qb, wb, cq2);
    qc = horner(qc, wc, cq2);
    qd = horner(qd, wd, cq2);
    qa = horner(qa, wa, cq1);
    qb = horner(qb, wb, cq1);
    qc = horner(qc, wc, cq1);
    qd = horner(qd, wd, cq1);
    qa = horner(qa, wa, ones);
    qb = horner(qb, wb, ones);
    qc = horner(qc, wc, ones);
    qd = horner(qd, wd, ones);
    const za = v128.or(f32x4.div(f32x4.mul(wa, pa), qa), v128.and(sidea, signs));
    const zb = v128.or(f32x4.div(f32x4.mul(wb, pb), qb), v128.and(sideb, signs));
    const zc = v128.or(f32x4.div(f32x4.mul(wc, pc), qc), v128.and(sidec, signs));
    const zd = v128.or(f32x4.div(f32x4.mul(wd, pd), qd), v128.and(sided, signs));
    const va = f32x4.add(bases, f32x4.mul(stds, za));
    const vb = f32x4.add(bases, f32x4.mul(stds, zb));
    const vc = f32x4.add(bases, f32x4.mul(stds, zc));
    const vd = f32x4.add(bases, f32x4.mul(stds, zd));
    v128.store(at, f32x4.pmin(highs, f32x4.pmax(lows, va)));
    v128.store(at, f32x4.pmin(highs, f32x4.pmax(lows, vb)), 16);
    v128.store(at, f32x4.pmin(highs, f32x4.pmax(lows, vc)), 32);
    v128.store(at, f32x4.pmin(highs, f32x4.pmax(lows, vd)), 48);
    at += 64;
  } while (at != end);
}
