/**
 * Uniform float64 on [low, high]: the specification.
 *
 * One 64-bit word for each element. Its top 53 bits choose k in [-2^52, 2^52); m = k + 0.5 is exact in a double, so the lattice is
 * symmetric about the centre, and for low = -high no value is 0 or an end point. Spacing: (high - low) / 2^53, which
 * must not be subnormal, so intervals are wider than 2^-968. Bias: only from rounding spacing and centre (half an ulp
 * each) and the two operations. For low = -high the spacing is exact and a value is within 0.5 ulp. The bounds themselves are exact.
 * The lattice is this project's own.
 * @module
 */
import { uint32At } from '../arithmetic/typed-at.js';

export interface Uniform64Parameters {
  readonly kind: 'uniform64';
  /** Half the width of the interval, times 2^-52. */
  readonly spacing: number;
  /** The middle of the interval. */
  readonly centre: number;
  readonly lowest: number;
  readonly highest: number;
}

/** k + 0.5 for k in [-2^52, 2^52) spans this many steps on either side of 0. */
const HALF_STEPS = 2 ** 52;
/** Weight of a word's high half in its top 53 bits. */
const HIGH_WEIGHT = 2 ** 21;

/** The kernel's constants. The sum and the difference of the bounds may overflow; the constants do not. */
export function uniform64Parameters(low: number, high: number): Uniform64Parameters {
  const width = high - low;
  const sum = low + high;
  return {
    kind: 'uniform64',
    spacing: (Number.isFinite(width) ? width / 2 : high / 2 - low / 2) / HALF_STEPS,
    // + 0: with a -0 the sign of a 0 would depend on which of two equal numbers an implementation of min takes.
    centre: (Number.isFinite(sum) ? sum / 2 : low / 2 + high / 2) + 0,
    lowest: low + 0,
    highest: high + 0,
  };
}

/** m = k + 0.5 of a 64-bit word, given as its halves; exact. */
export function latticeFromWord(low: number, high: number): number {
  return (high | 0) * HIGH_WEIGHT + (low >>> 11) + 0.5;
}

/**
 * @param out    shape [n], overwritten
 * @param words  2n uint32: n 64-bit words, one for each element, low half first, in block order (generator.ts)
 */
export function fillUniform64(out: Float64Array, words: Uint32Array, parameters: Uniform64Parameters): void {
  const { spacing, centre, lowest, highest } = parameters;
  for (let i = 0; i < out.length; i++) {
    const value = unboundedValue(
      latticeFromWord(uint32At(words, 2 * i), uint32At(words, 2 * i + 1)),
      spacing,
      centre,
    );
    out[i] = Math.min(Math.max(value, lowest), highest);
  }
}

const unboundedValue = (m: number, spacing: number, centre: number): number => centre + m * spacing;

/** The least and the greatest value before the bounds act: every step grows with the word. */
export function outermostValues64({ spacing, centre }: Uniform64Parameters): readonly [number, number] {
  const m = HALF_STEPS - 0.5;
  return [unboundedValue(-m, spacing, centre), unboundedValue(m, spacing, centre)];
}
