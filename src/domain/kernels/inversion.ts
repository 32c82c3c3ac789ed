/**
 * Laws drawn by one inversion (inversion-laws.ts): the specification. Each value is computed in doubles, rounded to the dtype and kept
 * within lowest and highest.
 * @module
 */
import { uint32At } from '../arithmetic/typed-at.js';
import { latticeBits, quantileOf, type InversionLaw } from './inversion-laws.js';
import { latticeFromWord } from './uniform64.js';

interface Inversion {
  readonly law: InversionLaw;
  /** The outermost numbers of the dtype that a value may be. */
  readonly lowest: number;
  readonly highest: number;
}

export interface InversionParameters extends Inversion {
  readonly kind: 'inversion';
}

export interface Inversion64Parameters extends Inversion {
  readonly kind: 'inversion64';
}

/**
 * @param out    shape [n], overwritten
 * @param words  n uint32 words, one for each element, in block order (generator.ts)
 */
export function fillInversion(
  out: Float32Array,
  words: Uint32Array,
  { law, lowest, highest }: InversionParameters,
): void {
  const quantile = quantileOf(law);
  const dropped = 32 - latticeBits(law);
  const spacing = 2 ** (dropped - 31);
  for (let i = 0; i < out.length; i++) {
    const u = ((uint32At(words, i) >> dropped) + 0.5) * spacing;
    out[i] = Math.min(Math.max(Math.fround(quantile(u)), lowest), highest);
  }
}

const SPACING64 = 2 ** -52;

/**
 * @param out    shape [n], overwritten
 * @param words  2n uint32: n 64-bit words, one for each element, low half first, in block order (generator.ts)
 */
export function fillInversion64(
  out: Float64Array,
  words: Uint32Array,
  { law, lowest, highest }: Inversion64Parameters,
): void {
  const quantile = quantileOf(law);
  for (let i = 0; i < out.length; i++) {
    const u = latticeFromWord(uint32At(words, 2 * i), uint32At(words, 2 * i + 1)) * SPACING64;
    out[i] = Math.min(Math.max(quantile(u), lowest), highest);
  }
}
