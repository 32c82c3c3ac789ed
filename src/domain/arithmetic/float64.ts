/**
 * Sums, and sums of a product, rounded once in a chosen direction; + rounds to nearest, ties to even.
 * @module
 */
import { doubleBits, doubleHighBits, doubleOfBits, withHighBits } from './bits.js';
import { twoSum } from './double-double.js';

/** The double above x (x not NaN or +Infinity). */
function nextUp(x: number): number {
  const pattern = doubleBits(x === 0 ? 0 : x);
  return doubleOfBits(pattern >= 0n ? pattern + 1n : pattern - 1n);
}

/** The smallest double that is not below a + b, of finite numbers; -MAX_VALUE if the sum is below that. */
export function ceilSum(a: number, b: number): number {
  const [sum, error] = twoSum(a, b);
  if (sum === -Infinity) return -Number.MAX_VALUE;
  if (sum === Infinity) return sum;
  return error > 0 ? nextUp(sum) : sum;
}

/** The largest double that is not above a + b, of finite numbers; MAX_VALUE if the sum is above that. */
export function floorSum(a: number, b: number): number {
  return -ceilSum(-a, -b);
}

/** The smallest double that is not below the exact value of offset + scale * x, of finite numbers. */
export function ceilScaled(offset: number, scale: number, x: number): number {
  return roundExact(offset, scale, x, (negative) => (negative ? 'down' : 'up'));
}

/** The largest double that is not above the exact value of offset + scale * x. */
export function floorScaled(offset: number, scale: number, x: number): number {
  return roundExact(offset, scale, x, (negative) => (negative ? 'up' : 'down'));
}

/** offset + scale * x rounded once, to nearest, ties to even. */
export function roundScaled(offset: number, scale: number, x: number): number {
  return roundExact(offset, scale, x, () => 'nearest');
}

/** The direction in which a magnitude is rounded. */
type Direction = 'up' | 'down' | 'nearest';

const FRACTION_BITS = 52n;
const FRACTION = (1n << FRACTION_BITS) - 1n;
const EXPONENTS = 0x7ffn;
/** The exponent of the smallest subnormal number. */
const LEAST_EXPONENT = -1074n;

/** A finite double as an integer and a power of two. */
function split(x: number): readonly [integer: bigint, exponent: bigint] {
  const pattern = doubleBits(Math.abs(x));
  const biased = pattern >> FRACTION_BITS;
  const integer = biased === 0n ? pattern : (pattern & FRACTION) + FRACTION + 1n;
  return [x < 0 ? -integer : integer, (biased === 0n ? 1n : biased) - 1n + LEAST_EXPONENT];
}

function roundExact(
  offset: number,
  scale: number,
  x: number,
  directionOf: (negative: boolean) => Direction,
): number {
  const [scaleInteger, scaleExponent] = split(scale);
  const [xInteger, xExponent] = split(x);
  const [offsetInteger, offsetExponent] = split(offset);
  const productExponent = scaleExponent + xExponent;
  const exponent = productExponent < offsetExponent ? productExponent : offsetExponent;
  const sum =
    ((scaleInteger * xInteger) << (productExponent - exponent)) +
    (offsetInteger << (offsetExponent - exponent));
  const negative = sum < 0n;
  const magnitude = roundMagnitude(negative ? -sum : sum, exponent, directionOf(negative));
  return negative && magnitude > 0 ? -magnitude : magnitude;
}

/** integer * 2^exponent, which is not negative, as a double. */
function roundMagnitude(integer: bigint, exponent: bigint, direction: Direction): number {
  if (integer === 0n) return 0;
  const excess = BigInt(integer.toString(2).length) - FRACTION_BITS - 1n;
  const least = LEAST_EXPONENT - exponent;
  const dropped = excess > least ? excess : least;
  let kept = integer << -dropped;
  if (dropped > 0n) {
    const rest = integer - (kept << dropped);
    const half = 1n << (dropped - 1n);
    const nearer = rest > half || (rest === half && (kept & 1n) === 1n);
    if (direction === 'up' ? rest > 0n : direction === 'nearest' && nearer) kept += 1n;
  }
  // The leading bit carries into the exponent; so does the one that rounding up may have made.
  const pattern = ((exponent + dropped - LEAST_EXPONENT) << FRACTION_BITS) + kept;
  if (pattern >= EXPONENTS << FRACTION_BITS) return direction === 'down' ? Number.MAX_VALUE : Infinity;
  return doubleOfBits(pattern);
}

/** The upper half of the bits of sqrt(1/2). */
const ROOT_HALF_HIGH_BITS = 0x3fe6a09e;

/** The exponent of a positive normal double x whose fraction, x / 2^exponent, lies between about sqrt(1/2) and sqrt(2). */
export const balancedExponent = (x: number): number => (doubleHighBits(x) - ROOT_HALF_HIGH_BITS) >> 20;

/** x / 2^exponent, exactly, by the bits: x and the result are positive normal doubles. */
export const withoutExponent = (x: number, exponent: number): number =>
  withHighBits(x, doubleHighBits(x) - (exponent << 20));
