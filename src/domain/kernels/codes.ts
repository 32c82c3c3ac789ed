/**
 * The integer codes of WAGE weights: b bits give the codes -(2^(b-1) - 1) to 2^(b-1) - 1, symmetric, in steps of 2^(1-b).
 * The lowest two's complement code, -2^(b-1), is never used.
 *
 * code * step is exactly Q(C(w)): w clipped to +-(1 - step), then rounded to the nearest multiple of the step, ties to even,
 * as WAGE's first code does it (`C`, then `Q`, then `tf.round`: source/Quantize.py of github.com/boluoweifenda/WAGE at
 * 2f03f45; Wu et al., ICLR 2018, https://arxiv.org/abs/1802.04680, equations 3 to 6). A layer's weights are Q / weightScale if
 * weightScale > 1.8. The scale is a power of two from 1 on (wage.ts), so dividing by it always is the same.
 * @module
 */
import { roundHalfEven } from '../arithmetic/rounding.js';
import { float32At } from '../arithmetic/typed-at.js';

export const CODE_DTYPE = 'int8';

/** Widths whose codes fit an int8. 1 bit would be a sign, without a grid (wage-operators.ts). */
export const CODE_BITS = { least: 2, most: 8 } as const;

export const isCodeWidth = (bits: number): boolean =>
  Number.isInteger(bits) && bits >= CODE_BITS.least && bits <= CODE_BITS.most;

/** The distance between neighbouring code values: 2^(1-b). */
export const codeStep = (bits: number): number => 2 ** (1 - bits);

/** The largest code, 2^(b-1) - 1. */
export const largestCode = (bits: number): number => 2 ** (bits - 1) - 1;

/** The code of a weight, a float32 or a double; 0 for a NaN, which has no code. */
export function codeOf(weight: number, bits: number): number {
  const largest = largestCode(bits);
  const steps = weight * 2 ** (bits - 1);
  return roundHalfEven(Math.min(Math.max(steps, -largest), largest)) || 0;
}

/**
 * @param out     shape [n], overwritten with codes
 * @param values  n float32 weights
 * @param bits    2 to 8
 */
export function narrowToCodes(out: Int8Array, values: Float32Array, bits: number): void {
  for (let i = 0; i < out.length; i++) out[i] = codeOf(float32At(values, i), bits);
}
