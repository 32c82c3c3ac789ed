/**
 * The distribution of values that streams of words give: the kernel's own bounds, and how far its words reach where it has none.
 * @module
 */
import { NARROW_FORMATS } from '../arithmetic/narrow-floats.js';
import { isFloat, isWhole, type Kernel } from '../kernels/kernel.js';
import type { Narrowing } from '../kernels/narrowing.js';
import { codeShares } from '../recipes/code-use.js';
import { reachOf, type Distribution, type Normal, type TruncatedNormal } from '../recipes/distribution.js';
import { reachOfInverted } from '../recipes/inverted-laws.js';
import { floatLattice } from '../recipes/lattice.js';
import { distributionOf, type StreamRecipe } from '../recipes/recipe.js';
import { carrierOf, type Dtype } from '../tensors/dtypes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import { blurOf, KERNEL_ERROR } from './blur.js';
import { levelDistribution, pointDistribution, type ExpectedDistribution } from './laws.js';
import { outwards, roundedSpread } from './rounding.js';
import { isTransformed, plainLaw, transformedDistribution } from './transformed-distribution.js';
import { wholeDistribution } from './whole-distribution.js';

export function streamDistribution(recipe: StreamRecipe, form: TensorForm): ExpectedDistribution {
  const { kernel, narrowing, grid } = recipe;
  if (isWhole(kernel)) return wholeDistribution(kernel, form.dtype);
  if (grid?.codes === true && isFloat(kernel))
    return levelDistribution(codeShares(floatLattice(kernel), grid.bits));
  const distribution = distributionOf(recipe.init, form);
  const [lowest, highest] = boundsOf(kernel, narrowing, distribution, form.dtype);
  if (lowest === highest) return pointDistribution(lowest);
  if (isTransformed(distribution))
    return transformedDistribution(distribution, narrowing, form, [lowest, highest]);
  const law = plainLaw(distribution);
  if (narrowing?.kind === 'float') {
    const ofKernel = KERNEL_ERROR * law.std;
    const spread = roundedSpread(law, narrowing.dtype, [lowest, highest]);
    return { ...law, ...spread, lowest, highest, blurAt: () => ofKernel, blur: ofKernel };
  }
  return { ...law, lowest, highest, ...blurOf(law) };
}

/** The kernel's own bounds, and how far its words reach where it has none. */
function boundsOf(
  kernel: Kernel,
  narrowing: Narrowing | undefined,
  distribution: Distribution,
  dtype: Dtype,
): readonly [number, number] {
  const own = 'lowest' in kernel ? kernel : { lowest: -Infinity, highest: Infinity };
  // Narrow floats are rounded from the carrier's values, in the same order.
  const [low, high] = reachInValues(distribution, carrierOf(dtype));
  const [lowest, highest] = [Math.max(own.lowest, low), Math.min(own.highest, high)];
  if (narrowing?.kind !== 'float') return [lowest, highest];
  const { fromBits, toBits } = NARROW_FORMATS[narrowing.dtype];
  const stored = (x: number): number =>
    fromBits(toBits(Math.min(Math.max(x, narrowing.lowest), narrowing.highest))) + 0;
  return [stored(lowest), stored(highest)];
}

function reachInValues(distribution: Distribution, dtype: Dtype): readonly [number, number] {
  switch (distribution.kind) {
    case 'normal':
    case 'truncated_normal':
      return reachOfNormal(distribution, dtype);
    case 'exponential':
    case 'laplace':
    case 'cauchy':
    case 'gumbel': {
      const [least, most] = reachOfInverted(distribution, dtype);
      return dtype === 'float64' ? [least, most] : [Math.fround(least), Math.fround(most)];
    }
    default:
      return [-Infinity, Infinity];
  }
}

function reachOfNormal(distribution: Normal | TruncatedNormal, dtype: Dtype): readonly [number, number] {
  const { low, high } = distribution.kind === 'normal' ? { low: -Infinity, high: Infinity } : distribution;
  const [lowZ, highZ] = reachOf(low, high, dtype);
  return [outwards(distribution, lowZ, -1, dtype), outwards(distribution, highZ, 1, dtype)];
}
