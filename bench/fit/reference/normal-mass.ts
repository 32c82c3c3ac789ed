/**
 * The standard normal's mass within [-z, z], M(z) = erf(z / sqrt 2), in 256-bit fixed point, and the error of a kernel's z by it.
 *
 * A kernel's z is judged by its mass against the exact mass of its word: the difference of the two, divided by the density, is the
 * error of z. One series, no inversion; and the mass is good to at least 38 digits of 1 - M(z) up to |z| = 9.1: the series' largest
 * term is e^(z^2 / 2) < 2^60 and its smallest result 1 - M(z) > 2^-65, of 256 bits.
 * @module
 */
import {
  divide,
  FIXED_ONE,
  multiply,
  PI,
  squareRoot,
  toFixed,
  toNumber,
  type Fixed,
} from '../approximation/fixed-point.js';
import { doubleSpacing } from '../approximation/spacing.js';

export const SQRT_2_OVER_PI: Fixed = squareRoot(divide(2n * FIXED_ONE, PI));

/** lim z(x) / x as x -> 0, which is sqrt(pi / 2). */
export const SLOPE_AT_ZERO: Fixed = squareRoot(PI / 2n);

/** M(z) = sqrt(2/pi) * sum_k (-1)^k z^(2k+1) / (2^k k! (2k+1)). */
export function preciseCentralMass(z: Fixed): Fixed {
  const halfSquare = multiply(z, z) / 2n;
  let term = z;
  let sum = z;
  for (let k = 1n; term !== 0n && term !== -1n; k++) {
    term = -multiply(term, halfSquare) / k;
    sum += term / (2n * k + 1n);
  }
  return multiply(sum, SQRT_2_OVER_PI);
}

/** erf(sqrt 2). */
export const PRECISE_TOTAL_MASS: Fixed = preciseCentralMass(toFixed(2));

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

/**
 * Returns the error of a positive z, in ulps of the exact value.
 * @param mass  the exact M of the exact z: |m| * 2^-52, times erf(sqrt 2) if the distribution is truncated at 2
 */
export function ulpError(z: number, mass: Fixed): number {
  const excess = toNumber(preciseCentralMass(toFixed(z)) - mass);
  const slope = Math.sqrt(Math.PI / 2) * Math.exp((z * z) / 2);
  // The second-order term, z / 2 * error^2, is 10^-16 of the first.
  const error = excess * slope;
  return error / doubleSpacing(z - error);
}
