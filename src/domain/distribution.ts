/**
 * Distributions: what kinds and shapes come to before a dtype is looked at, and whether their numbers make sense in one.
 * @module
 */
import { ValueError } from '../errors.js';
import { reachOfBounds } from './kernels/bounded-normal.js';
import { reachOfBounds64 } from './kernels/bounded-normal64.js';
import { NORMAL_REACH } from './kernels/normal.js';
import { NORMAL64_REACH } from './kernels/normal64.js';
import { badParameter, checkFinite } from './numbers.js';
import { DTYPES, nameTensor, type Dtype, type TensorForm } from './tensor.js';

/** What is drawn, in doubles. */
export type Distribution =
  | { readonly kind: 'constant'; readonly value: number }
  | Uniform
  | { readonly kind: 'normal'; readonly mean: number; readonly std: number }
  | TruncatedNormal;

export interface Uniform {
  readonly kind: 'uniform';
  readonly low: number;
  readonly high: number;
}

export interface TruncatedNormal {
  readonly kind: 'truncated_normal';
  readonly mean: number;
  readonly std: number;
  /** In standard deviations. */
  readonly low: number;
  readonly high: number;
}

/** No value is that many standard deviations away: a bound there is none, and its square is a number. */
const FAR = 1e150;

export function openBounds(distribution: Distribution): Distribution {
  if (distribution.kind !== 'truncated_normal') return distribution;
  const { low, high } = distribution;
  return {
    ...distribution,
    low: isNumber(low) && low < -FAR ? -Infinity : low,
    high: isNumber(high) && high > FAR ? Infinity : high,
  };
}

/** Parameters come unchecked: comparing a symbol would throw. */
const isNumber = (value: unknown): value is number => typeof value === 'number';

/** A normal without spread, whatever its bounds: its mean. */
export const isPoint = (
  distribution: Distribution,
): distribution is Exclude<Distribution, { kind: 'constant' | 'uniform' }> =>
  (distribution.kind === 'normal' || distribution.kind === 'truncated_normal') && distribution.std === 0;

/** @throws {ValueError} BAD_RANGE: numbers that are none, out of order, or more than the dtype holds */
export function checkDistribution(distribution: Distribution, { dtype, name }: TensorForm): void {
  const { largest } = DTYPES[dtype];
  const check = (value: number, parameter: string): void => {
    checkFinite(value, parameter, name);
    if (Math.abs(value) <= largest) return;
    throw badParameter('BAD_RANGE', parameter, value, name, `A ${dtype} holds at most ${largest}.`);
  };
  switch (distribution.kind) {
    case 'constant':
      check(distribution.value, 'value');
      break;
    case 'uniform': {
      const { low, high } = distribution;
      check(low, 'low');
      check(high, 'high');
      if (low > high) throw refuseRange({ low, high }, { name }, 'low must not be above high.');
      break;
    }
    case 'normal':
      checkNormal(distribution, () => reachOf(-Infinity, Infinity, dtype), check, { dtype, name });
      break;
    case 'truncated_normal': {
      const { low, high } = distribution;
      checkBound(low, 'low', name);
      checkBound(high, 'high', name);
      if (low >= high) throw refuseRange({ low, high }, { name }, 'low must be below high.');
      if (low > FAR || high < -FAR) {
        throw refuseRange({ low, high }, { name }, `Bounds lie within ${FAR} standard deviations.`);
      }
      checkNormal(distribution, () => reachOf(low, high, dtype), check, { dtype, name });
      break;
    }
  }
}

function checkBound(value: unknown, parameter: string, name: string | undefined): void {
  if (typeof value === 'number' && !Number.isNaN(value)) return;
  throw badParameter('BAD_RANGE', parameter, value, name, `${parameter} is a number, or an infinity.`);
}

/** The outermost z between the bounds that a word can give. */
export function reachOf(low: number, high: number, dtype: Dtype): readonly [number, number] {
  const isDouble = dtype === 'float64';
  if (low === -Infinity && high === Infinity) {
    const reach = isDouble ? NORMAL64_REACH : NORMAL_REACH;
    return [-reach, reach];
  }
  return isDouble ? reachOfBounds64(low, high) : reachOfBounds(low, high);
}

function checkNormal(
  { mean, std }: { readonly mean: number; readonly std: number },
  reach: () => readonly [number, number],
  check: (value: number, parameter: string) => void,
  { dtype, name }: Pick<TensorForm, 'dtype' | 'name'>,
): void {
  check(mean, 'mean');
  check(std, 'std');
  if (std === 0) return;
  if (std < 0) throw badParameter('BAD_RANGE', 'std', std, name, 'std must not be negative.');
  const [low, high] = reach();
  // Distances from a bound, which kernels multiply by std, are not longer than the whole.
  const furthest = Math.max(Math.abs(mean + low * std), Math.abs(mean + high * std), std * (high - low));
  if (furthest <= DTYPES[dtype].largest) return;
  throw refuseRange({ mean, std }, { name }, `Values reach over ${furthest}, more than a ${dtype} can hold.`);
}

/** Of several parameters together: `low is 1 and high is 0.` */
export function refuseRange(
  parameters: Readonly<Record<string, number>>,
  { name }: Pick<TensorForm, 'name'>,
  remedy: string,
): ValueError {
  const listed = Object.entries(parameters).map(([key, value]) => `${key} is ${value}`);
  return new ValueError('BAD_RANGE', `${nameTensor(name)}: ${listed.join(' and ')}.`, remedy);
}
