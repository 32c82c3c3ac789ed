/**
 * Narrowing: storing float32 values in fewer bytes.
 * @module
 */
import { narrowToCodes } from './codes.js';
import type { ElementArray } from '../tensors/dtypes.js';
import { holdsPatterns, narrowToFloat, type NarrowFloatParameters } from './narrow-float.js';

/** To floats of 8 or 16 bits within bounds, or to codes of a width in bits. */
export type Narrowing =
  ({ readonly kind: 'float' } & NarrowFloatParameters) | { readonly kind: 'codes'; readonly bits: number };

/**
 * @param out     shape [n], overwritten: floats as bit patterns, or codes
 * @param values  n float32 values
 */
export function narrow(out: ElementArray, values: Float32Array, narrowing: Narrowing): void {
  if (narrowing.kind === 'float' && holdsPatterns(out, narrowing.dtype))
    narrowToFloat(out, values, narrowing);
  else if (narrowing.kind === 'codes' && out instanceof Int8Array) narrowToCodes(out, values, narrowing.bits);
  else
    throw new TypeError(`A ${out.constructor.name} cannot hold what a narrowing to ${narrowing.kind} gives.`);
}
