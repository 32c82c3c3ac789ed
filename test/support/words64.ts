/** 64-bit words for the float64 kernels, as the halves they come in. */
import fc from 'fast-check';
import { xoroshiro128plus } from '../../src/domain/streams/xoroshiro128plus.js';

export type Halves = readonly [low: number, high: number];

export const halvesOf = (word: bigint): Halves => [
  Number(BigInt.asUintN(32, word)),
  Number(BigInt.asUintN(32, word >> 32n)),
];

/** The largest positive word. */
export const LAST_WORD = (1n << 63n) - 1n;

/** Words of any size, often near 0 and the ends. */
export const anyWord64 = fc.oneof(
  fc.bigInt({ min: -(1n << 63n), max: LAST_WORD }),
  fc
    .tuple(fc.integer({ min: 0, max: 62 }), fc.bigInt({ min: 0n, max: LAST_WORD }))
    .map(([shift, word]) => word >> BigInt(shift)),
  fc
    .tuple(fc.integer({ min: 0, max: 62 }), fc.bigInt({ min: 0n, max: LAST_WORD }))
    .map(([shift, word]) => LAST_WORD - (word >> BigInt(shift))),
);

/** The words of the first blocks of a stream, low halves first. */
export function drawWords(name: string, count: number): Uint32Array {
  const BLOCK_WORDS = 65_536;
  const root = xoroshiro128plus.root(2024n, name);
  const words = new Uint32Array(2 * count);
  for (let block = 0; block * BLOCK_WORDS < count; block++) {
    const piece = words.subarray(2 * block * BLOCK_WORDS, 2 * (block + 1) * BLOCK_WORDS);
    xoroshiro128plus.openBlock(root, block, 0).read(piece);
  }
  return words;
}
