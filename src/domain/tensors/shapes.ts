/**
 * Checks shapes of tensors and counts their elements.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { nameTensor, show } from '../../base/wording.js';
import { DTYPES, type Dtype } from './dtypes.js';

/**
 * @param shape  dimensions in elements, row-major; `[]` is a scalar, a 0 makes the tensor empty
 * @param whose  what an error begins with
 * @throws {ValueError} BAD_SHAPE: not an array, or a dimension that is not a whole number from 0
 */
export function checkDimensions(shape: unknown, name?: string, whose = nameTensor(name)): readonly number[] {
  if (!Array.isArray(shape)) {
    const found = `${whose}: the shape is ${show(shape)}.`;
    throw new ValueError('BAD_SHAPE', found, 'A shape is an array of dimensions such as [128, 3, 3, 3].');
  }
  // Copied: holes become undefined, which forEach would skip.
  const dimensions: readonly unknown[] = [...(shape as readonly unknown[])];
  dimensions.forEach((size, axis) => {
    if (typeof size === 'number' && Number.isInteger(size) && size >= 0) return;
    const found = `${whose}: dimension ${axis} is ${show(size)}.`;
    throw new ValueError('BAD_SHAPE', found, 'Dimensions are whole numbers from 0; a scalar is [].');
  });
  return Object.freeze(dimensions) as readonly number[];
}

/**
 * @throws {ValueError} BAD_SHAPE: as checkDimensions, or packed elements that do not fill whole bytes; TOO_LARGE: more than 2^53 - 1
 *   elements or bytes in all
 */
export function checkShape(shape: unknown, dtype: Dtype, name?: string): readonly number[] {
  const checked = checkDimensions(shape, name);
  // Readers multiply in order, in 64 bits: a later 0 does not undo an overflow.
  const isCountable =
    checked.reduce((product, size) => (product < 2 ** 64 ? product * size : NaN), 1) < 2 ** 64;
  const elementCount = countElements(checked);
  const byteLength = elementCount * DTYPES[dtype].byteWidth;
  if (!isCountable || !(Math.max(elementCount, byteLength) <= Number.MAX_SAFE_INTEGER)) {
    const found = `${nameTensor(name)}: shape ${show(shape)} has more than 2^53 - 1 bytes.`;
    throw new ValueError('TOO_LARGE', found, 'Split it into several tensors.');
  }
  checkWholeBytes(checked, dtype, name);
  return checked;
}

function checkWholeBytes(shape: readonly number[], dtype: Dtype, name?: string): void {
  const { byteWidth } = DTYPES[dtype];
  if (Number.isInteger(countElements(shape) * byteWidth)) return;
  const found = `${nameTensor(name)}: shape ${show(shape)} has ${countElements(shape)} elements.`;
  const bits = 8 * byteWidth;
  const remedy = `Elements of ${bits} bits are packed, and fill whole bytes: make it a multiple of ${bits === 4 ? 2 : 4}.`;
  throw new ValueError('BAD_SHAPE', found, remedy);
}

export const isSameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

/** The product of the dimensions; 1 for a scalar. Rounded beyond 2^53, which checkShape refuses. */
export function countElements(shape: readonly number[]): number {
  return shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
}
