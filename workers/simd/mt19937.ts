// mt19937, sixteen words at a time: src/domain/streams/mt19937.ts is the specification. Its raw words are one sequence x with
//   x[i + 624] = x[i + 397] ^ (y >> 1) ^ (MATRIX if y is odd),  y = the high bit of x[i] and the lower bits of x[i + 1],
// and the word that a user gets is a tempered raw one. Any 624 consecutive raw words, a window, are the whole state. Here the window
// slides through memory: a step reads x[i], x[i + 1] and x[i + 397] and writes x[i + 624], so nothing wraps round and any number of
// words is as good as a block of 624. After its step nobody needs x[i], so its value may overwrite it.

/** Bytes from x[i] to x[i + 1], x[i + 397] and x[i + 624]. */
const NEXT: usize = 4;
const MIDDLE: usize = 4 * 397;
export const WINDOW_BYTES: usize = 4 * 624;

// Variables for the reason given in truncated-normal.ts.
export let highBit: i32 = 0x80000000;
export let twistMatrix: i32 = 0x9908b0df;
export let temperB: i32 = 0x9d2c5680;
export let temperC: i32 = 0xefc60000;

/** Four raw words at `raw`, and their successors made. */
// @ts-ignore: decorator
@inline
export function step(raw: usize, high: v128, matrix: v128): v128 {
  const x = v128.load(raw), next = v128.load(raw, NEXT), middle = v128.load(raw, MIDDLE);
  const y = v128.xor(next, v128.and(v128.xor(x, next), high));
  // y's lowest bit is x[i + 1]'s.
  const odd = i32x4.shr_s(i32x4.shl(next, 31), 31);
  v128.store(raw, v128.xor(v128.xor(middle, i32x4.shr_u(y, 1)), v128.and(odd, matrix)), WINDOW_BYTES);
  return x;
}

/** The words that a user gets for four raw ones. */
// @ts-ignore: decorator
@inline
export function temper(x: v128, masksB: v128, masksC: v128): v128 {
  let w = v128.xor(x, i32x4.shr_u(x, 11));
  w = v128.xor(w, v128.and(i32x4.shl(w, 7), masksB));
  w = v128.xor(w, v128.and(i32x4.shl(w, 15), masksC));
  return v128.xor(w, i32x4.shr_u(w, 18));
}
