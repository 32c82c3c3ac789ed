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
 * Run it to print the coefficients and the measured errors.
 */

import { at, range } from './arrays.js';
import {
  FIXED_ONE,
  REFERENCE_RELATIVE_ERROR,
  SLOPE_AT_ZERO,
  TOTAL_MASS,
  TRUNCATION,
  divide,
  multiply,
  preciseCentralMass,
  preciseTruncatedNormal,
  referenceTruncatedNormal,
  toFixed,
  toNumber,
  truncatedNormalVariance,
} from './truncated-normal-reference.js';
import type { Fixed } from './truncated-normal-reference.js';

const DEGREE = 4;
const NUMERATOR_COUNT = DEGREE + 1;
/** p0..p4 and q0..q3; q4 is one. */
const FREE_COUNT = NUMERATOR_COUNT + DEGREE;
/** Points at which the error of the best approximation alternates. */
const ALTERNATION_COUNT = FREE_COUNT + 1;

/** Largest relative error allowed to the rational function with float32 coefficients. */
const FIT_TOLERANCE = 6.8e-8;
/** Root-mean-square distance from the optimum within which lattice points are enumerated. */
const LATTICE_RADIUS = 3e-10;

/** Intervals between the samples of f for the search, and for the error that is reported. */
const SEARCH_INTERVALS = 1600;
const VERIFY_INTERVALS = 10_000;

/** Positive lattice points of the kernel; odd symmetry gives the others. */
const HALF_LATTICE = 2 ** 23;

function largestIndex(values: readonly number[]): number {
  return values.reduce((best, value, index) => (value > at(values, best) ? index : best), 0);
}

// ---------------------------------------------------------------------------------------------
// Step 1: the best approximation
// ---------------------------------------------------------------------------------------------

/** A point of the graph of f. */
interface Sample {
  readonly s: Fixed;
  readonly f: Fixed;
}

/**
 * Samples f by choosing z and computing x = erf(z / sqrt 2), which spares an inversion. With
 * z = 2t(2 - t) and t uniform, the points s gather quadratically towards both ends.
 */
export function sampleTarget(intervals: number): Sample[] {
  return range(intervals + 1, (i) => {
    const z = (BigInt(TRUNCATION * i * (2 * intervals - i)) * FIXED_ONE) / BigInt(intervals ** 2);
    const x = preciseCentralMass(z);
    return { s: FIXED_ONE - multiply(x, x), f: i === 0 ? SLOPE_AT_ZERO : divide(z, x) };
  });
}

function horner(coefficients: readonly Fixed[], s: Fixed): Fixed {
  return coefficients.reduceRight((sum, coefficient) => multiply(sum, s) + coefficient, 0n);
}

function numeratorAt(free: readonly Fixed[], s: Fixed): Fixed {
  return horner(free.slice(0, NUMERATOR_COUNT), s);
}

function denominatorAt(free: readonly Fixed[], s: Fixed): Fixed {
  return horner([...free.slice(NUMERATOR_COUNT, FREE_COUNT), FIXED_ONE], s);
}

function preciseError(free: readonly Fixed[], { s, f }: Sample): number {
  const ratio = divide(numeratorAt(free, s), denominatorAt(free, s));
  return toNumber(divide(ratio, f) - FIXED_ONE);
}

/** Solves a linear system, given as rows with the right-hand side last, by Gauss and Jordan. */
export function solveLinear(rows: Fixed[][]): Fixed[] {
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    const heights = rows.map((row, r) => (r < column ? -1 : Math.abs(toNumber(at(row, column)))));
    const pivotIndex = largestIndex(heights);
    const pivot = at(rows, pivotIndex);
    rows[pivotIndex] = at(rows, column);
    rows[column] = pivot;
    rows.forEach((row, r) => {
      if (r === column) return;
      const factor = divide(at(row, column), at(pivot, column));
      rows[r] = row.map((entry, c) => entry - multiply(factor, at(pivot, c)));
    });
  }
  return rows.map((row, r) => divide(at(row, size), at(row, r)));
}

/** [1, s, .., s^4, -w, -w s, .., -w s^3], the gradient of P(s) - w Q(s). */
function residualGradient(s: Fixed, w: Fixed): Fixed[] {
  const powers = [FIXED_ONE];
  for (let k = 1; k <= DEGREE; k++) powers.push(multiply(at(powers, k - 1), s));
  return [...powers, ...powers.slice(0, DEGREE).map((power) => -multiply(w, power))];
}

/** Rational interpolation of f, a good start for the exchange. */
function interpolate(samples: readonly Sample[]): Fixed[] {
  const last = samples.length - 1;
  const nodes = range(FREE_COUNT, (i) => {
    const chebyshev = (1 - Math.cos((Math.PI * (i + 0.5)) / FREE_COUNT)) / 2;
    return at(samples, Math.round(chebyshev * last));
  });
  return solveLinear(
    nodes.map(({ s, f }) => {
      const leading = horner([0n, 0n, 0n, 0n, FIXED_ONE], s);
      return [...residualGradient(s, f), multiply(f, leading)];
    }),
  );
}

/**
 * Newton's method for P = f (1 +- E) Q at the alternation points. The unknowns are the free
 * coefficients followed by the levelled error E.
 */
function levelError(start: readonly Fixed[], alternation: readonly Sample[]): Fixed[] {
  let unknowns = [...start];
  for (let pass = 0; pass < 6; pass++) {
    const error = at(unknowns, FREE_COUNT);
    const rows = alternation.map(({ s, f }, i) => {
      const sign = i % 2 === 0 ? 1n : -1n;
      const goal = multiply(f, FIXED_ONE + sign * error);
      const q = denominatorAt(unknowns, s);
      const residual = numeratorAt(unknowns, s) - multiply(goal, q);
      return [...residualGradient(s, goal), -sign * multiply(f, q), -residual];
    });
    const correction = solveLinear(rows);
    unknowns = unknowns.map((value, i) => value + at(correction, i));
  }
  return unknowns;
}

/** The place of the largest error in each run of errors of one sign. */
export function alternationPlaces(errors: readonly number[]): number[] {
  const places: number[] = [];
  let best = 0;
  errors.forEach((error, i) => {
    const incumbent = at(errors, best);
    if (Math.sign(error) !== Math.sign(incumbent)) {
      places.push(best);
      best = i;
    } else if (Math.abs(error) > Math.abs(incumbent)) {
      best = i;
    }
  });
  return [...places, best];
}

/** Remez' exchange on the samples; returns the free coefficients of the best approximation. */
export function bestApproximation(samples: readonly Sample[]): Fixed[] {
  let unknowns = [...interpolate(samples), 0n];
  for (let exchange = 0; exchange < 20; exchange++) {
    const errors = samples.map((sample) => preciseError(unknowns, sample));
    const worst = Math.max(...errors.map(Math.abs));
    const levelled = Math.abs(toNumber(at(unknowns, FREE_COUNT)));
    if (worst <= levelled * (1 + 1e-9)) return unknowns.slice(0, FREE_COUNT);
    const places = alternationPlaces(errors);
    if (places.length !== ALTERNATION_COUNT) break;
    unknowns = levelError(
      unknowns,
      places.map((place) => at(samples, place)),
    );
  }
  throw new Error('the exchange did not converge');
}

// ---------------------------------------------------------------------------------------------
// Step 2: float32 coefficients close to the best approximation
// ---------------------------------------------------------------------------------------------

/** Measures a rational function with the given free coefficients against f, in doubles. */
class ErrorMeter {
  private readonly s: Float64Array;
  private readonly f: Float64Array;

  constructor(samples: readonly Sample[]) {
    this.s = Float64Array.from(samples, (sample) => toNumber(sample.s));
    this.f = Float64Array.from(samples, (sample) => toNumber(sample.f));
  }

  get count(): number {
    return this.s.length;
  }

  /** Signed relative error at one sample. */
  errorAt(free: readonly number[], place: number): number {
    const s = at(this.s, place);
    let p = 0;
    let q = 1;
    for (let k = DEGREE; k >= 0; k--) p = p * s + at(free, k);
    for (let k = FREE_COUNT - 1; k > DEGREE; k--) q = q * s + at(free, k);
    return p / q / at(this.f, place) - 1;
  }

  maxError(free: readonly number[]): number {
    let worst = 0;
    for (let i = 0; i < this.count; i++) worst = Math.max(worst, Math.abs(this.errorAt(free, i)));
    return worst;
  }

  /** How the relative error at one sample changes with each free coefficient. */
  gradientAt(free: readonly number[], place: number): number[] {
    const s = at(this.s, place);
    const powers = range(NUMERATOR_COUNT, (k) => s ** k);
    const p = powers.reduce((sum, power, k) => sum + power * at(free, k), 0);
    const q = p / (at(this.f, place) * (1 + this.errorAt(free, place)));
    return [...powers.map((power) => power / p), ...powers.slice(0, DEGREE).map((power) => -power / q)];
  }
}

type Vector = readonly number[];

export function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += at(a, i) * at(b, i);
  return sum;
}

/** a - factor * b */
function subtractMultiple(a: Vector, factor: number, b: Vector): number[] {
  return a.map((value, i) => value - factor * at(b, i));
}

/** The sum of the vectors, each multiplied by its weight. */
export function combine(weights: Vector, vectors: readonly Vector[]): number[] {
  const zero = at(vectors, 0).map(() => 0);
  return weights.reduce<number[]>((sum, weight, i) => subtractMultiple(sum, -weight, at(vectors, i)), zero);
}

/** Gram-Schmidt orthogonalisation: vector i = direction i + sum over j < i of share[i][j] * direction j. */
interface Orthogonalised {
  readonly directions: readonly Vector[];
  readonly squares: Vector;
  readonly shares: readonly Vector[];
}

function orthogonalise(vectors: readonly Vector[]): Orthogonalised {
  const directions: Vector[] = [];
  const squares: number[] = [];
  const shares = vectors.map((vector) => {
    let rest = vector;
    const share = directions.map((direction, j) => {
      const part = dot(rest, direction) / at(squares, j);
      rest = subtractMultiple(rest, part, direction);
      return part;
    });
    directions.push(rest);
    squares.push(dot(rest, rest));
    return share;
  });
  return { directions, squares, shares };
}

/**
 * Lenstra-Lenstra-Lovasz reduction. Takes the generating vectors of a lattice and returns integer
 * combinations of them, one per row, that generate the same lattice with short vectors.
 */
export function reduceLattice(generators: readonly Vector[]): number[][] {
  const rows = generators.map((_, i) => generators.map((_, j): number => (i === j ? 1 : 0)));
  const gramSchmidt = () => orthogonalise(rows.map((row) => combine(row, generators)));
  for (let k = 1; k < rows.length;) {
    for (let j = k - 1; j >= 0; j--) {
      const share = at(at(gramSchmidt().shares, k), j);
      rows[k] = subtractMultiple(at(rows, k), Math.round(share), at(rows, j));
    }
    const { squares, shares } = gramSchmidt();
    const overlap = at(at(shares, k), k - 1);
    if (at(squares, k) >= (0.99 - overlap * overlap) * at(squares, k - 1)) {
      k++;
    } else {
      rows.splice(k - 1, 2, at(rows, k), at(rows, k - 1));
      k = Math.max(1, k - 1);
    }
  }
  return rows;
}

/** Calls `visit` with the coordinates of every lattice point within `radius` of the target. */
export function visitNearby(
  basis: readonly Vector[],
  target: Vector,
  radius: number,
  visit: (coordinates: Vector) => void,
): void {
  const { directions, squares, shares } = orthogonalise(basis);
  const goal = directions.map((direction, i) => dot(target, direction) / at(squares, i));
  const coordinates = basis.map(() => 0);
  const descend = (level: number, budget: number): void => {
    if (level < 0) {
      visit(coordinates);
      return;
    }
    let centre = at(goal, level);
    for (let i = level + 1; i < basis.length; i++) centre -= at(coordinates, i) * at(at(shares, i), level);
    const reach = Math.sqrt(budget / at(squares, level));
    for (let c = Math.ceil(centre - reach); c <= centre + reach; c++) {
      coordinates[level] = c;
      descend(level - 1, budget - (c - centre) ** 2 * at(squares, level));
    }
  };
  descend(basis.length - 1, radius * radius);
}

/** One float32 and its bits. */
const floatView = new Float32Array(1);
const bitsView = new Uint32Array(floatView.buffer);

/** Spacing of the float32 numbers around a value, for values of 2^-100 and above. */
export function float32Spacing(value: number): number {
  floatView[0] = value;
  bitsView[0] = (at(bitsView, 0) & 0x7f800000) - (23 << 23);
  return at(floatView, 0);
}

/**
 * All float32 coefficient sets near the optimum with a relative error within the tolerance, all
 * positive so that nothing cancels. A step of one ulp in a coefficient moves the error function
 * by a vector (here sampled and scaled to root-mean-square length); those vectors generate the
 * lattice.
 */
export function float32Candidates(optimum: Vector, meter: ErrorMeter): number[][] {
  const ulps = optimum.map(float32Spacing);
  const places = range(81, (i) => Math.round((i * (meter.count - 1)) / 80));
  const gradients = places.map((place) => meter.gradientAt(optimum, place));
  const scale = 1 / Math.sqrt(places.length);
  const generators = ulps.map((ulp, j) => gradients.map((gradient) => at(gradient, j) * ulp * scale));

  const origin = optimum.map((value, j) => Math.round(value / at(ulps, j)));
  const offset = optimum.map((value, j) => value / at(ulps, j) - at(origin, j));
  const rows = reduceLattice(generators);
  const basis = rows.map((row) => combine(row, generators));
  const accept = acceptance(optimum, meter);
  const candidates: number[][] = [];
  visitNearby(basis, combine(offset, generators), LATTICE_RADIUS, (coordinates) => {
    const steps = combine(coordinates, rows);
    const free = steps.map((step, j) => (at(origin, j) + step) * at(ulps, j));
    if (accept(free)) candidates.push(free);
  });
  return candidates;
}

/** The test for a candidate; it looks first where the optimum has its largest errors. */
function acceptance(optimum: Vector, meter: ErrorMeter): (free: Vector) => boolean {
  const errors = range(meter.count, (place) => meter.errorAt(optimum, place));
  const peaks = alternationPlaces(errors);
  return (free) =>
    peaks.every((place) => Math.abs(meter.errorAt(free, place)) <= FIT_TOLERANCE) &&
    free.every((value) => value > 0 && Math.fround(value) === value) &&
    meter.maxError(free) <= FIT_TOLERANCE;
}

// ---------------------------------------------------------------------------------------------
// Step 3: the kernel in float32 over its whole domain
// ---------------------------------------------------------------------------------------------

const { fround } = Math;
const KERNEL_SCALE = fround(TOTAL_MASS / HALF_LATTICE);

/** The kernel's last step, before the result is bounded. */
export function kernelRatio(free: Float32Array, x: number, s: number): number {
  const [p0 = 0, p1 = 0, p2 = 0, p3 = 0, p4 = 0, q0 = 0, q1 = 0, q2 = 0, q3 = 0] = [
    free[0],
    free[1],
    free[2],
    free[3],
    free[4],
    free[5],
    free[6],
    free[7],
    free[8],
  ];
  let p = fround(fround(p4 * s) + p3);
  p = fround(fround(p * s) + p2);
  p = fround(fround(p * s) + p1);
  p = fround(fround(p * s) + p0);
  let q = fround(s + q3);
  q = fround(fround(q * s) + q2);
  q = fround(fround(q * s) + q1);
  q = fround(fround(q * s) + q0);
  return fround(fround(x * p) / q);
}

/** The inputs of the kernel's last step and the exact results, for k = 0 .. 2^23 - 1. */
export interface HalfLattice {
  readonly x: Float32Array;
  readonly s: Float32Array;
  readonly exact: Float64Array;
}

export function tabulateHalfLattice(): HalfLattice {
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
  const free = Float32Array.from(coefficients);
  let worst = 0;
  for (let k = HALF_LATTICE - 1; k >= 0; k--) {
    const z = Math.min(kernelRatio(free, at(lattice.x, k), at(lattice.s, k)), TRUNCATION);
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

/** What an exhaustive evaluation of the kernel measures. */
export interface KernelFigures {
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

export function measureKernel(coefficients: Vector, lattice: HalfLattice): KernelFigures {
  const free = Float32Array.from(coefficients);
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
    const ratio = kernelRatio(free, at(lattice.x, k), at(lattice.s, k));
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
export function referenceDeviation(sampleCount: number): number {
  const deviations = range(sampleCount, (i) => {
    const k = Math.floor(((i + 1) * (HALF_LATTICE - 1)) / sampleCount);
    const u = (k + 0.5) / HALF_LATTICE;
    const exact = preciseTruncatedNormal(u);
    return Math.abs(toNumber(divide(toFixed(referenceTruncatedNormal(u)) - exact, exact)));
  });
  return Math.max(...deviations);
}

/** The shortest decimal that rounds, through double, to the given float32. */
export function shortestFloat32(value: number): string {
  for (let digits = 1; digits <= 9; digits++) {
    const decimal = value.toPrecision(digits);
    if (fround(Number(decimal)) === value) return String(Number(decimal));
  }
  throw new RangeError(`${value} is not a float32`);
}

function float32Bits(value: number): string {
  floatView[0] = value;
  return `0x${at(bitsView, 0).toString(16).padStart(8, '0')}`;
}

function printCoefficients(free: Vector): void {
  const line = (name: string, value: number): void => {
    console.log(`  ${name} = ${shortestFloat32(value).padEnd(14)} ${float32Bits(value)}  exactly ${value}`);
  };
  free.slice(0, NUMERATOR_COUNT).forEach((value, k) => {
    line(`p${k}`, value);
  });
  [...free.slice(NUMERATOR_COUNT), 1].forEach((value, k) => {
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

export function main(): void {
  const samples = sampleTarget(SEARCH_INTERVALS);
  const meter = new ErrorMeter(samples);
  const optimum = bestApproximation(samples).map(toNumber);
  const candidates = float32Candidates(optimum, meter);
  const lattice = tabulateHalfLattice();
  const chosen = mostAccurate(candidates, lattice);

  const verification = sampleTarget(VERIFY_INTERVALS);
  const fixedCoefficients = chosen.map(toFixed);
  const errors = verification.map((sample) => Math.abs(preciseError(fixedCoefficients, sample)));
  console.log('coefficients (q4 is one and is not multiplied by)');
  printCoefficients(chosen);
  console.log(`  scale erf(sqrt 2) * 2^-23 = ${shortestFloat32(KERNEL_SCALE)} ${float32Bits(KERNEL_SCALE)}`);
  console.log('rational function in real arithmetic, max relative error');
  console.log(`  optimum               ${meter.maxError(optimum).toExponential(5)}`);
  console.log(`  optimum, rounded      ${meter.maxError(optimum.map(fround)).toExponential(5)}`);
  console.log(`  chosen                ${Math.max(...errors).toExponential(5)}`);
  console.log(`  candidates            ${candidates.length} within ${FIT_TOLERANCE}`);
  printFigures(measureKernel(chosen, lattice));
  const deviation = referenceDeviation(2000).toExponential(2);
  console.log(`reference: deviation ${deviation}, stated bound ${REFERENCE_RELATIVE_ERROR}`);
}

/** The command line; declared here so that no type package is needed. */
declare const process: { readonly argv: readonly string[] };

function fileName(path: string | undefined): string | undefined {
  return path?.split(/[\\/]/).pop();
}

if (fileName(process.argv[1]) === fileName(import.meta.url)) main();
