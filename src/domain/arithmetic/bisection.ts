/**
 * Bisection over whole numbers.
 * @module
 */

/** The first number from `from` to `end` - 1 that passes, or `end`. Numbers that pass come after those that do not. */
export function firstThat(from: number, end: number, passes: (n: number) => boolean): number {
  let [low, high] = [from, end];
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    if (passes(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
