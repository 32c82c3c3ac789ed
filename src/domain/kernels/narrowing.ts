/**
 * Narrowing: storing float32 values in fewer bytes.
 * @module
 */
import { narrowToCodes } from './codes.js';
import { narrowToHalf, type HalfParameters } from './store-half.js';

/** To halves within bounds, or to codes of a width in bits. */
export type Narrowing =
  ({ readonly kind: 'half' } & HalfParameters) | { readonly kind: 'codes'; readonly bits: number };

/**
 * @param out     shape [n], overwritten: halves as bit patterns, or codes
 * @param values  n float32 values
 */
export function narrow(out: Uint16Array | Int8Array, values: Float32Array, narrowing: Narrowing): void {
  if (narrowing.kind === 'half' && out instanceof Uint16Array) narrowToHalf(out, values, narrowing);
  else if (narrowing.kind === 'codes' && out instanceof Int8Array) narrowToCodes(out, values, narrowing.bits);
  else
    throw new TypeError(`A ${out.constructor.name} cannot hold what a narrowing to ${narrowing.kind} gives.`);
}
