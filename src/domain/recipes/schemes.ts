/**
 * Named schemes: distributions whose width follows from the shape's fans. Operations and their order are those of the framework,
 * so that widths agree to the last bit of a double.
 *
 * Sources: Glorot and Bengio, AISTATS 2010, https://proceedings.mlr.press/v9/glorot10a.html; He et al., 2015,
 * https://arxiv.org/abs/1502.01852; LeCun et al., Efficient BackProp, 1998, https://doi.org/10.1007/3-540-49430-8_2;
 * torch/nn/init.py; keras/src/initializers/random_initializers.py; jax.nn.initializers.variance_scaling.
 * @module
 */
import { checkFinite, checkPositive, checkOneOf } from '../../base/parameter-checks.js';
import { resolveFans, type ChosenFans, type FanChoice } from './chosen-fans.js';
import { chooseFan, FAN_MODES, LAYOUTS, type FanMode } from './fans.js';
import { gainOf, NONLINEARITIES, type Nonlinearity } from './gains.js';

/** `untruncated_normal` is Keras's name of the normal; Keras reads `normal` as truncated, JAX does not, and nor is it here. */
export const SCHEME_DISTRIBUTIONS = ['uniform', 'normal', 'truncated_normal', 'untruncated_normal'] as const;
export type SchemeDistribution = (typeof SCHEME_DISTRIBUTIONS)[number];

/** Keras's and JAX's general form: variance scale / fan. */
export interface VarianceScaling extends FanChoice {
  readonly kind: 'variance_scaling';
  readonly scale: number;
  readonly mode: FanMode;
  readonly distribution: SchemeDistribution;
  /** Widen a truncated normal so that its standard deviation after truncation is the one asked for, as Keras and JAX do. */
  readonly preserve_std: boolean;
}

/** torch's Kaiming has no fan_avg. */
export const KAIMING_MODES = ['fan_in', 'fan_out'] as const;

export interface Kaiming extends FanChoice {
  readonly kind: 'kaiming_uniform' | 'kaiming_normal';
  readonly a: number;
  readonly mode: (typeof KAIMING_MODES)[number];
  readonly nonlinearity: Nonlinearity;
}

export interface Xavier extends FanChoice {
  readonly kind: 'xavier_uniform' | 'xavier_normal';
  readonly gain: number;
}

/** Variance scalings with a name: scale, mode and distribution are the name's. */
export interface NamedScaling extends FanChoice {
  readonly kind: NamedScalingKind;
  readonly preserve_std: boolean;
}

export const NAMED_SCALINGS = {
  he_uniform: { scale: 2, mode: 'fan_in', distribution: 'uniform' },
  he_normal: { scale: 2, mode: 'fan_in', distribution: 'truncated_normal' },
  glorot_uniform: { scale: 1, mode: 'fan_avg', distribution: 'uniform' },
  glorot_normal: { scale: 1, mode: 'fan_avg', distribution: 'truncated_normal' },
  lecun_uniform: { scale: 1, mode: 'fan_in', distribution: 'uniform' },
  lecun_normal: { scale: 1, mode: 'fan_in', distribution: 'truncated_normal' },
} as const;
export type NamedScalingKind = keyof typeof NAMED_SCALINGS;

export type Scheme = VarianceScaling | Kaiming | Xavier | NamedScaling;

/** The width of a scheme for a shape. */
export type Width =
  | { readonly distribution: 'uniform'; /** Half the width of the interval. */ readonly limit: number }
  | { readonly distribution: 'normal' | 'truncated_normal'; readonly std: number };

/** Standard deviation of the standard normal truncated at +-2: what Keras and JAX divide by. */
export const TRUNCATED_STD = 0.87962566103423978;

export interface SchemeWidth {
  readonly fans: ChosenFans;
  readonly width: Width;
}

/**
 * @throws {ValueError} BAD_SHAPE: too few dimensions to have fans; BAD_RANGE: an invalid scale, gain or a; BAD_OPTION: an
 *   unknown name
 */
export function resolveWidth(scheme: Scheme, shape: readonly number[], name?: string): SchemeWidth {
  checkOneOf(scheme.layout, LAYOUTS, 'layout', name);
  const fans = resolveFans(scheme, checkMode(scheme, name), shape, name);
  return { fans, width: chooseWidth(scheme, fans, name) };
}

/** @throws {ValueError} BAD_OPTION: not a mode of the scheme's */
function checkMode(scheme: Scheme, name: string | undefined): FanMode {
  switch (scheme.kind) {
    case 'variance_scaling':
      return checkOneOf(scheme.mode, FAN_MODES, 'mode', name);
    case 'kaiming_uniform':
    case 'kaiming_normal':
      return checkOneOf(scheme.mode, KAIMING_MODES, 'mode', name);
    case 'xavier_uniform':
    case 'xavier_normal':
      return 'fan_avg';
    default:
      return NAMED_SCALINGS[scheme.kind].mode;
  }
}

function chooseWidth(scheme: Scheme, fans: ChosenFans, name: string | undefined): Width {
  switch (scheme.kind) {
    case 'variance_scaling':
      checkPositive(scheme.scale, 'scale', name);
      checkOneOf(scheme.distribution, SCHEME_DISTRIBUTIONS, 'distribution', name);
      return scaleVariance(scheme, chooseFan(fans, scheme.mode));
    case 'kaiming_uniform':
    case 'kaiming_normal':
      return widthOfStd(scheme.kind === 'kaiming_uniform', kaimingStd(scheme, fans, name));
    case 'xavier_uniform':
    case 'xavier_normal': {
      const sum = 2 * chooseFan(fans, 'fan_avg');
      const std = checkPositive(scheme.gain, 'gain', name) * Math.sqrt(2 / sum);
      return widthOfStd(scheme.kind === 'xavier_uniform', std);
    }
    default: {
      const named = NAMED_SCALINGS[scheme.kind];
      return scaleVariance({ ...named, preserve_std: scheme.preserve_std }, chooseFan(fans, named.mode));
    }
  }
}

function kaimingStd({ a, mode, nonlinearity }: Kaiming, fans: ChosenFans, name: string | undefined): number {
  checkFinite(a, 'a', name);
  checkOneOf(nonlinearity, NONLINEARITIES, 'nonlinearity', name);
  return gainOf(nonlinearity, a) / Math.sqrt(chooseFan(fans, mode));
}

/** torch: the uniform with this standard deviation, or the normal. */
function widthOfStd(isUniform: boolean, std: number): Width {
  return isUniform ? { distribution: 'uniform', limit: Math.sqrt(3) * std } : { distribution: 'normal', std };
}

/** Keras and JAX. */
function scaleVariance(
  { scale, distribution, preserve_std }: Pick<VarianceScaling, 'scale' | 'distribution' | 'preserve_std'>,
  fan: number,
): Width {
  const variance = scale / Math.max(1, fan);
  if (distribution === 'uniform') return { distribution, limit: Math.sqrt(3 * variance) };
  const isWidened = distribution === 'truncated_normal' && preserve_std;
  const drawn = distribution === 'untruncated_normal' ? 'normal' : distribution;
  return { distribution: drawn, std: isWidened ? Math.sqrt(variance) / TRUNCATED_STD : Math.sqrt(variance) };
}
