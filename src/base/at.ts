/**
 * Elements that must exist. An index out of range is a broken invariant of this library, which no default may hide.
 * @module
 */

/**
 * The element at an index that must exist.
 * @param index  from 0
 * @throws {RangeError} no element there
 */
export function at<T>(list: ArrayLike<T>, index: number): T {
  const element = list[index];
  if (element === undefined) throw new RangeError(`There is no element ${index} of ${list.length}.`);
  return element;
}
