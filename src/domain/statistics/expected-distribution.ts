/**
 * The distribution that a recipe's values have in theory: bounds, moments, distribution function, density. A tensor drawn by the
 * recipe is compared with it, and the tensor's histogram is drawn over it.
 * @module
 */
import { at } from '../../base/at.js';
import { codeOf } from '../kernels/codes.js';
import { codeShares } from '../recipes/code-use.js';
import { floatLattice } from '../recipes/lattice.js';
import { reachOf, type Distribution } from '../recipes/distribution.js';
import { HALF_FORMATS, type HalfDtype } from '../arithmetic/half.js';
import { isDouble, type Kernel } from '../kernels/kernel.js';
import { spreadOf, weightedMoments, type Spread } from './moments.js';
import type { Narrowing } from '../kernels/narrowing.js';
import { standardLaw } from '../arithmetic/normal-law.js';
import { distributionOf, type Recipe } from '../recipes/recipe.js';
import type { Dtype } from '../tensors/dtypes.js';
import { isSequenceKernel } from '../recipes/resolved-kernel.js';
import type { TensorForm } from '../tensors/tensor-form.js';

export interface ExpectedDistribution extends Spread {
  /** No value lies outside. */
  readonly lowest: number;
  readonly highest: number;
  /** Probability of less than x; for codes and constants, of at most x. */
  readonly shareBelow: (x: number) => number;
  /** Undefined for codes and constants, which have levels. */
  readonly density?: (x: number) => number;
  /** Each value that occurs and its probability, ascending. */
  readonly levels?: ReadonlyMap<number, number>;
  /** The distance by which arithmetic and rounding may move a value of this magnitude, perhaps into another bin. */
  readonly blurAt: (x: number) => number;
  /** The distance by which they may move the mean and the standard deviation. */
  readonly blur: number;
}

/** A distribution of real numbers, before it is rounded to elements. */
type Law = Spread & Pick<ExpectedDistribution, 'shareBelow'> & { readonly density: (x: number) => number };

/** The largest error of rounding to the dtype: relative, and absolute among the smallest numbers. */
const ROUNDING: Readonly<Record<Dtype, { readonly relative: number; readonly least: number }>> = {
  float32: { relative: 2 ** -24, least: 2 ** -150 },
  float64: { relative: 2 ** -53, least: 2 ** -1075 },
  float16: { relative: 2 ** -11, least: 2 ** -25 },
  bfloat16: { relative: 2 ** -8, least: 2 ** -134 },
  int8: { relative: 0, least: 0 },
};

const FLOAT_ULP = 2 ** -23;
const LEAST_FLOAT = 2 ** -149;

/** In standard deviations: twice the error of the least precise float32 kernel (bounded-normal.ts). */
const KERNEL_ERROR = 2.4e-6;

/** Undefined for a tensor without elements. */
export function expectedDistributionOf(recipe: Recipe, form: TensorForm): ExpectedDistribution | undefined {
  if (form.shape.includes(0) || isSequenceKernel(recipe)) return undefined;
  const { kernel, narrowing, grid } = recipe;
  if (kernel.kind === 'constant' || kernel.kind === 'constant64')
    return pointDistribution(narrowConstant(kernel.value, narrowing));
  if (grid?.codes === true && !isDouble(kernel))
    return levelDistribution(codeShares(floatLattice(kernel), grid.bits));
  const distribution = distributionOf(recipe.init, form);
  const [lowest, highest] = boundsOf(kernel, narrowing, distribution, form.dtype);
  if (lowest === highest) return pointDistribution(lowest);
  const law = lawOf(distribution);
  const ofKernel = KERNEL_ERROR * law.std;
  if (narrowing?.kind === 'half') {
    const spread = roundedSpread(law, narrowing.dtype, [lowest, highest]);
    return { ...law, ...spread, lowest, highest, blurAt: () => ofKernel, blur: ofKernel };
  }
  // Values of any precision are counted by their float32 (running-statistics.ts).
  const blurAt = (x: number): number => ofKernel + FLOAT_ULP * Math.abs(x) + LEAST_FLOAT;
  return { ...law, lowest, highest, blurAt, blur: blurAt(Math.abs(law.mean) + law.std) };
}

function narrowConstant(value: number, narrowing: Narrowing | undefined): number {
  if (narrowing?.kind === 'codes') return codeOf(value, narrowing.bits);
  return narrowing?.kind === 'half' ? narrowing.lowest : value;
}

const pointDistribution = (value: number): ExpectedDistribution => levelDistribution(new Map([[value, 1]]));

function levelDistribution(levels: ReadonlyMap<number, number>): ExpectedDistribution {
  const values = [...levels.keys()];
  const spread = spreadOf(weightedMoments(levels)) ?? { mean: 0, std: 0, kurtosis: undefined };
  return {
    ...spread,
    lowest: at(values, 0),
    highest: at(values, values.length - 1),
    levels,
    shareBelow: (x) => [...levels].reduce((sum, [value, share]) => (value <= x ? sum + share : sum), 0),
    blurAt: () => 0,
    blur: 0,
  };
}

function lawOf(distribution: Distribution): Law {
  switch (distribution.kind) {
    case 'uniform':
      return uniformLaw(distribution.low, distribution.high);
    case 'normal':
      return scaledLaw(distribution.mean, distribution.std, -Infinity, Infinity);
    case 'truncated_normal':
      return scaledLaw(distribution.mean, distribution.std, distribution.low, distribution.high);
    case 'constant':
      throw new TypeError('A constant has no density');
  }
}

function uniformLaw(low: number, high: number): Law {
  // The width itself may overflow.
  const half = high / 2 - low / 2;
  return {
    mean: low / 2 + high / 2,
    std: half / Math.sqrt(3),
    kurtosis: 1.8,
    shareBelow: (x) => Math.min(Math.max((x / 2 - low / 2) / half, 0), 1),
    density: (x) => (x < low || x > high ? 0 : 0.5 / half),
  };
}

function scaledLaw(mean: number, std: number, low: number, high: number): Law {
  const standard = standardLaw(low, high);
  return {
    mean: mean + std * standard.mean,
    std: std * standard.std,
    kurtosis: standard.kurtosis,
    shareBelow: (x) => standard.shareBelow((x - mean) / std),
    density: (x) => standard.density((x - mean) / std) / std,
  };
}

/** The kernel's own bounds, and how far its words reach where it has none. */
function boundsOf(
  kernel: Kernel,
  narrowing: Narrowing | undefined,
  distribution: Distribution,
  dtype: Dtype,
): readonly [number, number] {
  const half = narrowing?.kind === 'half' ? narrowing : { lowest: -Infinity, highest: Infinity };
  const own = 'lowest' in kernel ? kernel : { lowest: -Infinity, highest: Infinity };
  const [low, high] = reachInValues(distribution, dtype);
  return [Math.max(half.lowest, own.lowest, low), Math.min(half.highest, own.highest, high)];
}

function reachInValues(distribution: Distribution, dtype: Dtype): readonly [number, number] {
  if (distribution.kind !== 'normal' && distribution.kind !== 'truncated_normal')
    return [-Infinity, Infinity];
  const { low, high } = distribution.kind === 'normal' ? { low: -Infinity, high: Infinity } : distribution;
  const { mean, std } = distribution;
  const { relative, least } = ROUNDING[dtype];
  const outwards = (z: number, direction: 1 | -1): number => {
    const value = mean + std * z;
    // Mean and std are rounded, then each of two operations, then the element.
    return value + direction * (5 * relative * (Math.abs(mean) + Math.abs(std * z)) + least);
  };
  const [lowZ, highZ] = reachOf(low, high, dtype);
  return [outwards(lowZ, -1), outwards(highZ, 1)];
}

/** Halves nearer to 0 than this many standard deviations count as 0: together they are less than a thousandth of one. */
const NEGLIGIBLE = 2 ** -18;
/** In standard deviations: anything further out is too rare to show in a moment. */
const FARTHEST = 8;

/** Mean, std and kurtosis after rounding to halves: a half has the probability of everything that is rounded to it. */
function roundedSpread(law: Law, dtype: HalfDtype, [lowest, highest]: readonly [number, number]): Spread {
  const { toBits, fromBits } = HALF_FORMATS[dtype];
  // The rank of a half: 0 is 0, the half above it 1, the half below it -1.
  const rankOf = (x: number): number => {
    const bits = toBits(x);
    return bits & SIGN ? SIGN - bits : bits;
  };
  const valueAt = (rank: number): number => fromBits(rank < 0 ? SIGN - rank : rank);
  const nearZero = rankOf(NEGLIGIBLE * law.std);
  const first = rankOf(Math.max(lowest, law.mean - FARTHEST * law.std));
  const last = rankOf(Math.min(highest, law.mean + FARTHEST * law.std));
  const shares = new Map<number, number>();
  let below = 0;
  for (let rank = first; rank <= last;) {
    const next = Math.abs(rank) < nearZero ? nearZero : rank < 0 && rank + 1 > -nearZero ? 0 : rank + 1;
    const upTo = next > last ? 1 : law.shareBelow((valueAt(rank) + valueAt(next)) / 2);
    shares.set(valueAt(rank), upTo - below);
    below = upTo;
    rank = next;
  }
  const rounded = spreadOf(weightedMoments(shares)) ?? law;
  // The sides of a symmetric distribution cancel except for rounding.
  return law.mean === 0 && lowest === -highest ? { ...rounded, mean: 0 } : rounded;
}

const SIGN = 0x8000;
