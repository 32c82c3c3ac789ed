// Normal float64: src/domain/kernels/normal64.ts is the specification.

import { GROUP_BYTES_LOG2 } from "./group";
import { horner } from "./truncated-normal64";

// Variables for the reason given in truncated-normal.ts. How the magnitude of a word, 63 bits, becomes |x| = first + second:
/** Bits of 2: with 51 bits below its exponent's, 2 + first. */
export let firstBits: i64 = 0x4000000000000000;
/** 12 bits. */
export let partBits: i64 = 0xfff;
/** Bits of 2^-11, whose ulp is 2^-63: with 12 bits in its lowest places, 2^-11 + second - 2^-64. */
export let secondBits: i64 = 0x3f40000000000000;
/** 2^-11 - 2^-64. */
export let secondOffset: f64 = 0.00048828124999999995;
export let normalOne: f64 = 1;
export let normalTwo: f64 = 2;
export let normalSignBit: f64 = -0.0;

// The host sets these to the specification's numbers.
export let tailBelow: f64 = 0;
export let centreBase: f64 = 0;
export let centreLine: f64 = 0;
/** P(v) / Q(v), highest degree first; Q is monic. */
export let centreP9: f64 = 0;
export let centreP8: f64 = 0;
export let centreP7: f64 = 0;
export let centreP6: f64 = 0;
export let centreP5: f64 = 0;
export let centreP4: f64 = 0;
export let centreP3: f64 = 0;
export let centreP2: f64 = 0;
export let centreP1: f64 = 0;
export let centreP0: f64 = 0;
export let centreQ8: f64 = 0;
export let centreQ7: f64 = 0;
export let centreQ6: f64 = 0;
export let centreQ5: f64 = 0;
export let centreQ4: f64 = 0;
export let centreQ3: f64 = 0;
export let centreQ2: f64 = 0;
export let centreQ1: f64 = 0;
export let centreQ0: f64 = 0;
export let tailOffset: f64 = 0;
/** P(r) / Q(r), highest degree first; Q is monic. */
export let tailP9: f64 = 0;
export let tailP8: f64 = 0;
export let tailP7: f64 = 0;
export let tailP6: f64 = 0;
export let tailP5: f64 = 0;
export let tailP4: f64 = 0;
export let tailP3: f64 = 0;
export let tailP2: f64 = 0;
export let tailP1: f64 = 0;
export let tailP0: f64 = 0;
export let tailQ7: f64 = 0;
export let tailQ6: f64 = 0;
export let tailQ5: f64 = 0;
export let tailQ4: f64 = 0;
export let tailQ3: f64 = 0;
export let tailQ2: f64 = 0;
export let tailQ1: f64 = 0;
export let tailQ0: f64 = 0;
export let logHigh: f64 = 0;
export let logLow: f64 = 0;
export let logP5: f64 = 0;
export let logP4: f64 = 0;
export let logP3: f64 = 0;
export let logP2: f64 = 0;
export let logP1: f64 = 0;
export let logP0: f64 = 0;

/** Upper half of sqrt(1/2) less that of 1: moves exponents so that fractions lie between sqrt(1/2) and sqrt(2). */
const ROOT_SHIFT: i64 = 0x00095f6200000000;
const EXPONENT_MASK: i64 = 0x7ff0000000000000;
const ONE_BITS: i64 = 0x3ff0000000000000;
const INTEGER_BITS: i64 = 0x4330000000000000;
/** 2^52 and the bias of exponents. */
const EXPONENT_OFFSET: f64 = 4503599627371519;

/** |z| of the tail where 1 - |x| is d. */
function tail(d: v128): v128 {
  const moved = i64x2.add(d, i64x2.splat(ROOT_SHIFT));
  const exponent = f64x2.sub(
    v128.or(i64x2.shr_u(moved, 52), i64x2.splat(INTEGER_BITS)),
    f64x2.splat(EXPONENT_OFFSET),
  );
  const scale = i64x2.sub(v128.and(moved, i64x2.splat(EXPONENT_MASK)), i64x2.splat(ONE_BITS));
  const fraction = i64x2.sub(d, scale);
  const ones = f64x2.splat(normalOne);
  const w = f64x2.div(f64x2.sub(fraction, ones), f64x2.add(fraction, ones));
  const square = f64x2.mul(w, w);
  let s = horner(f64x2.splat(logP5), square, f64x2.splat(logP4));
  s = horner(s, square, f64x2.splat(logP3));
  s = horner(s, square, f64x2.splat(logP2));
  s = horner(s, square, f64x2.splat(logP1));
  s = horner(s, square, f64x2.splat(logP0));
  const ofFraction = f64x2.mul(w, f64x2.sub(f64x2.mul(square, s), f64x2.splat(4)));
  const ofExponent = f64x2.sub(f64x2.mul(exponent, f64x2.splat(logHigh)), f64x2.splat(tailOffset));
  const rest = f64x2.add(f64x2.mul(exponent, f64x2.splat(logLow)), ofFraction);
  const r = f64x2.sqrt(f64x2.add(ofExponent, rest));
  let p = horner(f64x2.splat(tailP9), r, f64x2.splat(tailP8));
  let q = f64x2.add(r, f64x2.splat(tailQ7));
  p = horner(p, r, f64x2.splat(tailP7));
  p = horner(p, r, f64x2.splat(tailP6));
  p = horner(p, r, f64x2.splat(tailP5));
  p = horner(p, r, f64x2.splat(tailP4));
  p = horner(p, r, f64x2.splat(tailP3));
  p = horner(p, r, f64x2.splat(tailP2));
  p = horner(p, r, f64x2.splat(tailP1));
  p = horner(p, r, f64x2.splat(tailP0));
  q = horner(q, r, f64x2.splat(tailQ6));
  q = horner(q, r, f64x2.splat(tailQ5));
  q = horner(q, r, f64x2.splat(tailQ4));
  q = horner(q, r, f64x2.splat(tailQ3));
  q = horner(q, r, f64x2.splat(tailQ2));
  q = horner(q, r, f64x2.splat(tailQ1));
  q = horner(q, r, f64x2.splat(tailQ0));
  return f64x2.add(r, f64x2.div(p, q));
}

/** base * first + (base * second + x * excess). */
// @ts-ignore: decorator
@inline
function centre(first: v128, second: v128, x: v128, excess: v128, bases: v128): v128 {
  return f64x2.add(f64x2.mul(bases, first), f64x2.add(f64x2.mul(bases, second), f64x2.mul(x, excess)));
}

/** To the sign, the standard deviation and the mean asked for. */
// @ts-ignore: decorator
@inline
function finish(z: v128, sign: v128, std: v128, mean: v128): v128 {
  return f64x2.add(mean, f64x2.mul(v128.xor(std, sign), z));
}

/** 1 - |x| of two words. */
function tailOf(word: v128): v128 {
  const magnitude = v128.xor(word, i64x2.lt_s(word, i64x2.splat(0)));
  const first = f64x2.sub(v128.or(i64x2.shr_u(magnitude, 12), i64x2.splat(firstBits)), f64x2.splat(normalTwo));
  const part = v128.or(v128.and(magnitude, i64x2.splat(partBits)), i64x2.splat(secondBits));
  return f64x2.sub(f64x2.sub(f64x2.splat(normalOne), first), f64x2.sub(part, f64x2.splat(secondOffset)));
}

/** Two values, of words of which z is right unless they are of the tail. */
function valueWithTail(word: v128, z: v128, std: f64, mean: f64): v128 {
  const d = tailOf(word);
  const ofTail = f64x2.lt(d, f64x2.splat(tailBelow));
  let either = z;
  if (v128.any_true(ofTail)) either = v128.bitselect(tail(d), z, ofTail);
  return finish(either, v128.and(word, f64x2.splat(normalSignBit)), f64x2.splat(std), f64x2.splat(mean));
}

// One group in ten gets here. A function, so that nothing but the loop's constants has to outlive it: with a branch for
// each vector in the loop, and a centre that ends at |z| = 2.06 or 2.7, 50 ms for 64 MiB; so, 39.6, without tails 32.
function storeWithTails(at: usize, za: v128, zb: v128, zc: v128, zd: v128, std: f64, mean: f64): void {
  v128.store(at, valueWithTail(v128.load(at), za, std, mean));
  v128.store(at, valueWithTail(v128.load(at, 16), zb, std, mean), 16);
  v128.store(at, valueWithTail(v128.load(at, 32), zc, std, mean), 32);
  v128.store(at, valueWithTail(v128.load(at, 48), zd, std, mean), 48);
}

/** Words, in place, to mean + std * z. */
export function normal64(at: usize, groups: i32, std: f64, mean: f64): void {
  const zeros = i64x2.splat(0), ones = f64x2.splat(normalOne), twos = f64x2.splat(normalTwo);
  const signs = f64x2.splat(normalSignBit), partMask = i64x2.splat(partBits), firstBase = i64x2.splat(firstBits);
  const secondBase = i64x2.splat(secondBits), secondOffsets = f64x2.splat(secondOffset);
  const limits = f64x2.splat(tailBelow), bases = f64x2.splat(centreBase), lines = f64x2.splat(centreLine);
  const cP9 = f64x2.splat(centreP9), cP8 = f64x2.splat(centreP8), cP7 = f64x2.splat(centreP7);
  const cP6 = f64x2.splat(centreP6), cP5 = f64x2.splat(centreP5), cP4 = f64x2.splat(centreP4);
  const cP3 = f64x2.splat(centreP3), cP2 = f64x2.splat(centreP2), cP1 = f64x2.splat(centreP1);
  const cP0 = f64x2.splat(centreP0), cQ8 = f64x2.splat(centreQ8), cQ7 = f64x2.splat(centreQ7);
  const cQ6 = f64x2.splat(centreQ6), cQ5 = f64x2.splat(centreQ5), cQ4 = f64x2.splat(centreQ4);
  const cQ3 = f64x2.splat(centreQ3), cQ2 = f64x2.splat(centreQ2), cQ1 = f64x2.splat(centreQ1);
  const cQ0 = f64x2.splat(centreQ0);
  const stds = f64x2.splat(std), means = f64x2.splat(mean);
  const end = at + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const wa = v128.load(at), wb = v128.load(at, 16), wc = v128.load(at, 32), wd = v128.load(at, 48);
    const ma = v128.xor(wa, i64x2.lt_s(wa, zeros));
    const mb = v128.xor(wb, i64x2.lt_s(wb, zeros));
    const mc = v128.xor(wc, i64x2.lt_s(wc, zeros));
    const md = v128.xor(wd, i64x2.lt_s(wd, zeros));
    const fa = f64x2.sub(v128.or(i64x2.shr_u(ma, 12), firstBase), twos);
    const fb = f64x2.sub(v128.or(i64x2.shr_u(mb, 12), firstBase), twos);
    const fc = f64x2.sub(v128.or(i64x2.shr_u(mc, 12), firstBase), twos);
    const fd = f64x2.sub(v128.or(i64x2.shr_u(md, 12), firstBase), twos);
    const ga = f64x2.sub(v128.or(v128.and(ma, partMask), secondBase), secondOffsets);
    const gb = f64x2.sub(v128.or(v128.and(mb, partMask), secondBase), secondOffsets);
    const gc = f64x2.sub(v128.or(v128.and(mc, partMask), secondBase), secondOffsets);
    const gd = f64x2.sub(v128.or(v128.and(md, partMask), secondBase), secondOffsets);
    const da = f64x2.sub(f64x2.sub(ones, fa), ga);
    const db = f64x2.sub(f64x2.sub(ones, fb), gb);
    const dc = f64x2.sub(f64x2.sub(ones, fc), gc);
    const dd = f64x2.sub(f64x2.sub(ones, fd), gd);
    const xa = f64x2.add(fa, ga);
    const xb = f64x2.add(fb, gb);
    const xc = f64x2.add(fc, gc);
    const xd = f64x2.add(fd, gd);
    const va = f64x2.sqrt(f64x2.mul(da, f64x2.add(ones, xa)));
    const vb = f64x2.sqrt(f64x2.mul(db, f64x2.add(ones, xb)));
    const vc = f64x2.sqrt(f64x2.mul(dc, f64x2.add(ones, xc)));
    const vd = f64x2.sqrt(f64x2.mul(dd, f64x2.add(ones, xd)));
    let pa = horner(cP9, va, cP8), pb = horner(cP9, vb, cP8), pc = horner(cP9, vc, cP8), pd = horner(cP9, vd, cP8);
    let qa = f64x2.add(va, cQ8), qb = f64x2.add(vb, cQ8), qc = f64x2.add(vc, cQ8), qd = f64x2.add(vd, cQ8);
    pa = horner(pa, va, cP7);
    pb = horner(pb, vb, cP7);
    pc = horner(pc, vc, cP7);
    pd = horner(pd, vd, cP7);
    qa = horner(qa, va, cQ7);
    qb = horner(qb, vb, cQ7);
    qc = horner(qc, vc, cQ7);
    qd = horner(qd, vd, cQ7);
    pa = horner(pa, va, cP6);
    pb = horner(pb, vb, cP6);
    pc = horner(pc, vc, cP6);
    pd = horner(pd, vd, cP6);
    qa = horner(qa, va, cQ6);
    qb = horner(qb, vb, cQ6);
    qc = horner(qc, vc, cQ6);
    qd = horner(qd, vd, cQ6);
    pa = horner(pa, va, cP5);
    pb = horner(pb, vb, cP5);
    pc = horner(pc, vc, cP5);
    pd = horner(pd, vd, cP5);
    qa = horner(qa, va, cQ5);
    qb = horner(qb, vb, cQ5);
    qc = horner(qc, vc, cQ5);
    qd = horner(qd, vd, cQ5);
    pa = horner(pa, va, cP4);
    pb = horner(pb, vb, cP4);
    pc = horner(pc, vc, cP4);
    pd = horner(pd, vd, cP4);
    qa = horner(qa, va, cQ4);
    qb = horner(qb, vb, cQ4);
    qc = horner(qc, vc, cQ4);
    qd = horner(qd, vd, cQ4);
    pa = horner(pa, va, cP3);
    pb = horner(pb, vb, cP3);
    pc = horner(pc, vc, cP3);
    pd = horner(pd, vd, cP3);
    qa = horner(qa, va, cQ3);
    qb = horner(qb, vb, cQ3);
    qc = horner(qc, vc, cQ3);
    qd = horner(qd, vd, cQ3);
    pa = horner(pa, va, cP2);
    pb = horner(pb, vb, cP2);
    pc = horner(pc, vc, cP2);
    pd = horner(pd, vd, cP2);
    qa = horner(qa, va, cQ2);
    qb = horner(qb, vb, cQ2);
    qc = horner(qc, vc, cQ2);
    qd = horner(qd, vd, cQ2);
    pa = horner(pa, va, cP1);
    pb = horner(pb, vb, cP1);
    pc = horner(pc, vc, cP1);
    pd = horner(pd, vd, cP1);
    qa = horner(qa, va, cQ1);
    qb = horner(qb, vb, cQ1);
    qc = horner(qc, vc, cQ1);
    qd = horner(qd, vd, cQ1);
    pa = horner(pa, va, cP0);
    pb = horner(pb, vb, cP0);
    pc = horner(pc, vc, cP0);
    pd = horner(pd, vd, cP0);
    qa = horner(qa, va, cQ0);
    qb = horner(qb, vb, cQ0);
    qc = horner(qc, vc, cQ0);
    qd = horner(qd, vd, cQ0);
    const za = centre(fa, ga, xa, f64x2.add(f64x2.sub(lines, va), f64x2.div(pa, qa)), bases);
    const zb = centre(fb, gb, xb, f64x2.add(f64x2.sub(lines, vb), f64x2.div(pb, qb)), bases);
    const zc = centre(fc, gc, xc, f64x2.add(f64x2.sub(lines, vc), f64x2.div(pc, qc)), bases);
    const zd = centre(fd, gd, xd, f64x2.add(f64x2.sub(lines, vd), f64x2.div(pd, qd)), bases);
    const least = f64x2.pmin(f64x2.pmin(da, db), f64x2.pmin(dc, dd));
    if (v128.any_true(f64x2.lt(least, limits))) {
      storeWithTails(at, za, zb, zc, zd, std, mean);
    } else {
      v128.store(at, finish(za, v128.and(v128.load(at), signs), stds, means));
      v128.store(at, finish(zb, v128.and(v128.load(at, 16), signs), stds, means), 16);
      v128.store(at, finish(zc, v128.and(v128.load(at, 32), signs), stds, means), 32);
      v128.store(at, finish(zd, v128.and(v128.load(at, 48), signs), stds, means), 48);
    }
    at += 64;
  } while (at != end);
}
