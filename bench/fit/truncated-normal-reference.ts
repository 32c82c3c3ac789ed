/**
 * References for the normal distribution truncated to [-2, 2], drawn by inversion:
 *
 *     z(u) = sqrt(2) * erfinv(u * erf(sqrt 2)),   u in [-1, 1].
 *
 * Two of them are given. `referenceTruncatedNormal` works in double precision, is fast enough for
 * an exhaustive sweep, and is within `REFERENCE_RELATIVE_ERROR` of the true value.
 * `preciseTruncatedNormal` works in 256-bit fixed point and serves to verify the first.
 *
 * Both invert the probability mass of the standard normal on [-z, z],
 *
 *     M(z) = erf(z / sqrt 2) = sqrt(2/pi) * sum_k (-1)^k z^(2k+1) / (2^k k! (2k+1)),
 *
 * whose series is well conditioned on |z| <= 2, the only range needed here.
 */

/** A real number v held as the integer floor(v * 2^FRACTION_BITS). */
export type Fixed = bigint;

export const FRACTION_BITS = 256n;
export const FIXED_ONE: Fixed = 1n << FRACTION_BITS;
const FIXED_SCALE = 2 ** Number(FRACTION_BITS);

/** Stated relative error bound of `referenceTruncatedNormal`. */
export const REFERENCE_RELATIVE_ERROR = 4e-15;

/** The bound of the distribution: |z| <= 2. */
export const TRUNCATION = 2;

// ---------------------------------------------------------------------------------------------
// Fixed-point arithmetic
// ---------------------------------------------------------------------------------------------

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
const PI: Fixed = 4n * (4n * arctanReciprocal(5n) - arctanReciprocal(239n));
const SQRT_2_OVER_PI: Fixed = squareRoot(divide(2n * FIXED_ONE, PI));

/** lim z(x) / x as x -> 0, which is sqrt(pi / 2). */
export const SLOPE_AT_ZERO: Fixed = squareRoot(PI / 2n);

/** M(z) = erf(z / sqrt 2) in fixed point, for |z| <= 2. */
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

const PRECISE_TOTAL_MASS: Fixed = preciseCentralMass(toFixed(TRUNCATION));

// ---------------------------------------------------------------------------------------------
// Double precision
// ---------------------------------------------------------------------------------------------

/** erf(sqrt 2), the mass that the standard normal has within [-2, 2]. */
export const TOTAL_MASS = toNumber(PRECISE_TOTAL_MASS);

const SLOPE = toNumber(SLOPE_AT_ZERO);

/** Enough terms that the first one left out is below 2^-60 of the sum at z = 2. */
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
  for (let k = MASS_TERMS - 1; k >= 0; k--) sum = sum * square + (MASS_SERIES[k] ?? 0);
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
