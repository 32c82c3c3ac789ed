/**
 * The high half of the product of two 64-bit integers, which are given as halves of 32 bits.
 * @module
 */

/** A 64-bit integer: two uint32. */
export interface Halves {
  readonly low: number;
  readonly high: number;
}

/** Of an integer modulo 2^64. */
export const halvesOf = (integer: bigint): Halves => ({
  low: Number(BigInt.asUintN(32, integer)),
  high: Number(BigInt.asUintN(32, integer >> 32n)),
});

/** The integer from 0 to 2^64 - 1. */
export const joinHalves = ({ low, high }: Halves): bigint => (BigInt(high) << 32n) | BigInt(low);

const HALF = 2 ** 32;

const lowProduct = (a: number, b: number): number => Math.imul(a, b) >>> 0;

/**
 * The upper half of a product of two uint32. The product as a double is off by 2^10 at most, and so is its difference from the low half;
 * divided by 2^32 that is far less than the 1/2 that rounding removes.
 */
const highProduct = (a: number, b: number): number => Math.round((a * b - lowProduct(a, b)) / HALF);

/**
 * floor(word * (last + 1) / 2^64), a number from 0 to `last`. Every sum here is a whole number below 2^35, so it is exact.
 * @param into  [low half, high half] of the result, overwritten
 */
export function multiplyHigh(wordLow: number, wordHigh: number, last: Halves, into: Uint32Array): void {
  const { low, high } = last;
  const first = lowProduct(wordLow, low) + wordLow;
  const second = highProduct(wordLow, low) + lowProduct(wordHigh, low) + wordHigh + Math.floor(first / HALF);
  if (high === 0) {
    into[0] = highProduct(wordHigh, low) + Math.floor(second / HALF);
    into[1] = 0;
    return;
  }
  const both = second + lowProduct(wordLow, high);
  const third =
    highProduct(wordHigh, low) +
    highProduct(wordLow, high) +
    lowProduct(wordHigh, high) +
    Math.floor(both / HALF);
  into[0] = third;
  into[1] = highProduct(wordHigh, high) + Math.floor(third / HALF);
}
