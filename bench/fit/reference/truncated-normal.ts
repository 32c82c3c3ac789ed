/**
 * References for the normal distribution truncated to [-2, 2], drawn by inversion:
 *
 *     z(u) = sqrt(2) * erfinv(u * erf(sqrt 2)),   u in [-1, 1].
 *
 * There are two. `referenceTruncatedNormal` works in double precision, is fast enough for an exhaustive sweep, and is within
 * `REFERENCE_RELATIVE_ERROR` of the true value. `preciseTruncatedNormal` works in 256-bit fixed point and serves to verify the first.
 *
 * Both invert the probability mass of the standard normal on [-z, z] (normal-mass.ts), whose series is well conditioned on |z| <= 2,
 * the only range needed here.
 * @module
 */
import { at } from '#built/base/at.js';
import { multiply, toFixed, toNumber, type Fixed } from '../approximation/fixed-point.js';
import { PRECISE_TOTAL_MASS, preciseCentralMass, SLOPE_AT_ZERO, SQRT_2_OVER_PI } from './normal-mass.js';

/** Stated relative error bound of `referenceTruncatedNormal`. */
export const REFERENCE_RELATIVE_ERROR = 4e-15;

/** The bound of the distribution: |z| <= 2. */
export const TRUNCATION = 2;

/** erf(sqrt 2), the mass that the standard normal has within [-2, 2]. */
export const TOTAL_MASS = toNumber(PRECISE_TOTAL_MASS);

const SLOPE = toNumber(SLOPE_AT_ZERO);

/** Enough terms that the first omitted one is below 2^-60 of the sum at z = 2. */
const MASS_TERMS = 26;
const MASS_SERIES = massSeries();

/** Coefficients of M(z) / z in powers of z^2. */
function massSeries(): Float64Array {
  const series = new Float64Array(MASS_TERMS);
  let factor = SQRT_2_OVER_PI;
  for (let k = 0; k < MASS_TERMS; k++) {
    series[k] = toNumber(factor / BigInt(2 * k + 1));
    factor /= BigInt(-2 * (k + 1));
  }
  return series;
}

/** M(z) = erf(z / sqrt 2), for |z| <= 2. */
export function centralMass(z: number): number {
  const square = z * z;
  let sum = 0;
  for (let k = MASS_TERMS - 1; k >= 0; k--) sum = sum * square + at(MASS_SERIES, k);
  return sum * z;
}

/** 1 / M'(z). */
function inverseDensity(z: number): number {
  return SLOPE * Math.exp((z * z) / 2);
}

/**
 * The truncated normal variate for a uniform u in [-1, 1], within REFERENCE_RELATIVE_ERROR.
 *
 * Halley's iteration on M(z) = u * erf(sqrt 2). The last step taken is below 1e-6, and the
 * convergence is cubic, so what remains is the rounding of M alone.
 */
export function referenceTruncatedNormal(u: number): number {
  const mass = u * TOTAL_MASS;
  let z = mass * SLOPE;
  for (;;) {
    const newtonStep = (centralMass(z) - mass) * inverseDensity(z);
    const step = newtonStep / (1 + (newtonStep * z) / 2);
    z -= step;
    if (Math.abs(step) <= 1e-6 * Math.abs(z)) return z;
  }
}

/**
 * The same variate in fixed point. Every correction divides by a slope held in double precision,
 * so each gains about 15 digits; five of them exhaust the 256 bits.
 */
export function preciseTruncatedNormal(u: number): Fixed {
  const mass = multiply(toFixed(u), PRECISE_TOTAL_MASS);
  const start = referenceTruncatedNormal(u);
  const slope = toFixed(inverseDensity(start));
  let z = toFixed(start);
  for (let pass = 0; pass < 5; pass++) z -= multiply(preciseCentralMass(z) - mass, slope);
  return z;
}

/** Variance of the standard normal truncated to [-2, 2]: 1 - 2 * 2 * phi(2) / erf(sqrt 2). */
export function truncatedNormalVariance(): number {
  const density = Math.exp((-TRUNCATION * TRUNCATION) / 2) / Math.sqrt(2 * Math.PI);
  return 1 - (2 * TRUNCATION * density) / TOTAL_MASS;
}
