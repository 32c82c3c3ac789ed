/**
 * The bounds of a truncated normal: in standard deviations as low and high, or as values, a and b, as torch's trunc_normal_ has them.
 *
 * Source: torch/nn/init.py, `trunc_normal_(tensor, mean=0.0, std=1.0, a=-2.0, b=2.0)`.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { badParameter, checkFinite } from '../../base/parameter-checks.js';
import { show } from '../../base/wording.js';
import { checkBounds } from './bounds.js';
import type { TruncatedNormal } from './distribution.js';

/** torch's bounds, as values. */
const TORCH_BOUNDS = { a: -2, b: 2 } as const;

interface Bounds {
  readonly low?: number;
  readonly high?: number;
  readonly a?: number;
  readonly b?: number;
}

/**
 * The same initialiser with one pair of bounds: values if any is given, else deviations.
 * @param given  what was given, without defaults
 * @throws {ValueError} BAD_OPTION: bounds of both kinds
 */
export function chooseBounds<T extends Bounds>(
  init: T,
  given: Readonly<Record<string, unknown>>,
  where: string,
): T {
  checkOnePair(given, where);
  if (givenKey(given, 'a', 'b') === undefined) return init;
  // Parameters that were not given are missing, not undefined.
  const rest = Object.entries({ ...init, ...TORCH_BOUNDS, ...init });
  return Object.fromEntries(rest.filter(([key]) => key !== 'low' && key !== 'high')) as T;
}

/** @throws {ValueError} BAD_OPTION: bounds of both kinds */
export function checkOnePair(given: Readonly<Record<string, unknown>>, where: string): void {
  const [value, deviation] = [givenKey(given, 'a', 'b'), givenKey(given, 'low', 'high')];
  if (value === undefined || deviation === undefined) return;
  const found = `${where}: ${value} is ${show(given[value])} and ${deviation} is ${show(given[deviation])}.`;
  const remedy = 'a and b are values, low and high standard deviations: give one pair.';
  throw new ValueError('BAD_OPTION', found, remedy, { parameter: value });
}

const givenKey = (given: Readonly<Record<string, unknown>>, ...keys: readonly string[]): string | undefined =>
  keys.find((key) => given[key] !== undefined);

/**
 * The distribution of a truncated normal. Bounds that are values become (a - mean) / std and (b - mean) / std, in doubles.
 * @throws {ValueError} BAD_RANGE: values that are not numbers, or out of order, or beside a std that is not positive
 */
export function truncatedNormalOf(
  { mean, std, low = -Infinity, high = Infinity, a, b }: Bounds & Pick<TruncatedNormal, 'mean' | 'std'>,
  name: string | undefined,
): TruncatedNormal {
  if (a === undefined || b === undefined) return { kind: 'truncated_normal', mean, std, low, high };
  checkBounds(a, b, name, ['a', 'b']);
  checkFinite(mean, 'mean', name);
  checkFinite(std, 'std', name);
  if (std <= 0) {
    const remedy = 'Beside a and b, std must be above 0; use constant for one value.';
    throw badParameter('BAD_RANGE', 'std', std, name, remedy);
  }
  const within = [a, b] as const;
  return { kind: 'truncated_normal', mean, std, low: (a - mean) / std, high: (b - mean) / std, within };
}
