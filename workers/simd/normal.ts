// Normal float32: src/domain/kernels/normal.ts is the specification.

import { GROUP_BYTES_LOG2 } from "./group";
import { horner } from "./horner";

// Set by the host. They are variables for the reason given in truncated-normal.ts.
/** Middle: z = x * P(r) / Q(r), highest degree first; Q is monic. */
export let middleP5: f32 = 0;
export let middleP4: f32 = 0;
export let middleP3: f32 = 0;
export let middleP2: f32 = 0;
export let middleP1: f32 = 0;
export let middleP0: f32 = 0;
export let middleQ3: f32 = 0;
export let middleQ2: f32 = 0;
export let middleQ1: f32 = 0;
export let middleQ0: f32 = 0;
/** End: z = P(W) / Q(W). */
export let endP3: f32 = 0;
export let endP2: f32 = 0;
export let endP1: f32 = 0;
export let endP0: f32 = 0;
export let endQ2: f32 = 0;
export let endQ1: f32 = 0;
export let endQ0: f32 = 0;
/** 1 - log2(1.5 + t). */
export let log6: f32 = 0;
export let log5: f32 = 0;
export let log4: f32 = 0;
export let log3: f32 = 0;
export let log2: f32 = 0;
export let log1: f32 = 0;
export let log0: f32 = 0;

export let halfStep: f32 = 0.5;
export let halfWords: f32 = 2147483648;
export let largestInt: i32 = 0x7fffffff;
export let endWords: i32 = 3 << 20;
export let signBit: i32 = 0x80000000;

/** n: the word, or its complement where it is negative. */
// @ts-ignore: decorator
@inline
function fromCentre(word: v128): v128 {
  return v128.xor(word, i32x4.shr_s(word, 31));
}

/** sqrt(1 - x^2) times 2^31. */
// @ts-ignore: decorator
@inline
function scaledRoot(c: v128, d: v128, halfWordCounts: v128): v128 {
  return f32x4.sqrt(f32x4.mul(f32x4.convert_i32x4_s(d), f32x4.add(c, halfWordCounts)));
}

// @ts-ignore: decorator
@inline
function middleQuantile(n: v128, d: v128): v128 {
  const c = f32x4.convert_i32x4_s(n);
  const r = scaledRoot(c, d, f32x4.splat(halfWords));
  let p = horner(f32x4.splat(middleP5), r, f32x4.splat(middleP4));
  p = horner(p, r, f32x4.splat(middleP3));
  p = horner(p, r, f32x4.splat(middleP2));
  p = horner(p, r, f32x4.splat(middleP1));
  p = horner(p, r, f32x4.splat(middleP0));
  let q = f32x4.add(r, f32x4.splat(middleQ3));
  q = horner(q, r, f32x4.splat(middleQ2));
  q = horner(q, r, f32x4.splat(middleQ1));
  q = horner(q, r, f32x4.splat(middleQ0));
  return f32x4.div(f32x4.mul(f32x4.add(c, f32x4.splat(halfStep)), p), q);
}

// @ts-ignore: decorator
@inline
function endQuantile(d: v128): v128 {
  const e = f32x4.add(f32x4.convert_i32x4_s(d), f32x4.splat(halfStep));
  const mantissa = v128.or(v128.and(e, i32x4.splat(0x7fffff)), i32x4.splat(0x3f800000));
  const t = f32x4.sub(mantissa, f32x4.splat(1.5));
  let g = horner(f32x4.splat(log6), t, f32x4.splat(log5));
  g = horner(g, t, f32x4.splat(log4));
  g = horner(g, t, f32x4.splat(log3));
  g = horner(g, t, f32x4.splat(log2));
  g = horner(g, t, f32x4.splat(log1));
  g = horner(g, t, f32x4.splat(log0));
  const octave = i32x4.shr_u(i32x4.sub(i32x4.splat(((31 + 127) << 23) - 1), e), 23);
  const w = f32x4.add(f32x4.convert_i32x4_s(octave), g);
  let p = horner(f32x4.splat(endP3), w, f32x4.splat(endP2));
  p = horner(p, w, f32x4.splat(endP1));
  p = horner(p, w, f32x4.splat(endP0));
  let q = f32x4.add(w, f32x4.splat(endQ2));
  q = horner(q, w, f32x4.splat(endQ1));
  q = horner(q, w, f32x4.splat(endQ0));
  return f32x4.div(p, q);
}

/** The lanes whose d is the nearest of its column, if that belongs to the end. */
// @ts-ignore: decorator
@inline
function endLanes(d: v128, nearest: v128, inEnd: v128): v128 {
  return v128.and(i32x4.eq(d, nearest), inEnd);
}

/** d, or so large a number that it counts as dealt with. */
// @ts-ignore: decorator
@inline
function without(d: v128, lanes: v128): v128 {
  return v128.or(d, i32x4.shr_u(lanes, 1));
}

// A group with words of the end. There is seldom more than one of them, so the end piece is computed for the nearest in each
// column of the four vectors, and again only while some are left.
// Exported so that the optimiser leaves it out of the loop that calls it.
export function normaliseEndGroup(at: usize, std: f32, mean: f32): void {
  const largest = i32x4.splat(largestInt), ends = i32x4.splat(endWords), signs = i32x4.splat(signBit);
  const na = fromCentre(v128.load(at)), nb = fromCentre(v128.load(at, 16));
  const nc = fromCentre(v128.load(at, 32)), nd = fromCentre(v128.load(at, 48));
  let da = v128.xor(na, largest), db = v128.xor(nb, largest);
  let dc = v128.xor(nc, largest), dd = v128.xor(nd, largest);
  let za = middleQuantile(na, da), zb = middleQuantile(nb, db);
  let zc = middleQuantile(nc, dc), zd = middleQuantile(nd, dd);
  let nearest = i32x4.min_s(i32x4.min_s(da, db), i32x4.min_s(dc, dd));
  let inEnd = i32x4.lt_s(nearest, ends);
  let passes = 4; // no column has more words
  do {
    const z = endQuantile(nearest);
    const ea = endLanes(da, nearest, inEnd), eb = endLanes(db, nearest, inEnd);
    const ec = endLanes(dc, nearest, inEnd), ed = endLanes(dd, nearest, inEnd);
    za = v128.bitselect(z, za, ea);
    zb = v128.bitselect(z, zb, eb);
    zc = v128.bitselect(z, zc, ec);
    zd = v128.bitselect(z, zd, ed);
    da = without(da, ea);
    db = without(db, eb);
    dc = without(dc, ec);
    dd = without(dd, ed);
    nearest = i32x4.min_s(i32x4.min_s(da, db), i32x4.min_s(dc, dd));
    inEnd = i32x4.lt_s(nearest, ends);
  } while (--passes != 0 && v128.any_true(inEnd));
  const stds = f32x4.splat(std), means = f32x4.splat(mean);
  v128.store(at, finish(za, v128.load(at), signs, stds, means));
  v128.store(at, finish(zb, v128.load(at, 16), signs, stds, means), 16);
  v128.store(at, finish(zc, v128.load(at, 32), signs, stds, means), 32);
  v128.store(at, finish(zd, v128.load(at, 48), signs, stds, means), 48);
}

/**
 * Words, in place, to mean + std * z with z of the standard normal distribution; the four vectors of a group side by side. A
 * group with a word of the end (one in 27) goes elsewhere: with a logarithm for every word the kernel takes half as long again.
 */
export function normal(at: usize, groups: i32, std: f32, mean: f32): void {
  const halfSteps = f32x4.splat(halfStep), halfWordCounts = f32x4.splat(halfWords);
  const largest = i32x4.splat(largestInt), ends = i32x4.splat(endWords), signs = i32x4.splat(signBit);
  const cp5 = f32x4.splat(middleP5), cp4 = f32x4.splat(middleP4), cp3 = f32x4.splat(middleP3), cp2 = f32x4.splat(middleP2);
  const cp1 = f32x4.splat(middleP1), cp0 = f32x4.splat(middleP0);
  const cq3 = f32x4.splat(middleQ3), cq2 = f32x4.splat(middleQ2);
  const cq1 = f32x4.splat(middleQ1), cq0 = f32x4.splat(middleQ0);
  const stds = f32x4.splat(std), means = f32x4.splat(mean);
  const end = at + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const na = fromCentre(v128.load(at)), nb = fromCentre(v128.load(at, 16));
    const nc = fromCentre(v128.load(at, 32)), nd = fromCentre(v128.load(at, 48));
    const da = v128.xor(na, largest), db = v128.xor(nb, largest);
    const dc = v128.xor(nc, largest), dd = v128.xor(nd, largest);
    const nearest = i32x4.min_s(i32x4.min_s(da, db), i32x4.min_s(dc, dd));
    if (v128.any_true(i32x4.lt_s(nearest, ends))) {
      normaliseEndGroup(at, std, mean);
      at += 64;
      continue;
    }
    const ca = f32x4.convert_i32x4_s(na), cb = f32x4.convert_i32x4_s(nb);
    const cc = f32x4.convert_i32x4_s(nc), cd = f32x4.convert_i32x4_s(nd);
    const ra = scaledRoot(ca, da, halfWordCounts), rb = scaledRoot(cb, db, halfWordCounts);
    const rc = scaledRoot(cc, dc, halfWordCounts), rd = scaledRoot(cd, dd, halfWordCounts);
    let pa = horner(cp5, ra, cp4), pb = horner(cp5, rb, cp4), pc = horner(cp5, rc, cp4), pd = horner(cp5, rd, cp4);
    pa = horner(pa, ra, cp3);
    pb = horner(pb, rb, cp3);
    pc = horner(pc, rc, cp3);
    pd = horner(pd, rd, cp3);
    let qa = f32x4.add(ra, cq3), qb = f32x4.add(rb, cq3), qc = f32x4.add(rc, cq3), qd = f32x4.add(rd, cq3);
    pa = horner(pa, ra, cp2);
    pb = horner(pb, rb, cp2);
    pc = horner(pc, rc, cp2);
    pd = horner(pd, rd, cp2);
    qa = horner(qa, ra, cq2);
    qb = horner(qb, rb, cq2);
    qc = horner(qc, rc, cq2);
    qd = horner(qd, rd, cq2);
    pa = horner(pa, ra, cp1);
    pb = horner(pb, rb, cp1);
    pc = horner(pc, rc, cp1);
    pd = horner(pd, rd, cp1);
    qa = horner(qa, ra, cq1);
    qb = horner(qb, rb, cq1);
    qc = horner(qc, rc, cq1);
    qd = horner(qd, rd, cq1);
    pa = horner(pa, ra, cp0);
    pb = horner(pb, rb, cp0);
    pc = horner(pc, rc, cp0);
    pd = horner(pd, rd, cp0);
    qa = horner(qa, ra, cq0);
    qb = horner(qb, rb, cq0);
    qc = horner(qc, rc, cq0);
    qd = horner(qd, rd, cq0);
    const za = f32x4.div(f32x4.mul(f32x4.add(ca, halfSteps), pa), qa);
    const zb = f32x4.div(f32x4.mul(f32x4.add(cb, halfSteps), pb), qb);
    const zc = f32x4.div(f32x4.mul(f32x4.add(cc, halfSteps), pc), qc);
    const zd = f32x4.div(f32x4.mul(f32x4.add(cd, halfSteps), pd), qd);
    v128.store(at, finish(za, v128.load(at), signs, stds, means));
    v128.store(at, finish(zb, v128.load(at, 16), signs, stds, means), 16);
    v128.store(at, finish(zc, v128.load(at, 32), signs, stds, means), 32);
    v128.store(at, finish(zd, v128.load(at, 48), signs, stds, means), 48);
    at += 64;
  } while (at != end);
}

/** |z| to the word's side, the standard deviation and the mean. */
// @ts-ignore: decorator
@inline
function finish(z: v128, word: v128, signs: v128, std: v128, mean: v128): v128 {
  return f32x4.add(mean, f32x4.mul(std, v128.or(z, v128.and(word, signs))));
}
