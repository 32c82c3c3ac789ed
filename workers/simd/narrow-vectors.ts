// Turns float32 vectors into halves, float8 and codes: half.ts and float8.ts in src/domain/arithmetic and src/domain/kernels/codes.ts are
// the specification. Everything is
// integer or float32 arithmetic whose results wasm defines exactly.

// Read once before a loop, for the reason given in truncated-normal.ts.
export let magnitudes: i32 = 0x7fffffff;
export let exponents: i32 = 0x7f800000;

/** The low halves of the eight items of two vectors, in turn: a0 b0 a1 b1 a2 b2 a3 b3. */
// @ts-ignore: decorator
@inline
export function lowHalves(a: v128, b: v128): v128 {
  // As a blend this is one instruction after the shift; narrowing needs the high halves cleared or saturates.
  return i8x16.shuffle(a, i32x4.shl(b, 16), 0, 1, 18, 19, 4, 5, 22, 23, 8, 9, 26, 27, 12, 13, 30, 31);
}

/** The high halves, in the same order. */
// @ts-ignore: decorator
@inline
export function highHalves(a: v128, b: v128): v128 {
  return i8x16.shuffle(i32x4.shr_u(a, 16), b, 0, 1, 18, 19, 4, 5, 22, 23, 8, 9, 26, 27, 12, 13, 30, 31);
}

/** Undoes the order above: a0 a1 a2 a3 b0 b1 b2 b3. */
// @ts-ignore: decorator
@inline
export function inOrder(halves: v128): v128 {
  return v128.swizzle(halves, i8x16(0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15));
}

/** The same for bytes of two such vectors, a b and c d. */
// @ts-ignore: decorator
@inline
export function bytesInOrder(bytes: v128): v128 {
  return v128.swizzle(bytes, i8x16(0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15));
}

/**
 * Keeps patterns of halves within [low, high], which are patterns too, low < 0 < high. As signed numbers, positive patterns are in
 * order and above all negative ones; as unsigned numbers, negative patterns are ordered by magnitude and above all positive ones.
 */
// @ts-ignore: decorator
@inline
export function keepAcrossZero(halves: v128, low: v128, high: v128): v128 {
  return i16x8.min_u(i16x8.min_s(halves, high), low);
}

/** v as bfloat16, in the high half of each item: adds half a place less one, plus the last bit that stays. */
// @ts-ignore: decorator
@inline
export function roundBfloat16(v: v128, halfPlace: v128, ones: v128): v128 {
  const odd = v128.and(i32x4.shr_u(v, 16), ones);
  return i32x4.add(i32x4.add(v, halfPlace), odd);
}

/**
 * The same by Veltkamp's splitting, three float operations: c = v * (2^16 + 1), c + (v - c) is v to 8 bits. Ties go to
 * even: they lie below the part of a binade where c would cross into the next one. Needs 2^-100 < |v| < 2^100.
 * Dekker, Numer. Math. 18, 1971, https://doi.org/10.1007/BF01397083.
 */
// @ts-ignore: decorator
@inline
export function splitBfloat16(v: v128, splitter: v128): v128 {
  const c = f32x4.mul(v, splitter);
  return f32x4.add(c, f32x4.sub(v, c));
}

/**
 * The magnitude of v as a float with `dropped` fraction bits less, in the low bits of each item and too small by a constant. The last
 * place of 2^dropped times the power of two in v (at least the smallest normal, for the subnormals) is that float's, so adding that product
 * rounds to the place and leaves the significand in the low bits; the exponent is added from the same power of two.
 */
// @ts-ignore: decorator
@inline
function roundMagnitude(v: v128, magnitude: v128, exponent: v128, smallest: v128, raise: v128, dropped: i32): v128 {
  const power = i32x4.add(i32x4.max_s(v128.and(v, exponent), smallest), raise);
  const sum = f32x4.add(v128.and(v, magnitude), power);
  return i32x4.add(sum, i32x4.shr_u(power, dropped));
}

/** As a float16, in the low half of each item and 0x800 too small. */
// @ts-ignore: decorator
@inline
export function roundFloat16(v: v128, magnitude: v128, exponent: v128, smallest: v128, raise: v128): v128 {
  return roundMagnitude(v, magnitude, exponent, smallest, raise, 13);
}

/** As a float8 of the format, in the low byte of each item and too small by its correction. */
// @ts-ignore: decorator
@inline
export function roundFloat8(format: i32, v: v128, magnitude: v128, exponent: v128, smallest: v128, raise: v128): v128 {
  return roundMagnitude(v, magnitude, exponent, smallest, raise, format == E4M3 ? 20 : 21);
}

/** The formats of float8; each makes an instance of a loop. */
export const E4M3: i32 = 0;
export const E5M2: i32 = 1;

/** 2^-6, float8_e4m3fn's smallest normal; 2^20 as a difference of patterns; what its rounded magnitudes lack, in a byte. */
export let e4m3Smallest: i32 = 0x3c800000;
export let e4m3Raise: i32 = 20 << 23;
export let e4m3Correction: i32 = 0x98;
/** The same of float8_e5m2: 2^-14, 2^21. */
export let e5m2Smallest: i32 = 0x38800000;
export let e5m2Raise: i32 = 21 << 23;
export let e5m2Correction: i32 = 0xe8;
export let byteSign: i32 = 0x80;
export let lowByte: i32 = 0xff;

/** 2^-14, float16's smallest normal. */
export let float16Smallest: i32 = 0x38800000;
/** 2^13 as a difference of patterns. */
export let float16Raise: i32 = 13 << 23;
export let float16Correction: i32 = 0x0800;
export let halfSign: i32 = 0x8000;
/** 2^16 + 1. */
export let bfloat16Splitter: f32 = 65537;
export let bfloat16HalfPlace: i32 = 0x7fff;
export let lastBit: i32 = 1;

/** Eight float16 patterns without their signs, from the rounded magnitudes of two vectors. */
// @ts-ignore: decorator
@inline
export function joinFloat16(roundedA: v128, roundedB: v128, correction: v128): v128 {
  return inOrder(i16x8.add(lowHalves(roundedA, roundedB), correction));
}

/** Sixteen float8 patterns without their signs, from the rounded magnitudes of four vectors. */
// @ts-ignore: decorator
@inline
export function joinFloat8(a: v128, b: v128, c: v128, d: v128, low: v128, correction: v128): v128 {
  return joinPairs(lowHalves(a, b), lowHalves(c, d), low, correction);
}

/** The same, from the low halves of two of the vectors and of the other two. */
// @ts-ignore: decorator
@inline
export function joinPairs(ab: v128, cd: v128, low: v128, correction: v128): v128 {
  const bytes = i8x16.narrow_i16x8_u(v128.and(ab, low), v128.and(cd, low));
  return bytesInOrder(i8x16.add(bytes, correction));
}

/** The signs of four vectors, as sixteen 8-bit sign bits. */
// @ts-ignore: decorator
@inline
export function byteSigns(a: v128, b: v128, c: v128, d: v128, sign: v128): v128 {
  return v128.and(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)), sign);
}

/** The signs of two vectors of floats or integers, as eight 16-bit sign bits: narrowing saturates, which keeps the sign. */
// @ts-ignore: decorator
@inline
export function signBits(a: v128, b: v128, sign: v128): v128 {
  return v128.and(i16x8.narrow_i32x4_s(a, b), sign);
}

/**
 * 1.5 * 2^23: a float32 of this size has a last place of 1, so adding it rounds to a whole number, ties to even, whose low
 * 16 bits are those of the sum's pattern. For values within +-2^15.
 */
export let roundingMagic: f32 = 12582912;
