/**
 * Words as uniform numbers on [0, 1): the low 24 bits of a word, or the low 53 of two. Exact.
 * @module
 */
import { uint32At } from '../arithmetic/typed-at.js';

const FLOAT_BITS = 0xffffff;
const FLOAT_SPACING = 2 ** -24;
/** The low 21 bits of the first word are the high bits of a double's 53. */
const HIGH_BITS = 0x1fffff;
const HIGH_WEIGHT = 2 ** 32;
const DOUBLE_SPACING = 2 ** -53;

/** The float32 of word i. */
export const uniformFloat = (words: Uint32Array, i: number): number =>
  (uint32At(words, i) & FLOAT_BITS) * FLOAT_SPACING;

/** The double of words 2i and 2i + 1. */
export const uniformDouble = (words: Uint32Array, i: number): number =>
  ((uint32At(words, 2 * i) & HIGH_BITS) * HIGH_WEIGHT + uint32At(words, 2 * i + 1)) * DOUBLE_SPACING;
