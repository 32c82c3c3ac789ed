/**
 * References for the float64 kernels, in 256-bit fixed point.
 *
 * A kernel's z is judged by its mass M(z) = erf(z / sqrt 2) against the exact mass of its word: the difference of the two,
 * divided by the density, is the error of z. One series, no inversion; and the mass is good to at least 38 digits of 1 - M(z)
 * up to |z| = 9.1: the series' largest term is e^(z^2 / 2) < 2^60 and its smallest result 1 - M(z) > 2^-65, of 256 bits.
 */
import {
  FIXED_ONE,
  FRACTION_BITS,
  divide,
  multiply,
  preciseCentralMass,
  toFixed,
  toNumber,
} from './truncated-normal-reference.js';
import type { Fixed } from './truncated-normal-reference.js';
import { doubleSpacing } from './minimax.js';

/** Artanh by its Taylor series, for |x| <= 1/3. */
function preciseArtanh(x: Fixed): Fixed {
  const square = multiply(x, x);
  let power = x;
  let sum = x;
  for (let odd = 3n; power !== 0n && power !== -1n; odd += 2n) {
    power = multiply(power, square);
    sum += power / odd;
  }
  return sum;
}

export const PRECISE_LN2: Fixed = 2n * preciseArtanh(FIXED_ONE / 3n);

/** The natural logarithm of a positive number. */
export function preciseLog(value: Fixed): Fixed {
  const exponent = BigInt(value.toString(2).length) - 1n - FRACTION_BITS;
  const fraction = exponent < 0n ? value << -exponent : value >> exponent;
  const log = 2n * preciseArtanh(divide(fraction - FIXED_ONE, fraction + FIXED_ONE));
  return log + exponent * PRECISE_LN2;
}

/** 1 - erf(z / sqrt 2): the mass beyond z on both sides. */
export function preciseTailMass(z: Fixed): Fixed {
  return FIXED_ONE - preciseCentralMass(z);
}

/** The z beyond which both sides together have this mass, by bisection. */
export function tailQuantile(mass: number): number {
  const goal = toFixed(mass);
  let low = 0;
  let high = 10;
  for (let bit = 0; bit < 48; bit++) {
    const middle = (low + high) / 2;
    if (preciseTailMass(toFixed(middle)) > goal) low = middle;
    else high = middle;
  }
  return high;
}

/** erf(sqrt 2). */
export const PRECISE_TOTAL_MASS: Fixed = preciseCentralMass(toFixed(2));

/**
 * How far a positive z is from the exact value, in ulps of the latter.
 * @param mass  the exact M of the exact z: |m| * 2^-52, times erf(sqrt 2) if the distribution is truncated at 2
 */
export function ulpError(z: number, mass: Fixed): number {
  const excess = toNumber(preciseCentralMass(toFixed(z)) - mass);
  const slope = Math.sqrt(Math.PI / 2) * Math.exp((z * z) / 2);
  // The second-order term, z / 2 * error^2, is 10^-16 of the first.
  const error = excess * slope;
  return error / doubleSpacing(z - error);
}
