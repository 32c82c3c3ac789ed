/**
 * The distribution of orthogonal matrices' entries. Rows are orthonormal, so the entries depend on each other, and the verdict's bounds are:
 *
 * - Mean square: gain^2 / N exactly, N the longer side, but for rounding (`squareError`).
 * - Mean: gain x / sqrt(elements), where x, a product with fixed unit vectors, is a coordinate of a uniform point on the sphere in N
 *   dimensions: P(|x| >= t) <= 2 exp(-N t^2 / 2) (Ball, "An elementary introduction to modern convex geometry", 1997, lemma 2.2). That
 *   is what the verdict allows to independent values.
 * - Distribution function: of one row (of a tall matrix, a column), a normal vector g divided by its norm, Massart's inequality and that
 *   |g| is a Lipschitz function bound the distance; that of the matrix is a mean of its rows', so no larger than the largest. This
 *   is generous: matrices of a side below some 300 are not judged by it.
 * @module
 */
import { isNarrowDtype, NARROW_FORMATS, rankOf, valueOfRank } from '../arithmetic/narrow-floats.js';
import type { OrthogonalMatrix } from '../matrices/orthogonal-matrix.js';
import type { Dtype } from '../tensors/dtypes.js';
import { leastBlurAt } from './blur.js';
import { levelDistribution, scaleLaw, type ExpectedDistribution, type Law } from './laws.js';

/** Of an entry and of a row's norm: the contract's bound on |Q Q^T - I| in float32, and the gain's rounding. */
const MATRIX_ERROR = 20 * 2 ** -23;

/** @param count  the number of such matrices, independent of each other */
export function orthogonalDistribution(
  { rows, columns, gain }: OrthogonalMatrix,
  dtype: Dtype,
  count = 1,
): ExpectedDistribution {
  const radius = Math.abs(gain);
  const dimensions = Math.max(rows, columns);
  if (dimensions === 1) return signs(storedOf(radius, dtype));
  const law = scaleLaw(sphereLaw(dimensions), 0, radius);
  const rounding = roundingOf(dtype);
  const blur = (MATRIX_ERROR + rounding.relative) * law.std + rounding.absolute;
  const highest = storedOf(radius * (1 + MATRIX_ERROR), dtype);
  return {
    ...law,
    lowest: -highest,
    highest,
    blur,
    blurAt: (x) => leastBlurAt(x) + (MATRIX_ERROR + rounding.relative) * Math.abs(x) + rounding.absolute,
    squareError: (2 * law.std + blur) * blur,
    shareError: shareError(dimensions, Math.min(rows, columns) * count),
  };
}

const signs = (value: number): ExpectedDistribution =>
  levelDistribution(
    new Map([
      [-value, 0.5],
      [value, 0.5],
    ]),
  );

/** Rounding is monotonic: a bound of values, rounded, is one of elements. */
function storedOf(x: number, dtype: Dtype): number {
  if (!isNarrowDtype(dtype)) return x;
  const { largest, toBits, fromBits } = NARROW_FORMATS[dtype];
  return fromBits(toBits(Math.min(x, largest)));
}

/** How far rounding to nearest moves a value: a share of it, and half of the least subnormal. Wider dtypes are in MATRIX_ERROR. */
function roundingOf(dtype: Dtype): { readonly relative: number; readonly absolute: number } {
  if (!isNarrowDtype(dtype)) return { relative: 0, absolute: 0 };
  const next = valueOfRank(rankOf(1, dtype) + 1, dtype);
  return { relative: (next - 1) / 2, absolute: valueOfRank(1, dtype) / 2 };
}

/** The logarithm of 1 / the probability with which a matrix may be further off: a tenth of that which the verdict allows for all. */
const SHARE_LOG = Math.log(10 / 1e-9);

/**
 * By how much the distribution function of `vectors` vectors of this length may be off, one by one. With r = |g| / sqrt(N), that of g is
 * at z r where it should be at z, and |Phi(z r) - Phi(z)| <= |ln r| / 4; |ln r| <= 1.4 |r - 1| below 1/2.
 */
function shareError(dimensions: number, vectors: number): number {
  const log = SHARE_LOG + Math.log(4 * vectors);
  const stretch = (Math.sqrt(2 * log) + 2) / Math.sqrt(dimensions);
  if (stretch > 0.5) return 1;
  return Math.sqrt(log / (2 * dimensions)) + 0.35 * stretch;
}

/** Standard deviations to both sides that hold all that a double shows. */
const WIDTH = 12;
const STEPS = 64;

/** A coordinate of a uniform point on the unit sphere: density (1 - x^2)^((N - 3) / 2), in the angle x = sin a: cos(a)^(N - 2). */
function sphereLaw(dimensions: number): Law {
  const power = dimensions - 2;
  const widest = Math.min(Math.PI / 2, WIDTH / Math.sqrt(Math.max(1, power)));
  const height = (angle: number): number => (power === 0 ? 1 : Math.max(0, Math.cos(angle)) ** power);
  const half = integrate(height, widest);
  return {
    mean: 0,
    std: 1 / Math.sqrt(dimensions),
    kurtosis: (3 * dimensions) / (dimensions + 2),
    shareBelow: (x) => {
      const angle = Math.min(Math.asin(Math.min(Math.abs(x), 1)), widest);
      return 0.5 + (Math.sign(x) * integrate(height, angle)) / (2 * half);
    },
    density: (x) => (Math.abs(x) >= 1 ? 0 : height(Math.asin(x)) / Math.sqrt((1 - x) * (1 + x)) / (2 * half)),
  };
}

/** From 0 on, by Simpson's rule. */
function integrate(height: (x: number) => number, end: number): number {
  const step = end / STEPS;
  let sum = height(0) + height(end);
  for (let i = 1; i < STEPS; i++) sum += (i % 2 === 0 ? 2 : 4) * height(i * step);
  return (sum * step) / 3;
}
