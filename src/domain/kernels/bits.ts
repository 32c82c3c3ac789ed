/**
 * Random bits: the words themselves.
 *
 * An integer of 32 bits is a 32-bit word, a narrower one its low bits, and one of 64 bits is a 64-bit word. The lowest bit of
 * xoroshiro128+ is linear over GF(2), and those next to it nearly so: in the low bits of even elements a test of linear complexity notices
 * that (Blackman, Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47(4), 2021, https://doi.org/10.1145/3460772).
 * @module
 */
import type { ElementArray } from '../tensors/dtypes.js';

/** For integers of 32 bits or fewer; each element takes a 32-bit word. */
export interface BitsParameters {
  readonly kind: 'bits';
}

/** For integers of 64 bits; each element takes a 64-bit word. */
export interface Bits64Parameters {
  readonly kind: 'bits64';
}

/**
 * @param out    shape [n], overwritten: integers of 32 bits or fewer
 * @param words  n uint32 words, of which the array keeps the low bits
 */
export function fillBits(out: ElementArray, words: Uint32Array): void {
  if (out instanceof BigInt64Array || out instanceof BigUint64Array)
    throw new TypeError('64-bit integers take 64-bit words');
  out.set(words);
}

/**
 * @param out    shape [n], overwritten
 * @param words  2n uint32: n 64-bit words, low half first
 */
export function fillBits64(out: ElementArray, words: Uint32Array): void {
  new Uint32Array(out.buffer, out.byteOffset, 2 * out.length).set(words);
}
