/**
 * The laws that are drawn by one inversion, in closed form: distribution function, density and moments.
 *
 * Source: Johnson, Kotz and Balakrishnan, "Continuous Univariate Distributions", volumes 1 and 2, 1994 and 1995, chapters 16, 19, 22 and 24.
 * @module
 */
import { quantileOf } from '../kernels/inversion-laws.js';
import type { InvertedLaw, Located } from '../recipes/inverted-laws.js';
import { scaleLaw, type Law } from './laws.js';

const EXPONENTIAL: Law = {
  mean: 1,
  std: 1,
  kurtosis: 9,
  shareBelow: (x) => (x <= 0 ? 0 : -Math.expm1(-x)),
  density: (x) => (x < 0 ? 0 : Math.exp(-x)),
};

const LAPLACE: Law = {
  mean: 0,
  std: Math.SQRT2,
  kurtosis: 6,
  shareBelow: (z) => (z < 0 ? Math.exp(z) / 2 : 1 - Math.exp(-z) / 2),
  density: (z) => Math.exp(-Math.abs(z)) / 2,
};

const EULER = 0.5772156649015329; // 0x3fe2788cfc6fb619

const GUMBEL: Law = {
  mean: EULER,
  std: Math.PI / Math.sqrt(6),
  kurtosis: 5.4,
  shareBelow: (z) => Math.exp(-Math.exp(-z)),
  density: (z) => Math.exp(-z - Math.exp(-z)),
};

/**
 * Cauchy's law has no moments. Those of a lattice of n points are of the sums of tan^2 and tan^4 at odd multiples of pi / (2n), which are
 * n - 1 and (n - 1) (n^2 + n - 3) / 3, over n: so large that no sample is held to them.
 * @param points  the number of lattice points
 */
const cauchy = (points: number): Law => ({
  mean: 0,
  std: Math.sqrt(points),
  kurtosis: points / 3,
  shareBelow: (z) => 0.5 + Math.atan(z) / Math.PI,
  density: (z) => 1 / (Math.PI * (1 + z * z)),
});

/** @param isDouble  drawn from the lattice of 53 bits */
export function invertedLaw(law: Exclude<InvertedLaw, { kind: 'log_uniform' }>, isDouble: boolean): Law {
  if (law.kind === 'exponential') return scaleLaw(EXPONENTIAL, 0, 1 / law.rate);
  const standard = { laplace: LAPLACE, gumbel: GUMBEL, cauchy: cauchy(isDouble ? 2 ** 53 : 2 ** 32) };
  return scaleLaw(standard[law.kind], law.loc, law.scale);
}

/** 98 % of a Cauchy's values lie within: a picture of all of them would show nothing. */
export function centreOfCauchy({ loc, scale }: Located): { readonly low: number; readonly high: number } {
  const reach = quantileOf({ kind: 'cauchy', location: 0, scale })(0.98);
  return { low: loc - reach, high: loc + reach };
}
