/**
 * The distribution of values that torch draws: a uniform's lattice with `low` and without `high`, a normal as far as its words reach, and
 * upstream's truncated normal with its leak.
 * @module
 */
import type { SequenceKernel } from '../recipes/resolved-draw.js';
import { normalReach } from '../torch/reach.js';
import { isHalf, operand, ROUND } from '../torch/rounding.js';
import type { TorchDtype, TorchKernel } from '../torch/torch-draw.js';
import { uniformLattice } from '../torch/uniform-lattice.js';
import type { HalfDtype } from '../arithmetic/half.js';
import { blurOf, KERNEL_ERROR } from './blur.js';
import {
  normalLaw,
  pointDistribution,
  scaleLaw,
  uniformLaw,
  type ExpectedDistribution,
  type Law,
} from './laws.js';
import { spreadOf, weightedMoments } from './moments.js';
import {
  narrowCells,
  NEGLIGIBLE,
  outwards,
  roundedShares,
  roundedSpread,
  ROUNDING,
  stepsOf,
} from './rounding.js';
import { chosenNormal, leakOf, scalingOf, type Truncated } from './torch-truncation.js';

export function torchDistribution(
  { kernel, dtype }: Pick<SequenceKernel, 'kernel' | 'dtype'>,
  elementCount: number,
): ExpectedDistribution {
  switch (kernel.kind) {
    case 'torch_uniform':
      return uniformDistribution(kernel, dtype);
    case 'torch_normal':
      return normalDistribution(kernel, dtype, normalReach(kernel, dtype, elementCount));
    case 'torch_truncated_normal':
      return truncatedDistribution(kernel, dtype, normalReach(kernel, dtype, elementCount));
  }
}

type KernelOf<Kind extends TorchKernel['kind']> = Extract<TorchKernel, { kind: Kind }>;

function uniformDistribution(kernel: KernelOf<'torch_uniform'>, dtype: TorchDtype): ExpectedDistribution {
  const { valueAt, wrapsAt, wrapped } = uniformLattice(kernel, dtype);
  const highest = wrapsAt === 0 ? wrapped : valueAt(wrapsAt - 1);
  if (highest === wrapped) return pointDistribution(wrapped + 0);
  const law = uniformLaw(operand(dtype, kernel.low), operand(dtype, kernel.high));
  if (!isHalf(dtype)) return { ...law, lowest: wrapped, highest, ...blurOf(law) };
  const shares = roundedShares(law.shareBelow, narrowCells(dtype, wrapped, ROUND[dtype](kernel.high), 0));
  return steppedDistribution(law, wrapHigh(shares));
}

/** What is rounded to the last value becomes the first. */
function wrapHigh(shares: ReadonlyMap<number, number>): Map<number, number> {
  const all = [...shares];
  const [, wrapping] = all.pop() ?? [0, 0];
  return new Map(all.map(([value, share], i) => [value, i === 0 ? share + wrapping : share]));
}

/** @param reach  in standard deviations */
function normalDistribution(
  kernel: KernelOf<'torch_normal'>,
  dtype: TorchDtype,
  reach: number,
): ExpectedDistribution {
  const { mean, std } = operands(kernel, dtype);
  if (std === 0) return pointDistribution(ROUND[dtype](mean) + 0);
  const law = normalLaw(mean, std, -Infinity, Infinity);
  if (!isHalf(dtype)) return { ...law, ...boundsOf({ mean, std }, reach, dtype), ...blurOf(law) };
  // Computed in float32, then rounded.
  const { lowest, highest } = boundsOf({ mean, std }, reach, 'float32');
  const bounds = { lowest: ROUND[dtype](lowest), highest: ROUND[dtype](highest) };
  const spread = roundedSpread(law, dtype, [bounds.lowest, bounds.highest]);
  const ofKernel = KERNEL_ERROR * std;
  return { ...law, ...spread, ...bounds, blurAt: () => ofKernel, blur: ofKernel };
}

function truncatedDistribution(kernel: Truncated, dtype: TorchDtype, reach: number): ExpectedDistribution {
  const { mean, std } = operands(kernel, dtype);
  if (std === 0) return pointDistribution(ROUND[dtype](mean) + 0);
  const law = scaleLaw(chosenNormal(dtype), mean, std);
  const leak = leakOf(kernel, dtype);
  if (isHalf(dtype))
    return { ...steppedDistribution(law, truncatedShares(kernel, dtype, reach)), shareError, leak };
  return { ...law, ...boundsOf({ mean, std }, reach, dtype), ...blurOf(law), leak };
}

const operands = (
  { mean, std }: { readonly mean: number; readonly std: number },
  dtype: TorchDtype,
): { readonly mean: number; readonly std: number } => ({
  mean: operand(dtype, mean),
  std: operand(dtype, std),
});

const boundsOf = (
  law: { readonly mean: number; readonly std: number },
  reach: number,
  dtype: TorchDtype,
): Pick<ExpectedDistribution, 'lowest' | 'highest'> => ({
  lowest: outwards(law, -reach, -1, dtype),
  highest: outwards(law, reach, 1, dtype),
});

/** The share of what the kernel's error may round to the neighbour, and of the normals that count as 0; a normal's density is below 0.4. */
const shareError = 0.45 * (KERNEL_ERROR + NEGLIGIBLE);

/** Three roundings: the normal's, the product's, the sum's. Each keeps the order, so a value's share is that of the normals it comes from. */
function truncatedShares(kernel: Truncated, dtype: HalfDtype, reach: number): Map<number, number> {
  const outermost = ROUND[dtype](reach * (1 + 5 * ROUNDING.float32.relative));
  const normals = roundedShares(
    chosenNormal(dtype).shareBelow,
    narrowCells(dtype, -outermost, outermost, NEGLIGIBLE),
  );
  const valueAt = scalingOf(kernel, dtype);
  const shares = new Map<number, number>();
  for (const [z, share] of normals) {
    const value = valueAt(z) + 0;
    shares.set(value, (shares.get(value) ?? 0) + share);
  }
  return shares;
}

/** @param shares  of each value, ascending */
function steppedDistribution(law: Law, shares: ReadonlyMap<number, number>): ExpectedDistribution {
  const values = [...shares.keys()];
  const [lowest = 0, highest = 0] = [values[0], values.at(-1)];
  if (lowest === highest) return pointDistribution(lowest);
  const spread = spreadOf(weightedMoments(shares)) ?? law;
  const blur = KERNEL_ERROR * law.std;
  const mean = law.mean === 0 && lowest === -highest ? 0 : spread.mean;
  return { ...law, ...spread, mean, lowest, highest, shareBelow: stepsOf(shares), blurAt: () => blur, blur };
}
