/**
 * 256-bit fixed point: what fits and references are computed in.
 * @module
 */

import { at } from '#built/base/at.js';

/** A real number v held as the integer floor(v * 2^FRACTION_BITS). */
export type Fixed = bigint;

const FRACTION_BITS = 256n;
export const FIXED_ONE: Fixed = 1n << FRACTION_BITS;
const FIXED_SCALE = 2 ** Number(FRACTION_BITS);

/** Exact for any double whose lowest bit is at least 2^-FRACTION_BITS. */
export function toFixed(value: number): Fixed {
  return BigInt(value * FIXED_SCALE);
}

/** The double nearest to a fixed-point value. */
export function toNumber(value: Fixed): number {
  return Number(value) / FIXED_SCALE;
}

export function multiply(a: Fixed, b: Fixed): Fixed {
  return (a * b) >> FRACTION_BITS;
}

export function divide(a: Fixed, b: Fixed): Fixed {
  return (a << FRACTION_BITS) / b;
}

export function squareRoot(value: Fixed): Fixed {
  const radicand = value << FRACTION_BITS;
  let root = 1n << BigInt((radicand.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + radicand / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

export function magnitude(value: Fixed): Fixed {
  return value < 0n ? -value : value;
}

/** The nearest integer, ties upwards. */
export function roundToInteger(value: Fixed): bigint {
  return (value + FIXED_ONE / 2n) >> FRACTION_BITS;
}

/** Artanh by its Taylor series, for |x| <= 1/3. */
function artanh(x: Fixed): Fixed {
  const square = multiply(x, x);
  let power = x;
  let sum = x;
  for (let odd = 3n; power !== 0n && power !== -1n; odd += 2n) {
    power = multiply(power, square);
    sum += power / odd;
  }
  return sum;
}

export const LN2: Fixed = 2n * artanh(FIXED_ONE / 3n);

/** The natural logarithm of a positive number. */
export function logarithm(value: Fixed): Fixed {
  const exponent = BigInt(value.toString(2).length) - 1n - FRACTION_BITS;
  const fraction = exponent < 0n ? value << -exponent : value >> exponent;
  const log = 2n * artanh(divide(fraction - FIXED_ONE, fraction + FIXED_ONE));
  return log + exponent * LN2;
}

/** exp(-x), x not negative. */
export function negativeExponential(x: Fixed): Fixed {
  const octaves = x / LN2;
  const rest = x - octaves * LN2;
  let term = FIXED_ONE;
  let sum = FIXED_ONE;
  for (let k = 1n; term !== 0n && term !== -1n; k++) {
    term = -multiply(term, rest) / k;
    sum += term;
  }
  return sum >> octaves;
}

/** arctan(1 / n) by its Taylor series. */
function arctanReciprocal(n: bigint): Fixed {
  let power = FIXED_ONE / n;
  let sum = power;
  for (let odd = 3n; power !== 0n; odd += 2n) {
    power /= -n * n;
    sum += power / odd;
  }
  return sum;
}

/** Machin's formula. */
export const PI: Fixed = 4n * (4n * arctanReciprocal(5n) - arctanReciprocal(239n));

/** Coefficients lowest degree first. */
export function horner(coefficients: readonly Fixed[], x: Fixed): Fixed {
  return coefficients.reduceRight((sum, coefficient) => multiply(sum, x) + coefficient, 0n);
}

/** 1, x, x^2, .. */
export function powers(x: Fixed, count: number): Fixed[] {
  const list: Fixed[] = [];
  for (let power = FIXED_ONE; list.length < count; power = multiply(power, x)) list.push(power);
  return list;
}

/** The products are summed before they are rounded. */
export function dot(a: readonly Fixed[], b: readonly Fixed[]): Fixed {
  return a.reduce((sum, value, i) => sum + value * at(b, i), 0n) >> FRACTION_BITS;
}
