/**
 * Values back to the lattice points they were made from, packed without gaps: batteries get every random bit of an element and nothing
 * else.
 * @module
 */
import { at } from '#built/base/at.js';

/** Elements of 24 bits that fill whole words, and those words. */
const LATTICE_GROUP = { elements: 4, words: 3 } as const;

export const packedLength24 = (elements: number): number =>
  (elements / LATTICE_GROUP.elements) * LATTICE_GROUP.words;

/**
 * Packs the 24 bits of uniform float32 on [-1, 1], highest bits first.
 * @param values  a multiple of 4 elements (k + 1/2) / 2^23, with k from -2^23 to 2^23 - 1
 * @param out     3 words for 4 elements, overwritten
 */
export function packLattice24(out: Uint32Array, values: Float32Array): void {
  const point = (i: number): number => (values[i] ?? 0) * 2 ** 23 + (2 ** 23 - 0.5);
  for (let i = 0, j = 0; i < values.length; i += 4, j += 3) {
    const [a, b, c, d] = [point(i), point(i + 1), point(i + 2), point(i + 3)];
    out[j] = (a << 8) | (b >>> 16);
    out[j + 1] = (b << 16) | (c >>> 8);
    out[j + 2] = (c << 24) | d;
  }
}

/** 32 elements of 53 bits fill 53 words. */
export const packedLength53 = (elements: number): number => (elements / 32) * 53;

/**
 * Packs the 53 bits of uniform float64 on [-1, 1]: of every 32 elements first their 32 highest bits, then their 21 lowest ones.
 * @param values  a multiple of 32 elements (k + 1/2) / 2^52, with k from -2^52 to 2^52 - 1
 * @param out     53 words for 32 elements, overwritten
 */
export function packLattice53(out: Uint32Array, values: Float64Array): void {
  let written = 0;
  for (let first = 0; first < values.length; first += 32) {
    let held = 0;
    let heldBits = 0;
    let low = written + 32;
    for (let i = first; i < first + 32; i++) {
      const point = at(values, i) * 2 ** 52 + (2 ** 52 - 0.5);
      const high = Math.floor(point / 2 ** 21);
      const rest = point - high * 2 ** 21;
      out[written++] = high;
      held |= rest << heldBits;
      heldBits += 21;
      if (heldBits >= 32) {
        out[low++] = held;
        heldBits -= 32;
        held = rest >>> (21 - heldBits);
      }
    }
    written = low;
  }
}

/**
 * Packs bit 0 of even words, 32 to a word.
 * @param words  a multiple of 64
 * @param out    a word for 64 words, overwritten
 */
export function packLowestBits(out: Uint32Array, words: Uint32Array): void {
  for (let i = 0; i < out.length; i++) {
    let packed = 0;
    for (let bit = 0; bit < 32; bit++) packed |= ((words[64 * i + 2 * bit] ?? 0) & 1) << bit;
    out[i] = packed;
  }
}
