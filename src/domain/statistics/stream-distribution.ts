/**
 * The distribution of values that streams of words give: the kernel's own bounds, and how far its words reach where it has none.
 * @module
 */
import { NARROW_FORMATS } from '../arithmetic/narrow-floats.js';
import { isFloat, type Kernel } from '../kernels/kernel.js';
import type { Narrowing } from '../kernels/narrowing.js';
import { codeShares } from '../recipes/code-use.js';
import { reachOf, type Distribution } from '../recipes/distribution.js';
import { floatLattice } from '../recipes/lattice.js';
import { distributionOf, type StreamRecipe } from '../recipes/recipe.js';
import { carrierOf, type Dtype } from '../tensors/dtypes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import { blurOf, KERNEL_ERROR } from './blur.js';
import {
  levelDistribution,
  normalLaw,
  pointDistribution,
  uniformLaw,
  type ExpectedDistribution,
  type Law,
} from './laws.js';
import { outwards, roundedSpread } from './rounding.js';

export function streamDistribution(recipe: StreamRecipe, form: TensorForm): ExpectedDistribution {
  const { kernel, narrowing, grid } = recipe;
  if (grid?.codes === true && isFloat(kernel))
    return levelDistribution(codeShares(floatLattice(kernel), grid.bits));
  const distribution = distributionOf(recipe.init, form);
  const [lowest, highest] = boundsOf(kernel, narrowing, distribution, form.dtype);
  if (lowest === highest) return pointDistribution(lowest);
  const law = lawOf(distribution);
  if (narrowing?.kind === 'float') {
    const ofKernel = KERNEL_ERROR * law.std;
    const spread = roundedSpread(law, narrowing.dtype, [lowest, highest]);
    return { ...law, ...spread, lowest, highest, blurAt: () => ofKernel, blur: ofKernel };
  }
  return { ...law, lowest, highest, ...blurOf(law) };
}

function lawOf(distribution: Distribution): Law {
  switch (distribution.kind) {
    case 'uniform':
      return uniformLaw(distribution.low, distribution.high);
    case 'normal':
      return normalLaw(distribution.mean, distribution.std, -Infinity, Infinity);
    case 'truncated_normal':
      return normalLaw(distribution.mean, distribution.std, distribution.low, distribution.high);
    case 'constant':
      throw new TypeError('A constant has no density');
  }
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
  if (distribution.kind !== 'normal' && distribution.kind !== 'truncated_normal')
    return [-Infinity, Infinity];
  const { low, high } = distribution.kind === 'normal' ? { low: -Infinity, high: Infinity } : distribution;
  const [lowZ, highZ] = reachOf(low, high, dtype);
  return [outwards(distribution, lowZ, -1, dtype), outwards(distribution, highZ, 1, dtype)];
}
