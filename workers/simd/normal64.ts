// Normal float64: src/domain/kernels/normal64.ts is the specification.

import { GROUP_BYTES, GROUP_BYTES_LOG2 } from "./group";
import { horner } from "./truncated-normal64";

// Variables for the reason given in truncated-normal.ts. They split the magnitude of a word, 63 bits, into |x| = first + second:
/** Bits of 2: with 51 bits below its exponent's, 2 + first. */
export let firstBits: i64 = 0x4000000000000000;
/** 12 bits. */
export let partBits: i64 = 0xfff;
/** Bits of 2^-11, whose ulp is 2^-63: with 12 bits in its lowest places, 2^-11 + second - 2^-64. */
export let secondBits: i64 = 0x3f40000000000000;
/** 2^-11 - 2^-64. */
export let secondOffset: f64 = 0.00048828124999999995; // 0x3f3fffffffffffff
export let normalOne: f64 = 1;
export let normalTwo: f64 = 2;
export let normalSignBit: f64 = -0.0;

// The host sets these to the specification's numbers.
export let tailBelow: f64 = 0;
export let centreBase: f64 = 0;
export let centreLine: f64 = 0;
/** P(v) / Q(v), highest degree first; Q is monic. */
export let centreP$k: f64 = 0; // $k: 9..0
export let centreQ$k: f64 = 0; // $k: 8..0
export let tailOffset: f64 = 0;
/** P(r) / Q(r), highest degree first; Q is monic. */
export let tailP$k: f64 = 0; // $k: 9..0
export let tailQ$k: f64 = 0; // $k: 7..0
export let logHigh: f64 = 0;
export let logLow: f64 = 0;
export let logP$k: f64 = 0; // $k: 5..0

/** The upper half of 1 less that of sqrt(1/2): added, it moves exponents so that fractions lie between sqrt(1/2) and sqrt(2). */
const ROOT_SHIFT: i64 = 0x00095f6200000000;
const EXPONENT_MASK: i64 = 0x7ff0000000000000;
const ONE_BITS: i64 = 0x3ff0000000000000;
const INTEGER_BITS: i64 = 0x4330000000000000;
/** 2^52 plus the bias of exponents. */
const EXPONENT_OFFSET: f64 = 4503599627371519;

/** |z| in the tail, for d = 1 - |x|. */
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
  s = horner(s, square, f64x2.splat(logP$k)); // $k: 3..0
  const ofFraction = f64x2.mul(w, f64x2.sub(f64x2.mul(square, s), f64x2.splat(4)));
  const ofExponent = f64x2.sub(f64x2.mul(exponent, f64x2.splat(logHigh)), f64x2.splat(tailOffset));
  const rest = f64x2.add(f64x2.mul(exponent, f64x2.splat(logLow)), ofFraction);
  const r = f64x2.sqrt(f64x2.add(ofExponent, rest));
  let p = horner(f64x2.splat(tailP9), r, f64x2.splat(tailP8));
  let q = f64x2.add(r, f64x2.splat(tailQ7));
  p = horner(p, r, f64x2.splat(tailP$k)); // $k: 7..0
  q = horner(q, r, f64x2.splat(tailQ$k)); // $k: 6..0
  return f64x2.add(r, f64x2.div(p, q));
}

/** base * first + (base * second + x * excess). */
// @ts-ignore: decorator
@inline
function centre(first: v128, second: v128, x: v128, excess: v128, bases: v128): v128 {
  return f64x2.add(f64x2.mul(bases, first), f64x2.add(f64x2.mul(bases, second), f64x2.mul(x, excess)));
}

/** Applies the sign, the standard deviation and the mean. */
// @ts-ignore: decorator
@inline
function finish(z: v128, sign: v128, std: v128, mean: v128): v128 {
  return f64x2.add(mean, f64x2.mul(v128.xor(std, sign), z));
}

/** d, or where an item is done, 1. */
// @ts-ignore: decorator
@inline
function without(d: v128, lanes: v128, ones: v128): v128 {
  return v128.bitselect(ones, d, lanes);
}

/**
 * Stores a group with words of the tail, whose z are right but for those. There is seldom more than one, so the tail is computed for the
 * smallest d of each column of the four vectors, and again only while some are left.
 */
// One group in ten gets here. A function, so that only the loop's constants stay in registers. With a branch for each vector the whole
// takes 1 cycle an element more, of 21.
export function storeWithTails(
  at: usize, std: f64, mean: f64,
  da: v128, db: v128, dc: v128, dd: v128,
  za: v128, zb: v128, zc: v128, zd: v128,
): void {
  const limits = f64x2.splat(tailBelow), ones = f64x2.splat(normalOne);
  let nearest = f64x2.pmin(f64x2.pmin(da, db), f64x2.pmin(dc, dd));
  let inTail = f64x2.lt(nearest, limits);
  do {
    const z = tail(nearest);
    const e$ = v128.and(f64x2.eq(d$, nearest), inTail);
    z$ = v128.bitselect(z, z$, e$);
    d$ = without(d$, e$, ones);
    nearest = f64x2.pmin(f64x2.pmin(da, db), f64x2.pmin(dc, dd));
    inTail = f64x2.lt(nearest, limits);
  } while (v128.any_true(inTail));
  const signs = f64x2.splat(normalSignBit), stds = f64x2.splat(std), means = f64x2.splat(mean);
  v128.store(at, finish(z$, v128.and(v128.load(at, $offset), signs), stds, means), $offset);
}

/** Turns words, in place, into mean + std * z. */
export function normal64(at: usize, groups: i32, std: f64, mean: f64): void {
  const zeros = i64x2.splat(0), ones = f64x2.splat(normalOne), twos = f64x2.splat(normalTwo);
  const signs = f64x2.splat(normalSignBit), partMask = i64x2.splat(partBits), firstBase = i64x2.splat(firstBits);
  const secondBase = i64x2.splat(secondBits), secondOffsets = f64x2.splat(secondOffset);
  const limits = f64x2.splat(tailBelow), bases = f64x2.splat(centreBase), lines = f64x2.splat(centreLine);
  const cP$k = f64x2.splat(centreP$k); // $k: 9..0
  const cQ$k = f64x2.splat(centreQ$k); // $k: 8..0
  const stds = f64x2.splat(std), means = f64x2.splat(mean);
  const end = at + (<usize>groups << GROUP_BYTES_LOG2);
  do {
    const w$ = v128.load(at, $offset);
    const m$ = v128.xor(w$, i64x2.lt_s(w$, zeros));
    const f$ = f64x2.sub(v128.or(i64x2.shr_u(m$, 12), firstBase), twos);
    const g$ = f64x2.sub(v128.or(v128.and(m$, partMask), secondBase), secondOffsets);
    const d$ = f64x2.sub(f64x2.sub(ones, f$), g$);
    const x$ = f64x2.add(f$, g$);
    const v$ = f64x2.sqrt(f64x2.mul(d$, f64x2.add(ones, x$)));
    let p$ = horner(cP9, v$, cP8);
    let q$ = f64x2.add(v$, cQ8);
    p$ = horner(p$, v$, cP$k); q$ = horner(q$, v$, cQ$k); // $k: 7..0
    const z$ = centre(f$, g$, x$, f64x2.add(f64x2.sub(lines, v$), f64x2.div(p$, q$)), bases);
    const least = f64x2.pmin(f64x2.pmin(da, db), f64x2.pmin(dc, dd));
    if (v128.any_true(f64x2.lt(least, limits))) {
      storeWithTails(at, std, mean, da, db, dc, dd, za, zb, zc, zd);
    } else {
      v128.store(at, finish(z$, v128.and(v128.load(at, $offset), signs), stds, means), $offset);
    }
    at += GROUP_BYTES;
  } while (at != end);
}
