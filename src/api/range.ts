/**
 * Ranges of a tensor's elements.
 * @module
 */
import { show } from '../base/wording.js';
import { ValueError } from '../base/errors.js';

/** @throws {ValueError} BAD_OFFSET */
export function checkRange(start: unknown, end: unknown, elementCount: number, where: string): void {
  const isWhole = (value: unknown): value is number =>
    typeof value === 'number' && Number.isSafeInteger(value);
  if (isWhole(start) && isWhole(end) && start >= 0 && start <= end && end <= elementCount) return;
  throw new ValueError(
    'BAD_OFFSET',
    `${where}: the range is ${show(start)} to ${show(end)}.`,
    `Pass whole numbers from 0 to ${elementCount}, the end not before the start.`,
  );
}
