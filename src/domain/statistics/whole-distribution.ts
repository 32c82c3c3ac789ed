/**
 * The distribution of whole numbers and of two values.
 * @module
 */
import { joinHalves } from '../arithmetic/multiply-high.js';
import { signedLow, type IntegersParameters } from '../kernels/integers.js';
import type { WholeKernel } from '../kernels/kernel.js';
import { WORDS, type TwoValuesParameters } from '../kernels/two-values.js';
import { isOf, wholeRange, type Dtype } from '../tensors/dtypes.js';
import { leastBlurAt } from './blur.js';
import { MOST_LEVELS } from './distinct-values.js';
import { levelDistribution, type ExpectedDistribution } from './laws.js';

export function wholeDistribution(kernel: WholeKernel, dtype: Dtype): ExpectedDistribution {
  switch (kernel.kind) {
    case 'integers':
      return integersDistribution(kernel, dtype);
    case 'two_values':
      return levels(sharesOfTwo(kernel));
    case 'bits':
    case 'bits64':
      return bitsDistribution(dtype);
  }
}

/** As its values are counted, a level may lie on the edge of a bin. */
const levels = (shares: ReadonlyMap<number, number>): ExpectedDistribution => ({
  ...levelDistribution(shares),
  blurAt: leastBlurAt,
});

function sharesOfTwo({ threshold, below, other }: TwoValuesParameters): ReadonlyMap<number, number> {
  const shares = [
    [below, threshold / WORDS],
    [other, 1 - threshold / WORDS],
  ] as const;
  return new Map([...shares].sort(([a], [b]) => a - b));
}

function integersDistribution(kernel: IntegersParameters, dtype: Dtype): ExpectedDistribution {
  const low = dtype === 'uint64' ? joinHalves(kernel.low) : signedLow(kernel);
  return consecutive(low, joinHalves(kernel.last));
}

function bitsDistribution(dtype: Dtype): ExpectedDistribution {
  if (!isOf(dtype, 'integer', 'boolean')) throw new TypeError(`A ${dtype} has no random bits`);
  const { least, largest } = wholeRange(dtype);
  return consecutive(least, largest - least);
}

/** The numbers from low to low + last, all equally likely. As doubles, in which they are measured, the largest are rounded. */
function consecutive(low: bigint, last: bigint): ExpectedDistribution {
  const count = Number(last + 1n);
  if (count <= MOST_LEVELS)
    return levels(new Map(Array.from({ length: count }, (_, i) => [Number(low + BigInt(i)), 1 / count])));
  const [lowest, highest] = [Number(low), Number(low + last)];
  return {
    lowest,
    highest,
    mean: lowest / 2 + highest / 2,
    std: Math.sqrt((count * count - 1) / 12),
    kurtosis: 3 - (6 / 5) * ((count * count + 1) / (count * count - 1)),
    shareBelow: (x) => Math.min(Math.max((Math.ceil(x) - lowest) / count, 0), 1),
    density: (x) => (x < lowest || x > highest ? 0 : 1 / count),
    blurAt: leastBlurAt,
    blur: Math.max(-lowest, highest) * DOUBLE_ULP,
  };
}

const DOUBLE_ULP = 2 ** -52;
