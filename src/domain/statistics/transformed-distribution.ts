/**
 * The distribution of values of laws by inversion and of maps of drawn values.
 * @module
 */
import { valueMap } from '../arithmetic/value-map.js';
import type { Narrowing } from '../kernels/narrowing.js';
import { reachOf, type Distribution, type Mappable, type Mapped } from '../recipes/distribution.js';
import type { InvertedLaw } from '../recipes/inverted-laws.js';
import { carrierOf, type FloatDtype } from '../tensors/dtypes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import { leastBlurAt } from './blur.js';
import { centreOfCauchy, invertedLaw } from './inverted-laws.js';
import { normalLaw, uniformLaw, type ExpectedDistribution, type Law } from './laws.js';
import { mapLaw, sampleLaw, type SampledLaw } from './mapped-law.js';
import { roundedSpread } from './rounding.js';

/** The law of what is neither by inversion nor mapped. */
export function plainLaw(distribution: Exclude<Distribution, Transformed>): Law {
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

/** Laws by inversion and maps; their blurs are their own. */
export type Transformed = InvertedLaw | Mapped;

export const isTransformed = (distribution: Distribution): distribution is Transformed =>
  !['constant', 'uniform', 'normal', 'truncated_normal'].includes(distribution.kind);

export function transformedDistribution(
  distribution: Transformed,
  narrowing: Narrowing | undefined,
  { dtype }: TensorForm,
  [lowest, highest]: readonly [number, number],
): ExpectedDistribution {
  const law = transformedLaw(distribution, carrierOf(dtype));
  const shown = distribution.kind === 'cauchy' ? { shown: centreOfCauchy(distribution) } : {};
  // A Cauchy's moments are those of its outermost points, however they are rounded.
  const isRounded = narrowing?.kind === 'float' && distribution.kind !== 'cauchy';
  const spread = isRounded ? roundedSpread(law, narrowing.dtype, [lowest, highest], Infinity) : {};
  return { ...law, ...spread, ...shown, lowest, highest };
}

function transformedLaw(
  distribution: Transformed,
  dtype: FloatDtype,
): Law & Pick<ExpectedDistribution, 'blurAt' | 'blur'> {
  switch (distribution.kind) {
    case 'mapped':
      return mapLaw(sampledLaw(distribution.of, dtype), distribution.map);
    case 'log_uniform':
      return sampledLaw(distribution, dtype);
    default: {
      const law = invertedLaw(distribution, dtype === 'float64');
      return { ...law, blurAt: leastBlurAt, blur: leastBlurAt(Math.abs(law.mean) + law.std) };
    }
  }
}

/** What a map is made of. A log_uniform is the exponential of a uniform. */
function sampledLaw(distribution: Mappable, dtype: FloatDtype): SampledLaw {
  if (distribution.kind === 'log_uniform') {
    const [low, high] = [Math.log(distribution.low), Math.log(distribution.high)];
    return mapLaw(sampleLaw(uniformLaw(low, high), low, high), valueMap('exp', 1, undefined));
  }
  const law = plainLaw(distribution);
  if (distribution.kind === 'uniform') return sampleLaw(law, distribution.low, distribution.high);
  const { mean, std } = distribution;
  const { low, high } = distribution.kind === 'normal' ? { low: -Infinity, high: Infinity } : distribution;
  const [least, most] = reachOf(low, high, dtype);
  return sampleLaw(law, mean + std * least, mean + std * most);
}
