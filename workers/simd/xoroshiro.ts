// Times in these sources are for 256 MiB, one thread of an AMD EPYC (Zen 5, 4.1 GHz), Node 20.20 unless it says otherwise
// (npm run bench -- kernels): they chose between ways of writing the same thing.
//
// One step of xoroshiro128+ (24, 16, 37) on two lanes at once: `s` holds the
// first state word of both lanes, `t` the second. A step is
//   output = s + t;  mixed = s ^ t;
//   s = rotl(s, 24) ^ mixed ^ (mixed << 16);  t = rotl(mixed, 37)

// 24 bits are three whole bytes, so this rotation is one byte permutation where
// shifts would take three instructions: 15.4 against 18.1 ms for 256 MiB of
// centred uniform. As `i8x16.shuffle` V8 makes the same thing slower (16.5 ms).
// @ts-ignore: decorator
@inline
function rotateLeft24(v: v128): v128 {
  return v128.swizzle(v, i8x16(5, 6, 7, 0, 1, 2, 3, 4, 13, 14, 15, 8, 9, 10, 11, 12));
}

// @ts-ignore: decorator
@inline
export function nextFirstWord(s: v128, mixed: v128): v128 {
  // Only one shift and one xor stand between `mixed` and the result; the rest
  // of the work is off the path that every following step waits for.
  return v128.xor(v128.xor(rotateLeft24(s), mixed), i64x2.shl(mixed, 16));
}

// @ts-ignore: decorator
@inline
export function nextSecondWord(mixed: v128): v128 {
  return v128.or(i64x2.shl(mixed, 37), i64x2.shr_u(mixed, 27));
}
