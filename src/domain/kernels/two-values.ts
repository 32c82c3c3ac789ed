/**
 * One of two values: the specification. It draws bernoulli (1 and 0), rademacher (scale and -scale), and the bits of a bool.
 *
 * One 32-bit word for each element, whatever its dtype: `below` for the words less than the threshold, else `other`, so every dtype gets
 * the same choices. Probability of `below`: threshold / 2^32, without bias. A word's high bits decide, which are the best of xoroshiro128+.
 * @module
 */
import { uint32At } from '../arithmetic/typed-at.js';
import type { ElementArray } from '../tensors/dtypes.js';

export interface TwoValuesParameters {
  readonly kind: 'two_values';
  /** The number of words that give `below`: 1 to 2^32 - 1. */
  readonly threshold: number;
  /** Both are whole numbers or float32 numbers, as the dtype holds them; neither is -0. */
  readonly below: number;
  readonly other: number;
}

/** The number of 32-bit words. */
export const WORDS = 2 ** 32;

/**
 * @param out    shape [n], overwritten
 * @param words  n uint32 words, one for each element, in block order (generator.ts)
 */
export function fillTwoValues(out: ElementArray, words: Uint32Array, parameters: TwoValuesParameters): void {
  const { threshold, below, other } = parameters;
  if (out instanceof BigInt64Array || out instanceof BigUint64Array) {
    const [belowInteger, otherInteger] = [BigInt(below), BigInt(other)];
    for (let i = 0; i < out.length; i++)
      out[i] = uint32At(words, i) < threshold ? belowInteger : otherInteger;
  } else {
    for (let i = 0; i < out.length; i++) out[i] = uint32At(words, i) < threshold ? below : other;
  }
}
