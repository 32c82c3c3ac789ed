/**
 * p values: tails of the normal, chi-square and Kolmogorov distributions.
 * @module
 */
import { standardLaw } from '#built/domain/arithmetic/normal-law.js';

const standard = standardLaw(-Infinity, Infinity);

/** P(|Z| > |z|) for a standard normal Z. */
export const normalPValue = (z: number): number => Math.min(1, 2 * standard.shareBelow(-Math.abs(z)));

/** ln Gamma(x) for x > 0, by Stirling's series after a shift to x >= 10; error below 1e-12 relative to 1. */
export function logGamma(x: number): number {
  let shift = 0;
  let y = x;
  for (; y < 10; y++) shift -= Math.log(y);
  const square = 1 / (y * y);
  const series =
    (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / y;
  return shift + (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series;
}

/** Terms until a series of an incomplete gamma function has converged; it takes about the square root of its argument times 8. */
const MOST_TERMS = 100_000;
const CLOSE = 1e-15;

/**
 * P(X > x) for a chi-square X, the incomplete gamma function Q(degrees / 2, x / 2): its series below the mean, its continued fraction
 * above (Press et al., Numerical Recipes, 3rd edition, section 6.2; DLMF 8.7 and 8.9, https://dlmf.nist.gov/8).
 */
export function chiSquarePValue(x: number, degrees: number): number {
  const a = degrees / 2;
  const y = x / 2;
  if (y <= 0) return 1;
  const factor = Math.exp(a * Math.log(y) - y - logGamma(a));
  return y < a + 1 ? 1 - factor * lowerSeries(a, y) : factor * upperFraction(a, y);
}

function lowerSeries(a: number, y: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MOST_TERMS && term > sum * CLOSE; n++) {
    term *= y / (a + n);
    sum += term;
  }
  return sum;
}

/** Lentz's method. */
function upperFraction(a: number, y: number): number {
  let b = y + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1; i < MOST_TERMS; i++) {
    const numerator = -i * (i - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < CLOSE) break;
  }
  return fraction;
}

/**
 * P(the largest gap between a distribution function and that of n values exceeds gap): Kolmogorov's series with Stephens' correction for
 * small n (J. Roy. Statist. Soc. B 32(1), 1970, https://doi.org/10.1111/j.2517-6161.1970.tb00821.x).
 */
export function kolmogorovPValue(gap: number, n: number): number {
  const x = gap * (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n));
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * (k * x) ** 2);
  return Math.min(1, Math.max(0, sum));
}

/** P(X < x) for a gamma distribution of this shape and scale. */
export const gammaShareBelow = (x: number, shape: number, scale: number): number =>
  x <= 0 ? 0 : 1 - chiSquarePValue((2 * x) / scale, 2 * shape);
