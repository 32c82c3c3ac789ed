/**
 * Fused multiply-add without the instruction: a * b + c rounded once, from + - * alone, so every engine gets the same bits. Kernels from
 * elsewhere that were compiled for processors with the instruction are rebuilt with it.
 *
 * Sources: Dekker's and Knuth's error-free product and sum (double-double.ts); why a second rounding is wrong only on midpoints: Boldo and
 * Melquiond, "Emulation of a FMA and correctly rounded sums", IEEE Trans. Comput. 57(4), 2008, https://doi.org/10.1109/TC.2007.70819.
 * @module
 */
import { doubleBits } from './bits.js';
import { twoSum } from './double-double.js';

/** The largest finite float32. */
const LARGEST_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;
/** The smallest number that rounds to Infinity. */
const OVERFLOW_FLOAT32 = (2 - 2 ** -24) * 2 ** 127;

/**
 * a * b + c of three float32 numbers, rounded to float32 once; subnormal results, infinities, NaN and zeros' signs as IEEE 754 has them.
 *
 * The product is exact in a double. Rounding the sum to a double and then to float32 is wrong only where the double lies half-way
 * between two float32: the second rounding takes the even one, whichever is nearer to the exact sum.
 */
export function fma32(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const nearest = Math.fround(sum);
  const rest = sum - nearest;
  if (rest === 0) return nearest;
  // Exact, and a float32 only if the sum lies half-way: then it is the neighbour beyond.
  const neighbour = sum + rest;
  return Math.fround(neighbour) === neighbour ? splitTie(product, c, nearest, neighbour) : nearest;
}

/** The nearer of the two float32 between which product + c was rounded to half-way, if it was. */
function splitTie(product: number, c: number, nearest: number, neighbour: number): number {
  const [sum, error] = twoSum(product, c);
  if (Number.isFinite(nearest)) return error * (neighbour - sum) > 0 ? neighbour : nearest;
  // Past the largest float32 only the very midpoint may have come from below.
  return Math.abs(sum) === OVERFLOW_FLOAT32 && error * sum < 0 ? Math.sign(sum) * LARGEST_FLOAT32 : nearest;
}

/** Splits a double into two of at most 26 bits: Veltkamp. */
const SPLITTER = 2 ** 27 + 1;
/** Up to here no intermediate result of the quick way overflows. */
const QUICK_MAX = 2 ** 900;
/** From here on the error of the product is a double: it has bits down to 2^-106 of the product. */
const QUICK_MIN = 2 ** -900;

/**
 * a * b + c, rounded once, for all doubles: infinities, NaN, subnormal numbers and zeros' signs as IEEE 754 has them for
 * fusedMultiplyAdd. About 10 ns; slow (BigInt) beyond magnitudes of 2^900 and for products below 2^-900.
 */
export function fma64(a: number, b: number, c: number): number {
  const product = a * b;
  const size = Math.abs(product);
  if (!(
    size >= QUICK_MIN &&
    size <= QUICK_MAX &&
    Math.abs(a) <= QUICK_MAX &&
    Math.abs(b) <= QUICK_MAX &&
    Math.abs(c) <= QUICK_MAX
  )) {
    return fuseRare(a, b, c, product);
  }
  const sum = product + c;
  const shareOfC = sum - product;
  const sumError = product - (sum - shareOfC) + (c - shareOfC);
  return addThree(sum, sumError, productError(a, b, product));
}

/**
 * What rounding a * b lost: twoProduct of double-double.ts without its pairs, where nothing overflows and no bit falls below the doubles.
 * @param product  a * b
 */
export function productError(a: number, b: number, product: number): number {
  const aScaled = a * SPLITTER;
  const aHigh = aScaled - (aScaled - a);
  const aLow = a - aHigh;
  const bScaled = b * SPLITTER;
  const bHigh = bScaled - (bScaled - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/**
 * sum + b + c, rounded once, where b and c are what rounding a sum and a product lost. b + c is rounded before it is added; that
 * decides wrongly only if the rounded value lies on the midpoint of two doubles and the unrounded one beside it.
 */
function addThree(sum: number, b: number, c: number): number {
  const rest = b + c;
  const result = sum + rest;
  const shareOfRest = result - sum;
  const missing = sum - (result - shareOfRest) + (rest - shareOfRest);
  const neighbour = result + 2 * missing;
  if (missing === 0 || neighbour - result !== 2 * missing) return result;
  const shareOfC = rest - b;
  const lost = b - (rest - shareOfC) + (c - shareOfC);
  return lost !== 0 && lost > 0 === missing > 0 ? neighbour : result;
}

/** What the quick way leaves: zeros and what is not finite by IEEE 754's own rules, the rest in integers. */
function fuseRare(a: number, b: number, c: number, product: number): number {
  if (a === 0 || b === 0 || !Number.isFinite(a) || !Number.isFinite(b)) return product + c;
  if (!Number.isFinite(c)) return c;
  const [aInteger, aExponent] = integerOf(a);
  const [bInteger, bExponent] = integerOf(b);
  const [cInteger, cExponent] = integerOf(c);
  const productExponent = aExponent + bExponent;
  const exponent = Math.min(productExponent, cExponent);
  const sum =
    ((aInteger * bInteger) << BigInt(productExponent - exponent)) +
    (cInteger << BigInt(cExponent - exponent));
  return sum === 0n ? product + c : roundScaled(sum, exponent);
}

const SIGNIFICAND_BITS = 53;
const FRACTION = (1n << 52n) - 1n;
/** The exponent of the last bit of the smallest doubles. */
const LEAST_EXPONENT = -1074;

/** A finite double as integer * 2^exponent. */
function integerOf(x: number): [integer: bigint, exponent: number] {
  const bits = doubleBits(x);
  const fraction = bits & FRACTION;
  const biased = Number((bits >> 52n) & 0x7ffn);
  const integer = biased === 0 ? fraction : fraction | (1n << 52n);
  return [bits < 0n ? -integer : integer, Math.max(biased, 1) - 1 + LEAST_EXPONENT];
}

/** integer * 2^exponent rounded to nearest, ties to even; not 0. */
function roundScaled(integer: bigint, exponent: number): number {
  const magnitude = integer < 0n ? -integer : integer;
  const length = magnitude.toString(2).length;
  const surplus = Math.max(length - SIGNIFICAND_BITS, LEAST_EXPONENT - exponent);
  const rounded = surplus > 0 ? shiftToEven(magnitude, BigInt(surplus)) : magnitude;
  const value = scale(Number(rounded), surplus > 0 ? exponent + surplus : exponent);
  return integer < 0n ? -value : value;
}

function shiftToEven(magnitude: bigint, places: bigint): bigint {
  const quotient = magnitude >> places;
  const twiceRest = (magnitude - (quotient << places)) * 2n;
  const unit = 1n << places;
  const up = twiceRest > unit || (twiceRest === unit && (quotient & 1n) === 1n);
  return up ? quotient + 1n : quotient;
}

/** x * 2^exponent where the result is a double or too large: two steps, since 2^exponent alone may be none. */
function scale(x: number, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  return x * 2 ** half * 2 ** (exponent - half);
}
