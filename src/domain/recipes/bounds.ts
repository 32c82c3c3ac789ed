/**
 * The bounds of a truncated distribution, as callers give them.
 * @module
 */
import { badParameter } from '../../base/parameter-checks.js';
import { refuseRange } from './ranges.js';

/** @throws {ValueError} BAD_RANGE: not numbers, or out of order */
export function checkBounds(
  low: number,
  high: number,
  name: string | undefined,
  [lowKey, highKey]: readonly [string, string] = ['low', 'high'],
): void {
  checkBound(low, lowKey, name);
  checkBound(high, highKey, name);
  if (low >= high)
    throw refuseRange({ [lowKey]: low, [highKey]: high }, { name }, `${lowKey} must be below ${highKey}.`);
}

function checkBound(value: unknown, parameter: string, name: string | undefined): void {
  if (typeof value === 'number' && !Number.isNaN(value)) return;
  throw badParameter(
    'BAD_RANGE',
    parameter,
    value,
    name,
    `${parameter} must be a number, and may be infinite.`,
  );
}
