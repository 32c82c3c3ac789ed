// The radius of a pair of torch's float32 normals, sqrt(-2 ln(1 - k * 2^-24)), k the word's 24 low bits. The specification is a chain
// of float32 operations after Cephes' logf, most of them fused; this is another chain with the same result for each of the 2^24 words
// (`npm run fit -- torch-normal-words` compares them all).
//
// A fused multiply-add is a product and a sum in float64, rounded to float32. The sum has been rounded before, and ties go away from zero:
// neither shows in a radius.

import { BLOCK_BYTES, BLOCK_BYTES_LOG2 } from "./torch-block";
import { demote, horner64, promoteHigh, promoteLow, roundToFloat } from "./torch-floats";

// Variables for the reason given in truncated-normal.ts.
export let low24: i32 = 0xffffff;
/** (1 - k * 2^-24) * 2^24 = 2^24 - k. */
export let unitWords: i32 = 0x1000000;
/** The bits of sqrt(1/2) * 2^24, where the reduced argument begins. */
export let bottomBits: i32 = 0x3f3504f3 + (24 << 23);
export let fractionBits: i32 = 0x7fffff;
/** The bits of 2 sqrt(1/2). */
export let rootTwoBits: i32 = 0x3fb504f3;
export let two: f32 = 2;
export let quarter: f32 = 0.25;

/**
 * Cephes' polynomial in x for ln(1 + x) = x - x^2/2 + x^3 * P(x) (https://www.netlib.org/cephes, single/logf.c), scaled by powers of
 * two for m = 2x: what is wanted is 2 ln. Highest degree first.
 */
export let log8: f64 = <f64><f32>0.07037683576345444 / 1024; // 0x3d9021bb
export let log7: f64 = -<f64><f32>0.11514610052108765 / 512; // 0x3debd1b8
export let log6: f64 = <f64><f32>0.11676998436450958 / 256; // 0x3def251a
export let log5: f64 = -<f64><f32>0.12420140951871872 / 128; // 0x3dfe5d4f
export let log4: f64 = <f64><f32>0.14249323308467865 / 64; // 0x3e11e9bf
export let log3: f64 = -<f64><f32>0.16668057441711426 / 32; // 0x3e2aae50
export let log2: f64 = <f64><f32>0.2000071406364441 / 16; // 0x3e4cceac
export let log1: f64 = -<f64><f32>0.24999994039535522 / 8; // 0x3e7ffffc
export let log0: f64 = <f64><f32>0.3333333134651184 / 4; // 0x3eaaaaaa
/** 2 ln 2 as Cephes splits it, the first part, which times an exponent is exact, with a minus. */
export let minusLn2High: f32 = -2 * <f32>0.693359375; // 0x3f318000
export let ln2Low: f32 = -2 * <f32>0.00021219444170128554; // 0x395e8083

/** A fused step of Horner's rule. */
// @ts-ignore: decorator
@inline
function fuse(sum: v128, m: v128, coefficient: v128): v128 {
  return roundToFloat(horner64(sum, m, coefficient));
}

/** P(x)/4 for two float32. */
// @ts-ignore: decorator
@inline
function logPolynomial(m: v128): v128 {
  let y = fuse(f64x2.splat(log8), m, f64x2.splat(log7));
  y = fuse(y, m, f64x2.splat(log$k)); // $k: 6..1
  return horner64(y, m, f64x2.splat(log0));
}

// The constants are not kept in locals: there are too many for the registers, and V8 reads them as fast from the globals.
// @ts-ignore: decorator
@inline
function radius(word: v128): v128 {
  const u = f32x4.convert_i32x4_s(i32x4.sub(i32x4.splat(unitWords), v128.and(word, i32x4.splat(low24))));
  // u = 2^24 * 2^e * (1 + x) with sqrt(1/2) <= 1 + x < sqrt 2.
  const t = i32x4.sub(u, i32x4.splat(bottomBits));
  const e = f32x4.convert_i32x4_s(i32x4.shr_s(t, 23));
  const twice = i32x4.add(v128.and(t, i32x4.splat(fractionBits)), i32x4.splat(rootTwoBits));
  const m = f32x4.sub(twice, f32x4.splat(two));
  const y = f32x4.mul(demote(logPolynomial(promoteLow(m)), logPolynomial(promoteHigh(m))), m);
  const z = f32x4.mul(m, m);
  const rest = f32x4.mul(e, f32x4.splat(ln2Low));
  const cubic = demote(
    horner64(promoteLow(y), promoteLow(z), promoteLow(rest)),
    horner64(promoteHigh(y), promoteHigh(z), promoteHigh(rest)),
  );
  const fraction = f32x4.add(m, f32x4.sub(cubic, f32x4.mul(z, f32x4.splat(quarter))));
  // Of k = 0 it is -0 - 0 = -0, and the root of that -0, as torch's is.
  return f32x4.sqrt(f32x4.sub(f32x4.mul(e, f32x4.splat(minusLn2High)), fraction));
}

/** Makes radii of the first eight words of each block; they go to the block's first eight places in dst, which may be `words`. */
export function fillRadii(words: usize, dst: usize, blocks: i32): void {
  const end = words + (<usize>blocks << BLOCK_BYTES_LOG2);
  do {
    const first = radius(v128.load(words)), second = radius(v128.load(words, 16));
    v128.store(dst, first);
    v128.store(dst, second, 16);
    words += BLOCK_BYTES;
    dst += BLOCK_BYTES;
  } while (words != end);
}
