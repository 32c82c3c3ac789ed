/**
 * The size of an initialiser: metadata of a tensor hold it, and are read with the same limit.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { nameTensor } from '../../base/wording.js';

/** Of an initialiser and everything in it: the longest list of numbers, and some room. */
export const MOST_INIT_VALUES = 4096 + 256;

/** @throws {ValueError} BAD_RANGE: more values than metadata may have */
export function checkInitSize(init: object, name: string | undefined): void {
  const count = countValues(init) - 1;
  if (count <= MOST_INIT_VALUES) return;
  const found = `${nameTensor(name)}: the initialiser has ${count} values, those of its rows among them.`;
  throw new ValueError(
    'BAD_RANGE',
    found,
    `There may be ${MOST_INIT_VALUES}: keep larger tensors in a file.`,
  );
}

/** The value itself, and all within it. */
const countValues = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? Object.values(value).reduce<number>((sum, item) => sum + countValues(item), 1)
    : 1;
