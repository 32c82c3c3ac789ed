/**
 * Powers with the same bits on every machine: whole ones by multiplication, halves to sixteenths by square roots, both of which IEEE 754
 * rounds correctly. `Math.pow` may differ between engines in its last bit.
 *
 * Error: each multiplication and each root rounds once, so at most |exponent| + 8 roundings; a whole power of a small whole number and
 * a square root are as exact as a double can be.
 * @module
 */

/** The largest exponent: no rule of initialisation comes near. */
export const LARGEST_EXPONENT = 16;
/** Exponents are multiples of 1/16: four square roots, one within the other. */
const ROOTS = 4;
/** The distance of exponents. */
export const LEAST_EXPONENT = 2 ** -ROOTS;

export const isExponent = (value: unknown): value is number =>
  typeof value === 'number' &&
  Math.abs(value) <= LARGEST_EXPONENT &&
  Number.isInteger(value / LEAST_EXPONENT);

/**
 * @param base      0 or more
 * @param exponent  a multiple of 1/16 from 0 to 16
 */
export function portablePower(base: number, exponent: number): number {
  let power = 1;
  for (let i = Math.trunc(exponent); i > 0; i--) power *= base;
  let root = base;
  let rest = exponent - Math.trunc(exponent);
  for (let i = 0; i < ROOTS && rest > 0; i++) {
    root = Math.sqrt(root);
    rest *= 2;
    if (rest < 1) continue;
    power *= root;
    rest -= 1;
  }
  return power;
}
