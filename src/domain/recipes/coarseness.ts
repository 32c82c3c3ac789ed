/**
 * Recipes whose values lie closer together than the dtype's: a normal of mean 5 and std 0.01 has two bfloat16 within three standard
 * deviations, so what is stored has a few values, and another spread. The same befalls a float32 of mean 10^6.
 * @module
 */
import type { Distribution } from './distribution.js';
import { doubleBits, floatBits } from '../arithmetic/bits.js';
import { ceilFloat32, floorFloat32 } from '../arithmetic/float32.js';
import { ceilHalf, floorHalf, HALF_FORMATS } from '../arithmetic/half.js';
import { standardLaw } from '../arithmetic/normal-law.js';
import { distributionOf, type Recipe } from './recipe.js';
import type { Dtype } from '../tensors/dtypes.js';
import type { TensorForm } from '../tensors/tensor-form.js';

/** What is left of a distribution in a dtype that is too coarse for it. */
export interface Coarseness {
  /** How many values the dtype has from `low` to `high`. */
  readonly values: number;
  /** The distribution's own bounds, or three standard deviations from its mean where it reaches further. */
  readonly low: number;
  readonly high: number;
}

/** With so many, the spacing is three quarters of a standard deviation, which rounding then changes by 2.3 % (Sheppard's h^2 / 12). */
const FEW = 8;

/** In standard deviations: 0.3 % of a normal lie further out. */
const CENTRAL = 3;

/** Undefined if the dtype is fine enough; of constants and codes too. */
export function findCoarseness(recipe: Recipe, form: TensorForm): Coarseness | undefined {
  const { dtype } = form;
  const interval = dtype === 'int8' ? undefined : centreOf(distributionOf(recipe.init, form));
  if (dtype === 'int8' || interval === undefined) return undefined;
  const [low, high] = interval;
  const values = countValues(dtype, low, high);
  return values > FEW ? undefined : { values, low, high };
}

/** Where nearly all of it lies. */
function centreOf(distribution: Distribution): readonly [number, number] | undefined {
  switch (distribution.kind) {
    case 'constant':
      return undefined;
    case 'uniform':
      return distribution.low < distribution.high ? [distribution.low, distribution.high] : undefined;
    case 'normal':
      return scale({ ...distribution, low: -CENTRAL, high: CENTRAL });
    case 'truncated_normal':
      return scale({ ...distribution, ...centralBounds(distribution.low, distribution.high) });
  }
}

/** About 0 three standard deviations are those of the normal; of a tail, whose own are others, the integral is worth its while. */
function centralBounds(low: number, high: number): { readonly low: number; readonly high: number } {
  const { mean, std } = low < 0 && high > 0 ? { mean: 0, std: 1 } : standardLaw(low, high);
  return { low: Math.max(low, mean - CENTRAL * std), high: Math.min(high, mean + CENTRAL * std) };
}

const scale = ({
  mean,
  std,
  low,
  high,
}: Readonly<Record<'mean' | 'std' | 'low' | 'high', number>>): readonly [number, number] | undefined =>
  std === 0 ? undefined : [mean + std * low, mean + std * high];

type FloatDtype = Exclude<Dtype, 'int8'>;

/** From low to high, both of them counted. */
function countValues(dtype: FloatDtype, low: number, high: number): number {
  const [first, last] = innermost(dtype, low, high);
  return Math.max(Number(placeOf(dtype, last) - placeOf(dtype, first)) + 1, 0);
}

/** The outermost values that the dtype has in the interval. */
function innermost(dtype: FloatDtype, low: number, high: number): readonly [number, number] {
  switch (dtype) {
    case 'float64':
      return [low, high];
    case 'float32':
      return [ceilFloat32(low), floorFloat32(high)];
    default:
      return [ceilHalf(low, dtype), floorHalf(high, dtype)];
  }
}

/** Ordered as the values are, and without gaps: 0 is 0, the value above it 1, the one below it -1. */
function placeOf(dtype: FloatDtype, x: number): bigint {
  const pattern = magnitudeBits(dtype, Math.abs(x));
  return x < 0 ? -pattern : pattern;
}

function magnitudeBits(dtype: FloatDtype, magnitude: number): bigint {
  switch (dtype) {
    case 'float64':
      return doubleBits(magnitude);
    case 'float32':
      return BigInt(floatBits(magnitude));
    default:
      return BigInt(HALF_FORMATS[dtype].toBits(magnitude));
  }
}
