/**
 * Distributions: the numbers that kind and shape determine, and whether a dtype can hold them.
 * @module
 */
import { reachOfBounds } from '../kernels/bounded-normal.js';
import { reachOfBounds64 } from '../kernels/bounded-normal64.js';
import { NORMAL_REACH } from '../kernels/normal.js';
import type { ValueMap } from '../arithmetic/value-map.js';
import { NORMAL64_REACH } from '../kernels/normal64.js';
import { badParameter, checkFinite } from '../../base/parameter-checks.js';
import { carrierOf, DTYPES, type Dtype } from '../tensors/dtypes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import { checkBounds } from './bounds.js';
import { checkInverted, type InvertedLaw, type LogUniform } from './inverted-laws.js';
import { checkHeld, refuseRange } from './ranges.js';

/** In doubles. */
export type Distribution =
  /** A whole number beyond 2^53 is a bigint. */
  { readonly kind: 'constant'; readonly value: number | bigint } | Drawn;

/** A distribution that takes words, unless its width is 0. */
export type Drawn = Uniform | Normal | TruncatedNormal | InvertedLaw | Mapped;

/** What may be mapped. */
export type Mappable = Uniform | Normal | TruncatedNormal | LogUniform;

/** The map of each value. */
export interface Mapped {
  readonly kind: 'mapped';
  readonly of: Mappable;
  readonly map: ValueMap;
}

export interface Normal {
  readonly kind: 'normal';
  readonly mean: number;
  readonly std: number;
}

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
  /** The bounds as values, where they were given as values. */
  readonly within?: readonly [low: number, high: number];
}

/** No value lies this many standard deviations out, so a bound beyond is infinite; the square is still finite. */
const FAR = 1e150;

export function openBounds<D extends Distribution>(distribution: D): D {
  if (distribution.kind === 'mapped') return { ...distribution, of: openBounds(distribution.of) };
  if (distribution.kind !== 'truncated_normal') return distribution;
  const { low, high } = distribution;
  return {
    ...distribution,
    low: isNumber(low) && low < -FAR ? -Infinity : low,
    high: isNumber(high) && high > FAR ? Infinity : high,
  };
}

/** Parameters are not checked yet, and comparing a symbol would throw. */
const isNumber = (value: unknown): value is number => typeof value === 'number';

/** A normal with std 0 is its mean, regardless of its bounds. */
export const isPoint = (distribution: Distribution): distribution is Normal | TruncatedNormal =>
  (distribution.kind === 'normal' || distribution.kind === 'truncated_normal') && distribution.std === 0;

/** @throws {ValueError} BAD_RANGE: not a number, out of order, or more than the dtype can hold */
export function checkDistribution(distribution: Drawn, form: TensorForm): void {
  const { name } = form;
  switch (distribution.kind) {
    case 'uniform': {
      const { low, high } = distribution;
      checkHeld(low, 'low', form.dtype, name);
      checkHeld(high, 'high', form.dtype, name);
      if (low > high) throw refuseRange({ low, high }, { name }, 'low must not be above high.');
      break;
    }
    case 'normal':
      checkNormal({ ...distribution, low: -Infinity, high: Infinity }, form);
      break;
    case 'truncated_normal': {
      const { low, high } = distribution;
      checkBounds(low, high, name);
      if (low > FAR || high < -FAR) {
        throw refuseRange({ low, high }, { name }, `Bounds lie within ${FAR} standard deviations.`);
      }
      checkNormal(distribution, form);
      break;
    }
    case 'mapped':
      // In the precision in which it is drawn; mapped-values.ts checks what becomes of it.
      checkDistribution(distribution.of, { ...form, dtype: carrierOf(form.dtype) });
      break;
    default:
      checkInverted(distribution, form);
  }
}

/** The outermost z between the bounds that a word can produce. */
export function reachOf(low: number, high: number, dtype: Dtype): readonly [number, number] {
  const isDouble = dtype === 'float64';
  if (low === -Infinity && high === Infinity) {
    const reach = isDouble ? NORMAL64_REACH : NORMAL_REACH;
    return [-reach, reach];
  }
  return isDouble ? reachOfBounds64(low, high) : reachOfBounds(low, high);
}

/**
 * The dtype must hold every value. The kernel's own precision must hold std, and std times the distance of a value from its anchor: the
 * bound nearest to 0, or 0 itself.
 */
function checkNormal(
  { mean, std, low, high }: Omit<TruncatedNormal, 'kind'>,
  { dtype, name }: Pick<TensorForm, 'dtype' | 'name'>,
): void {
  checkFinite(mean, 'mean', name);
  checkHeld(std, 'std', carrierOf(dtype), name);
  if (std < 0) throw badParameter('BAD_RANGE', 'std', std, name, 'std must not be negative.');
  if (std === 0 || (low <= 0 && high >= 0)) checkHeld(mean, 'mean', dtype, name);
  if (std === 0) return;
  const [least, most] = reachOf(low, high, dtype);
  const furthest = Math.max(Math.abs(mean + least * std), Math.abs(mean + most * std));
  if (!(furthest <= DTYPES[dtype].largest)) {
    throw refuseRange(
      { mean, std },
      { name },
      `Values reach beyond ${furthest}, more than a ${dtype} can hold.`,
    );
  }
  const anchor = Math.min(Math.max(0, least), most);
  const distance = std * Math.max(most - anchor, anchor - least);
  if (distance <= DTYPES[carrierOf(dtype)].largest) return;
  const found = `Values lie up to ${distance} from the nearest bound`;
  throw refuseRange({ mean, std }, { name }, `${found}, more than a ${carrierOf(dtype)} can hold.`);
}
