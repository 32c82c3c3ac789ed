// Times in these sources are for 256 MiB on one thread of an AMD EPYC (Zen 5, 4.1 GHz) with Node 20.20, unless they say otherwise: they
// decided between ways of writing the code. `npm run bench -- kernels` measures it as it is now.
//
// One step of xoroshiro128+ (24, 16, 37): s is the first state word, t the second. A step is
//   output = s + t;  mixed = s ^ t;
//   s = rotl(s, 24) ^ mixed ^ (mixed << 16);  t = rotl(mixed, 37)
// Here on two lanes at once, in vector registers, and on one, in integer registers.

const FIRST_ROTATION = 24;
const SHIFT = 16;
const SECOND_ROTATION = 37;

// FIRST_ROTATION is three whole bytes, so it is one byte permutation where shifts would take three instructions: 15.4 against
// 18.1 ms of a centred uniform with all lanes in vector registers. As `i8x16.shuffle` V8 makes the same thing slower (16.5 ms).
// @ts-ignore: decorator
@inline
function rotateFirst(v: v128): v128 {
  return v128.swizzle(v, i8x16(5, 6, 7, 0, 1, 2, 3, 4, 13, 14, 15, 8, 9, 10, 11, 12));
}

// @ts-ignore: decorator
@inline
export function nextFirstWord(s: v128, mixed: v128): v128 {
  // Only one shift and one xor stand between `mixed` and the result; the rest of the work is off the path that every
  // following step waits for.
  return v128.xor(v128.xor(rotateFirst(s), mixed), i64x2.shl(mixed, SHIFT));
}

// @ts-ignore: decorator
@inline
export function nextSecondWord(mixed: v128): v128 {
  return v128.or(i64x2.shl(mixed, SECOND_ROTATION), i64x2.shr_u(mixed, 64 - SECOND_ROTATION));
}

/** nextFirstWord of one lane. */
// @ts-ignore: decorator
@inline
export function nextFirst64(s: i64, mixed: i64): i64 {
  return rotl<i64>(s, FIRST_ROTATION) ^ mixed ^ (mixed << SHIFT);
}

/** nextSecondWord of one lane. */
// @ts-ignore: decorator
@inline
export function nextSecond64(mixed: i64): i64 {
  return rotl<i64>(mixed, SECOND_ROTATION);
}
