/**
 * Sums over items.
 * @module
 */

/** The sum of a number that each item has. */
export function sumOf<T>(items: Iterable<T>, value: (item: T) => number): number {
  let sum = 0;
  for (const item of items) sum += value(item);
  return sum;
}
