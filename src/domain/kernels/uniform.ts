/**
 * Uniform float32 on [low, high]: the specification.
 *
 * One word for each element. The top 24 bits of the word choose k in [-2^23, 2^23); m = k + 0.5 is exact in float32, so the
 * lattice is symmetric about the centre, and for low = -high no value is 0 or an end point. Spacing: (high - low) / 2^24.
 * Bias: only from rounding spacing and centre to float32 (half an ulp each) and the two operations.
 * Source of the bounds by fan-in that use it: He et al., 2015, https://arxiv.org/abs/1502.01852; the lattice is this project's own.
 * @module
 */
import { ceilFloat32, floorFloat32 } from '../arithmetic/float32.js';
import { uint32At } from '../arithmetic/typed-at.js';

export interface UniformParameters {
  readonly kind: 'uniform';
  /** float32: half the width of the interval, times 2^-23. */
  readonly spacing: number;
  /** float32: the middle of the interval. */
  readonly centre: number;
  /** The outermost float32 values within the interval. */
  readonly lowest: number;
  readonly highest: number;
}

/** k + 0.5 for k in [-2^23, 2^23) spans this many steps on either side of 0. */
const HALF_STEPS = 2 ** 23;

/** The kernel's float32 constants, from bounds as doubles. */
export function uniformParameters(low: number, high: number): UniformParameters {
  return {
    kind: 'uniform',
    spacing: Math.fround((high - low) / 2 / HALF_STEPS),
    // + 0: with a -0 the sign of a 0 would depend on which of two equal numbers an implementation of min takes.
    centre: Math.fround((low + high) / 2) + 0,
    lowest: ceilFloat32(low) + 0,
    highest: floorFloat32(high) + 0,
  };
}

/**
 * @param out    shape [n], overwritten
 * @param words  n uint32 words, one for each element, in block order (generator.ts)
 */
export function fillUniform(out: Float32Array, words: Uint32Array, parameters: UniformParameters): void {
  const { spacing, centre, lowest, highest } = parameters;
  for (let i = 0; i < out.length; i++) {
    const m = (uint32At(words, i) >> 8) + 0.5;
    const value = unboundedValue(m, spacing, centre);
    out[i] = Math.min(Math.max(value, lowest), highest);
  }
}

const unboundedValue = (m: number, spacing: number, centre: number): number =>
  Math.fround(centre + Math.fround(m * spacing));

/** The least and the greatest value before the bounds act: every step grows with the word. */
export function outermostValues({ spacing, centre }: UniformParameters): readonly [number, number] {
  const m = HALF_STEPS - 0.5;
  return [unboundedValue(-m, spacing, centre), unboundedValue(m, spacing, centre)];
}
