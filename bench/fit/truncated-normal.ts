/**
 * Derives the ten float32 coefficients of the truncated normal kernel.
 *
 * The kernel maps an odd multiple m of one half, |m| < 2^23, to a normal variate truncated to
 * [-2, 2]. Every operation rounds to float32:
 *
 *     x = m * (erf(sqrt 2) * 2^-23)
 *     s = 1 - x*x
 *     P = (((p4*s + p3)*s + p2)*s + p1)*s + p0
 *     Q = (((   s + q3)*s + q2)*s + q1)*s + q0          (q4 = 1)
 *     z = (x*P) / Q, kept within [-2, 2]
 *
 * so that P/Q approximates f(s) = sqrt(2) * erfinv(x) / x on s in [1 - erf(sqrt 2)^2, 1].
 *
 * The derivation has three steps:
 *
 *  1. Remez' exchange, in 256-bit fixed point, finds the rational function of type (4,4) with the
 *     least maximal relative error. It is unique, and q4 = 1 fixes its scale.
 *  2. Rounding each of its coefficients to float32 would add a third to that error. The float32
 *     coefficients form a lattice, though, and many of its points lie far closer to the optimal
 *     function: a reduced basis of the lattice makes it possible to enumerate them.
 *  3. Each lattice point whose error is within FIT_TOLERANCE is evaluated in float32 over the
 *     whole domain; the one with the smallest maximal error in ulps is taken.
 *
 * Prints the coefficients and the measured errors.
 * @module
 */
import { at } from '#built/base/at.js';
import { floatBits } from '#built/domain/arithmetic/bits.js';
import { ErrorMeter } from './approximation/error-meter.js';
import { divide, FIXED_ONE, multiply, toFixed, toNumber } from './approximation/fixed-point.js';
import { Float32Lattice } from './approximation/float32-coefficients.js';
import type { Vector } from './approximation/lattice.js';
import {
  bestApproximation,
  findAlternation,
  flatten,
  maxError,
  roundedToFixed,
  unflatten,
  type Degrees,
  type Sample,
} from './approximation/remez.js';
import { float32Spacing } from './approximation/spacing.js';
import { range } from './range.js';
import { preciseCentralMass, SLOPE_AT_ZERO } from './reference/normal-mass.js';
import {
  preciseTruncatedNormal,
  REFERENCE_RELATIVE_ERROR,
  referenceTruncatedNormal,
  TOTAL_MASS,
  TRUNCATION,
  truncatedNormalVariance,
} from './reference/truncated-normal.js';

const DEGREES: Degrees = { n: 4, d: 4 };
/** Largest relative error allowed to the rational function with float32 coefficients. */
const FIT_TOLERANCE = 6.8e-8;
/** Root-mean-square distance from the optimum within which lattice points are enumerated. */
const LATTICE_RADIUS = 3e-10;

/** Intervals between the samples of f for the search, and for the error that is reported. */
const SEARCH_INTERVALS = 1600;
const VERIFY_INTERVALS = 10_000;

/** Positive lattice points of the kernel; odd symmetry gives the others. */
const HALF_LATTICE = 2 ** 23;

/** The exchange goes on until the largest error is this close to the levelled one. */
const EXCHANGE_TOLERANCE = 1e-9;

/**
 * Samples f by choosing z and computing x = erf(z / sqrt 2), which spares an inversion. With
 * z = 2t(2 - t) and t uniform, the points s gather quadratically towards both ends.
 */
function sampleTarget(intervals: number): Sample[] {
  return range(intervals + 1, (i) => {
    const z = (BigInt(TRUNCATION * i * (2 * intervals - i)) * FIXED_ONE) / BigInt(intervals ** 2);
    const x = preciseCentralMass(z);
    const value = i === 0 ? SLOPE_AT_ZERO : divide(z, x);
    return { x: FIXED_ONE - multiply(x, x), value, weight: divide(FIXED_ONE, value) };
  });
}

/** Points of the error functions that are compared. */
const LATTICE_POINTS = 81;

/** All float32 coefficient sets near the optimum with an error within the tolerance, all positive so that nothing cancels. */
function float32Candidates(optimum: Vector, meter: ErrorMeter): readonly Vector[] {
  const accept = acceptance(optimum, meter);
  const candidates: Vector[] = [];
  new Float32Lattice(optimum, meter, LATTICE_POINTS).visit(LATTICE_RADIUS, (free) => {
    if (accept(free)) candidates.push(free);
    return true;
  });
  return candidates;
}

/** The test for a candidate; it begins where the optimum has its largest errors. */
function acceptance(optimum: Vector, meter: ErrorMeter): (free: Vector) => boolean {
  const peaks = findAlternation(range(meter.count, (i) => meter.errorAt(optimum, i)));
  return (free) =>
    peaks.every((i) => Math.abs(meter.errorAt(free, i)) <= FIT_TOLERANCE) &&
    free.every((value) => value > 0) &&
    meter.maxError(free) <= FIT_TOLERANCE;
}

const { fround } = Math;
const KERNEL_SCALE = fround(TOTAL_MASS / HALF_LATTICE);

/** The kernel's last step, before the result is bounded. */
function openKernel(free: Vector): (x: number, s: number) => number {
  const c = (k: number): number => fround(at(free, k));
  const [p0, p1, p2, p3, p4] = [c(0), c(1), c(2), c(3), c(4)];
  const [q0, q1, q2, q3] = [c(5), c(6), c(7), c(8)];
  return (x, s) => {
    let p = fround(fround(p4 * s) + p3);
    p = fround(fround(p * s) + p2);
    p = fround(fround(p * s) + p1);
    p = fround(fround(p * s) + p0);
    let q = fround(s + q3);
    q = fround(fround(q * s) + q2);
    q = fround(fround(q * s) + q1);
    q = fround(fround(q * s) + q0);
    return fround(fround(x * p) / q);
  };
}

/** The inputs of the kernel's last step and the exact results, for k = 0 .. 2^23 - 1. */
interface HalfLattice {
  readonly x: Float32Array;
  readonly s: Float32Array;
  readonly exact: Float64Array;
}

function tabulateHalfLattice(): HalfLattice {
  const x = new Float32Array(HALF_LATTICE);
  const s = new Float32Array(HALF_LATTICE);
  const exact = new Float64Array(HALF_LATTICE);
  for (let k = 0; k < HALF_LATTICE; k++) {
    const scaled = fround((k + 0.5) * KERNEL_SCALE);
    x[k] = scaled;
    s[k] = fround(1 - fround(scaled * scaled));
    exact[k] = referenceTruncatedNormal((k + 0.5) / HALF_LATTICE);
  }
  return { x, s, exact };
}

/**
 * The largest error in ulps of the bounded kernel, or infinity once it is known to exceed the
 * limit. Errors grow towards the ends of the distribution, hence the order of the sweep.
 */
function maxUlpsWithin(limit: number, coefficients: Vector, lattice: HalfLattice): number {
  const kernel = openKernel(coefficients);
  let worst = 0;
  for (let k = HALF_LATTICE - 1; k >= 0; k--) {
    const z = Math.min(kernel(at(lattice.x, k), at(lattice.s, k)), TRUNCATION);
    const exact = at(lattice.exact, k);
    const ulps = Math.abs(z - exact) / float32Spacing(exact);
    if (ulps > limit) return Infinity;
    if (ulps > worst) worst = ulps;
  }
  return worst;
}

function mostAccurate(candidates: readonly Vector[], lattice: HalfLattice): Vector {
  let best = at(candidates, 0);
  let limit = Infinity;
  for (const candidate of candidates) {
    const ulps = maxUlpsWithin(limit, candidate, lattice);
    if (ulps < limit) {
      best = candidate;
      limit = ulps;
    }
  }
  return best;
}

/** Figures of an exhaustive evaluation of the kernel. */
interface KernelFigures {
  maxUlps: number;
  meanUlps: number;
  maxRelative: number;
  /** Largest result before it is bounded. */
  largest: number;
  /** Neighbours on the positive half of the lattice whose results are in the wrong order. */
  inversions: number;
  deepestInversion: number;
  /** Mean square of the bounded results, and of the exact ones. */
  variance: number;
  exactVariance: number;
}

function measureKernel(coefficients: Vector, lattice: HalfLattice): KernelFigures {
  const kernel = openKernel(coefficients);
  const figures: KernelFigures = {
    maxUlps: 0,
    meanUlps: 0,
    maxRelative: 0,
    largest: 0,
    inversions: 0,
    deepestInversion: 0,
    variance: 0,
    exactVariance: 0,
  };
  let previous = 0;
  for (let k = 0; k < HALF_LATTICE; k++) {
    const ratio = kernel(at(lattice.x, k), at(lattice.s, k));
    recordPoint(figures, ratio, previous, at(lattice.exact, k));
    previous = ratio;
  }
  figures.meanUlps /= HALF_LATTICE;
  figures.variance /= HALF_LATTICE;
  figures.exactVariance /= HALF_LATTICE;
  return figures;
}

/** Sums are left undivided; doubles lose no more than about 1e-12 over 2^23 terms. */
function recordPoint(figures: KernelFigures, ratio: number, previous: number, exact: number): void {
  const z = Math.min(ratio, TRUNCATION);
  const error = Math.abs(z - exact);
  const ulps = error / float32Spacing(exact);
  if (ulps > figures.maxUlps) figures.maxUlps = ulps;
  if (error / exact > figures.maxRelative) figures.maxRelative = error / exact;
  if (ratio > figures.largest) figures.largest = ratio;
  if (ratio < previous) {
    figures.inversions++;
    const depth = (previous - ratio) / float32Spacing(exact);
    if (depth > figures.deepestInversion) figures.deepestInversion = depth;
  }
  figures.meanUlps += ulps;
  figures.variance += z * z;
  figures.exactVariance += exact * exact;
}

// ---------------------------------------------------------------------------------------------
// Report
// ---------------------------------------------------------------------------------------------

/** Largest relative deviation of the double-precision reference from the fixed-point one. */
function referenceDeviation(sampleCount: number): number {
  const deviations = range(sampleCount, (i) => {
    const k = Math.floor(((i + 1) * (HALF_LATTICE - 1)) / sampleCount);
    const u = (k + 0.5) / HALF_LATTICE;
    const exact = preciseTruncatedNormal(u);
    return Math.abs(toNumber(divide(toFixed(referenceTruncatedNormal(u)) - exact, exact)));
  });
  return Math.max(...deviations);
}

/** The shortest decimal that rounds, through double, to the given float32. */
function shortestFloat32(value: number): string {
  for (let digits = 1; digits <= 9; digits++) {
    const decimal = value.toPrecision(digits);
    if (fround(Number(decimal)) === value) return String(Number(decimal));
  }
  throw new RangeError(`${value} is not a float32`);
}

const float32Bits = (value: number): string => `0x${floatBits(value).toString(16).padStart(8, '0')}`;

function printCoefficients(free: Vector): void {
  const line = (name: string, value: number): void => {
    console.log(`  ${name} = ${shortestFloat32(value).padEnd(14)} ${float32Bits(value)}  exactly ${value}`);
  };
  free.slice(0, DEGREES.n + 1).forEach((value, k) => {
    line(`p${k}`, value);
  });
  [...free.slice(DEGREES.n + 1), 1].forEach((value, k) => {
    line(`q${k}`, value);
  });
}

function printFigures(figures: KernelFigures): void {
  const variance = truncatedNormalVariance();
  const relative = (value: number): string => (value / variance - 1).toExponential(3);
  console.log(`float32 kernel, all ${HALF_LATTICE} positive m (odd symmetry gives the negative ones)`);
  console.log(`  max error             ${figures.maxUlps.toFixed(4)} ulp`);
  console.log(`  mean error            ${figures.meanUlps.toFixed(4)} ulp`);
  console.log(`  max relative error    ${figures.maxRelative.toExponential(4)}`);
  console.log(`  max |z| unbounded     ${figures.largest}`);
  console.log(
    `  inversions            ${figures.inversions} among positive m, at most ${figures.deepestInversion} ulp deep`,
  );
  console.log(`  mean                  0 (odd symmetry)`);
  console.log(`  variance              ${figures.variance} (relative error ${relative(figures.variance)})`);
  console.log(
    `  of the exact lattice  ${figures.exactVariance} (relative error ${relative(figures.exactVariance)})`,
  );
  console.log(`  truncated normal      ${variance}`);
}

export function run(): void {
  const samples = sampleTarget(SEARCH_INTERVALS);
  const meter = new ErrorMeter(DEGREES, samples);
  const optimum = flatten(bestApproximation(samples, DEGREES, EXCHANGE_TOLERANCE)).map(toNumber);
  const candidates = float32Candidates(optimum, meter);
  const lattice = tabulateHalfLattice();
  const chosen = mostAccurate(candidates, lattice);
  const error = maxError(roundedToFixed(unflatten(chosen, DEGREES)), sampleTarget(VERIFY_INTERVALS));
  console.log('coefficients (q4 is one and is not multiplied by)');
  printCoefficients(chosen);
  console.log(`  scale erf(sqrt 2) * 2^-23 = ${shortestFloat32(KERNEL_SCALE)} ${float32Bits(KERNEL_SCALE)}`);
  console.log('rational function in real arithmetic, max relative error');
  console.log(`  optimum               ${meter.maxError(optimum).toExponential(5)}`);
  console.log(`  optimum, rounded      ${meter.maxError(optimum.map(fround)).toExponential(5)}`);
  console.log(`  chosen                ${error.toExponential(5)}`);
  console.log(`  candidates            ${candidates.length} within ${FIT_TOLERANCE}`);
  printFigures(measureKernel(chosen, lattice));
  const deviation = referenceDeviation(2000).toExponential(2);
  console.log(`reference: deviation ${deviation}, stated bound ${REFERENCE_RELATIVE_ERROR}`);
}
