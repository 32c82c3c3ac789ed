/**
 * Upstream's `scale_limit`.
 * @module
 */
import { show } from '../base/wording.js';
import { ValueError } from '../base/errors.js';
import { scaleLimitOf } from '../domain/recipes/wage.js';

/** Anything that can carry WAGE's weight scale. */
export interface Scaled {
  weightScale?: number | undefined;
}

/**
 * WAGE's weight scale for `limit` at `bitsW` bits: sets `param.weightScale` to a power of two, 1 or more. Upstream's
 * `scale_limit`.
 * @param limit  half the width of the distribution that the layer asks for, positive and finite
 * @param bitsW  width of the weights, 1 to 1024
 * @returns      max(1.5 / 2^(bitsW - 1), limit): half the width to draw with
 * @throws {ValueError} BAD_BITS, BAD_LIMIT; BAD_OPTION: `param` cannot carry a scale. weightScale then stays as it was
 */
export function scaleLimit(param: Scaled, limit: number, bitsW: number): number {
  const scaled = scaleLimitOf(limit, bitsW);
  const { weightScale } = scaled;
  // A frozen object does not take it, and assigning would throw.
  if (isCarrier(param) && Reflect.set(param, 'weightScale', weightScale)) return scaled.limit;
  const remedy = 'Pass the tensor that is to carry the scale.';
  throw new ValueError('BAD_OPTION', `scaleLimit: the parameter is ${show(param)}.`, remedy);
}

/** Arrays and buffers would take the property too, but nothing reads it there. */
const isCarrier = (param: unknown): param is object =>
  Object.prototype.toString.call(param) === '[object Object]';
