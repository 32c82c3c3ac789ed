/**
 * Coarseness: a dtype with too few values for a recipe. A normal with mean 5 and std 0.01 has one bfloat16 value within three
 * standard deviations, so the stored tensor has a few values (88.2 % are 5, 11.8 % its two neighbours) and another spread. The same
 * happens to a float32 with mean 10^6, and about 0 to a float8 whose least subnormal is of the size of the values.
 * @module
 */
import type { Distribution } from './distribution.js';
import { doubleBits, floatBits } from '../arithmetic/bits.js';
import { ceilFloat32, floorFloat32 } from '../arithmetic/float32.js';
import { ceilNarrow, floorNarrow, isNarrowDtype, rankOf } from '../arithmetic/narrow-floats.js';
import { standardLaw } from '../arithmetic/normal-law.js';
import { nearestFloatParameters, type NarrowFloatParameters } from '../kernels/narrow-float.js';
import { centralQuantiles } from './inverted-laws.js';
import { mapInterval } from './mapped-values.js';
import { distributionOf, isDistributed, type Recipe } from './recipe.js';
import { entryStd } from './resolve-orthogonal.js';
import { isOf, type DtypesOf } from '../tensors/dtypes.js';
import { countElements } from '../tensors/shapes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import { zeroShareOf } from './zero-share.js';

/** The values that a dtype has where nearly all of a distribution lies. */
export interface Coarseness {
  /** The number of the dtype's values from `low` to `high`, not of those that come out: some lie beside them. If an 8-bit float has one or none there, of those that are rounded to. */
  readonly values: number;
  /** The distribution's bounds, or three standard deviations from its mean if it reaches further. */
  readonly low: number;
  readonly high: number;
  /** The probability that what is drawn becomes 0, from the distribution; left out where it is 0, and of float32 and float64. */
  readonly zeroShare?: number;
}

/** With this many, the spacing is three quarters of a standard deviation, and rounding changes the std by 2.3 % (Sheppard's h^2 / 12). */
const FEW = 8;

/** In standard deviations: 0.3 % of a normal lies further out. */
const CENTRAL = 3;

/** Undefined if the dtype is fine enough, and for constants, patterns, codes and whole numbers. Of rows with initialisers of their own: row-coarseness.ts. */
export function findCoarseness(recipe: Recipe, form: TensorForm): Coarseness | undefined {
  const { dtype } = form;
  if (!isOf(dtype, 'float', 'half', 'float8')) return undefined;
  const distribution = drawnDistribution(recipe, form);
  const interval = distribution && centralInterval(distribution);
  if (distribution === undefined || interval === undefined) return undefined;
  const [low, high] = interval;
  const within = boundsOf(recipe);
  const values = countDrawn(dtype, low, high, within);
  if (values > FEW) return undefined;
  const isMeasured = isNarrowDtype(dtype) && distribution.kind !== 'constant';
  const zeroShare = isMeasured ? zeroShareOf(distribution, dtype, within) : 0;
  return { values, low, high, ...(zeroShare > 0 && { zeroShare }) };
}

/** Undefined for values that are not rounded from one distribution, and where none is drawn. */
function drawnDistribution({ init }: Recipe, form: TensorForm): Distribution | undefined {
  if (isDistributed(init)) return distributionOf(init, form);
  if (countElements(form.shape) === 0) return undefined;
  switch (init.kind) {
    case 'sparse':
      return { kind: 'normal', mean: 0, std: init.std };
    case 'delta_orthogonal': {
      const [rows = 1, columns = 1] = form.shape.slice(-2);
      return { kind: 'normal', mean: 0, std: entryStd(init.gain, { rows, columns }) };
    }
    default:
      return undefined;
  }
}

/** What elements are kept within; torch's are not. */
function boundsOf(recipe: Recipe): NarrowFloatParameters | undefined {
  const values = recipe.kind === 'sparse' ? recipe.values : recipe;
  return values.kind === 'stream' && values.narrowing?.kind === 'float' ? values.narrowing : undefined;
}

/** The interval in which nearly all of a distribution lies. */
function centralInterval(distribution: Distribution): readonly [number, number] | undefined {
  switch (distribution.kind) {
    case 'constant':
      return undefined;
    case 'uniform':
      return distribution.low < distribution.high ? [distribution.low, distribution.high] : undefined;
    case 'normal':
      return scale({ ...distribution, low: -CENTRAL, high: CENTRAL });
    case 'truncated_normal':
      return scale({ ...distribution, ...centralBounds(distribution.low, distribution.high) });
    case 'mapped': {
      const interval = centralInterval(distribution.of);
      if (interval === undefined) return undefined;
      const [low, high] = mapInterval(distribution.map, interval);
      // A floor may leave one value, as a constant has.
      return low < high ? [low, high] : undefined;
    }
    default:
      return centralQuantiles(distribution);
  }
}

/** Around 0 the standard deviations of the normal are near enough; a tail has its own, which take an integral. */
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

type RoundedDtype = DtypesOf['float' | 'half' | 'float8'];

function countDrawn(
  dtype: RoundedDtype,
  low: number,
  high: number,
  within: NarrowFloatParameters | undefined,
): number {
  const inside = countValues(dtype, low, high);
  if (inside > 1 || !isOf(dtype, 'float8') || within === undefined) return inside;
  const { lowest, highest } = nearestFloatParameters(dtype, low, high);
  return countValues(dtype, Math.max(lowest, within.lowest), Math.min(highest, within.highest));
}

/** Counts low and high as well. */
function countValues(dtype: RoundedDtype, low: number, high: number): number {
  const [first, last] = innermost(dtype, low, high);
  return Math.max(Number(rankIn(dtype, last) - rankIn(dtype, first)) + 1, 0);
}

/** The outermost values of the dtype within the interval. */
function innermost(dtype: RoundedDtype, low: number, high: number): readonly [number, number] {
  switch (dtype) {
    case 'float64':
      return [low, high];
    case 'float32':
      return [ceilFloat32(low), floorFloat32(high)];
    default:
      return [ceilNarrow(low, dtype), floorNarrow(high, dtype)];
  }
}

/** The rank of a value among the dtype's: 0 for 0, 1 for the next above, -1 for the next below. */
function rankIn(dtype: RoundedDtype, x: number): bigint {
  switch (dtype) {
    case 'float64':
      return x < 0 ? -doubleBits(-x) : doubleBits(x);
    case 'float32':
      return BigInt(x < 0 ? -floatBits(-x) : floatBits(x));
    default:
      return BigInt(rankOf(x, dtype));
  }
}
