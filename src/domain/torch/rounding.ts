/**
 * Values on their way to a dtype, as C's casts take them there: to nearest, ties to even; what is too large becomes infinite. Halves go
 * through float32, and so round twice.
 * @module
 */
import { HALF_FORMATS, type HalfDtype } from '../arithmetic/half.js';
import { float32At } from '../arithmetic/typed-at.js';
import type { TorchDtype, TorchElements } from './torch-draw.js';

/** Values before they are stored. */
export type Values = Float32Array | Float64Array;

export const isHalf = (dtype: TorchDtype): dtype is HalfDtype => dtype === 'float16' || dtype === 'bfloat16';

const SIGN = 0x8000;
/** The least magnitude that rounds to infinity, and infinity's pattern. */
const OVERFLOW: Readonly<Record<HalfDtype, readonly [number, number]>> = {
  float16: [65_520, 0x7c00],
  bfloat16: [(2 - 2 ** -8) * 2 ** 127, 0x7f80],
};

/** The pattern of the half that a double is cast to. */
export function toHalf(x: number, dtype: HalfDtype): number {
  const [least, infinity] = OVERFLOW[dtype];
  const single = Math.fround(x);
  if (Math.abs(single) >= least) return (x < 0 ? SIGN : 0) | infinity;
  return HALF_FORMATS[dtype].toBits(single);
}

const roundHalf =
  (dtype: HalfDtype) =>
  (x: number): number =>
    HALF_FORMATS[dtype].fromBits(toHalf(x, dtype));

/** The number of the dtype that a double is cast to. */
export const ROUND: Readonly<Record<TorchDtype, (x: number) => number>> = {
  float32: Math.fround,
  float64: (x) => x,
  float16: roundHalf('float16'),
  bfloat16: roundHalf('bfloat16'),
};

/** A number as torch computes with it beside elements of a dtype: halves are computed in float32. */
export const operand = (dtype: TorchDtype, x: number): number => (dtype === 'float64' ? x : Math.fround(x));

/** Stores values as elements of the dtype. */
export function storeValues(dtype: TorchDtype, out: TorchElements, values: Values): void {
  if (!isHalf(dtype)) {
    out.set(values);
    return;
  }
  const singles = values instanceof Float32Array ? values : Float32Array.from(values);
  for (let i = 0; i < out.length; i++) out[i] = toHalf(float32At(singles, i), dtype);
}
