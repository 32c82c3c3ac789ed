/**
 * Minimax rational functions of any type, and float32 coefficients close to them: what truncated-normal.ts does for its one
 * function, for the others. P / Q has a monic Q; a Q of degree 0 is 1 and P / Q a polynomial.
 */
import { FIXED_ONE, divide, multiply, toFixed, toNumber } from './truncated-normal-reference.js';
import type { Fixed } from './truncated-normal-reference.js';
import { at, range } from './arrays.js';
import {
  alternationPlaces,
  combine,
  float32Spacing,
  reduceLattice,
  solveLinear,
  visitNearby,
} from './truncated-normal.js';

/** Degrees of P and Q. */
export interface RationalType {
  readonly numerator: number;
  readonly denominator: number;
}

/** A point of the target's graph; errors count in `unit`: f itself for relative errors, FIXED_ONE for absolute ones. */
export interface Sample {
  readonly s: Fixed;
  readonly f: Fixed;
  readonly unit: Fixed;
}

/** p0, p1, .., then q0, q1, .., without Q's leading 1. */
export type Coefficients = readonly Fixed[];

const freeCount = ({ numerator, denominator }: RationalType): number => numerator + 1 + denominator;

function powers(s: Fixed, degree: number): Fixed[] {
  const list = [FIXED_ONE];
  for (let k = 1; k <= degree; k++) list.push(multiply(at(list, k - 1), s));
  return list;
}

const sumProducts = (a: readonly Fixed[], b: readonly Fixed[]): Fixed =>
  a.reduce((sum, value, i) => sum + multiply(value, at(b, i)), 0n);

function evaluate(type: RationalType, free: Coefficients, s: Fixed): { p: Fixed; q: Fixed } {
  const p = sumProducts(free.slice(0, type.numerator + 1), powers(s, type.numerator));
  const denominator = [...free.slice(type.numerator + 1, freeCount(type)), FIXED_ONE];
  return { p, q: sumProducts(denominator, powers(s, type.denominator)) };
}

function errorAt(type: RationalType, free: Coefficients, { s, f, unit }: Sample): number {
  const { p, q } = evaluate(type, free, s);
  return toNumber(divide(divide(p, q) - f, unit));
}

/** One row of the linear system for P - goal * Q = 0: the gradient, then what stands on the right. */
function interpolationRow(type: RationalType, { s, f }: Sample): Fixed[] {
  const below = powers(s, type.denominator);
  const leading = at(below, type.denominator);
  const lower = below.slice(0, type.denominator).map((power) => -multiply(f, power));
  return [...powers(s, type.numerator), ...lower, multiply(f, leading)];
}

/** Rational interpolation at the Chebyshev points of the samples' numbering. */
function interpolate(type: RationalType, samples: readonly Sample[]): Fixed[] {
  const count = freeCount(type);
  const last = samples.length - 1;
  return solveLinear(
    range(count, (i) => {
      const chebyshev = (1 - Math.cos((Math.PI * (i + 0.5)) / count)) / 2;
      return interpolationRow(type, at(samples, Math.round(chebyshev * last)));
    }),
  );
}

/** Newton's method for P = (f +- E unit) Q at the alternation points; the last unknown is E. */
function levelError(type: RationalType, start: readonly Fixed[], alternation: readonly Sample[]): Fixed[] {
  const count = freeCount(type);
  let unknowns = [...start];
  for (let pass = 0; pass < 8; pass++) {
    const error = at(unknowns, count);
    const rows = alternation.map(({ s, f, unit }, i) => {
      const sign = i % 2 === 0 ? 1n : -1n;
      const goal = f + sign * multiply(error, unit);
      const { p, q } = evaluate(type, unknowns, s);
      const gradient = interpolationRow(type, { s, f: goal, unit }).slice(0, count);
      return [...gradient, -sign * multiply(unit, q), -(p - multiply(goal, q))];
    });
    const correction = solveLinear(rows);
    unknowns = unknowns.map((value, i) => value + at(correction, i));
  }
  return unknowns;
}

export interface Fit {
  readonly free: Coefficients;
  readonly maxError: number;
}

/** Remez' exchange on the samples (in order of s). */
export function fitRational(type: RationalType, samples: readonly Sample[]): Fit {
  const count = freeCount(type);
  let unknowns = [...interpolate(type, samples), 0n];
  for (let exchange = 0; exchange < 40; exchange++) {
    const errors = samples.map((sample) => errorAt(type, unknowns, sample));
    const worst = Math.max(...errors.map(Math.abs));
    const levelled = Math.abs(toNumber(at(unknowns, count)));
    if (worst <= levelled * (1 + 1e-6)) return { free: unknowns.slice(0, count), maxError: worst };
    const places = strongest(errors, count + 1);
    unknowns = levelError(
      type,
      unknowns,
      places.map((place) => at(samples, place)),
    );
  }
  throw new Error('the exchange did not converge');
}

/** Alternation places; ends go first where there are too many. */
function strongest(errors: readonly number[], wanted: number): number[] {
  const places = alternationPlaces(errors);
  const height = (i: number): number => Math.abs(at(errors, at(places, i)));
  while (places.length > wanted) {
    if (height(0) < height(places.length - 1)) places.shift();
    else places.pop();
  }
  if (places.length < wanted) throw new Error(`${places.length} alternations of ${wanted}`);
  return places;
}

/** In doubles: relative to each sample's unit. */
export class ErrorMeter {
  private readonly points: readonly { s: number; f: number; unit: number }[];
  constructor(
    private readonly type: RationalType,
    samples: readonly Sample[],
  ) {
    this.points = samples.map(({ s, f, unit }) => ({ s: toNumber(s), f: toNumber(f), unit: toNumber(unit) }));
  }

  maxError(free: readonly number[]): number {
    return this.points.reduce((worst, point) => {
      const { p, q } = this.parts(free, point.s);
      return Math.max(worst, Math.abs((p / q - point.f) / point.unit));
    }, 0);
  }

  /** How the error at a point follows the coefficients. */
  gradients(free: readonly number[], count: number): number[][] {
    return range(count, (i) => {
      const { s, unit } = at(this.points, Math.round((i * (this.points.length - 1)) / (count - 1)));
      const { p, q } = this.parts(free, s);
      const above = range(this.type.numerator + 1, (k) => s ** k / q / unit);
      const below = range(this.type.denominator, (k) => (-p / (q * q) / unit) * s ** k);
      return [...above, ...below];
    });
  }

  private parts(free: readonly number[], s: number): { p: number; q: number } {
    const { numerator, denominator } = this.type;
    let p = 0;
    for (let k = numerator; k >= 0; k--) p = p * s + at(free, k);
    let q = 1;
    for (let k = denominator - 1; k >= 0; k--) q = q * s + at(free, numerator + 1 + k);
    return { p, q };
  }
}

class Enough extends Error {}

/**
 * The `wanted` float32 coefficient sets, or more, closest to the optimum, best first: the lattice of float32 coefficients
 * is searched within a radius that grows until it holds as many (truncated-normal.ts tells how and why).
 */
export function float32Neighbours(optimum: readonly number[], meter: ErrorMeter, wanted: number): number[][] {
  const ulps = optimum.map((value) => float32Spacing(Math.abs(value)));
  const gradients = meter.gradients(optimum, 120);
  const generators = ulps.map((ulp, j) =>
    gradients.map((row) => (at(row, j) * ulp) / Math.sqrt(gradients.length)),
  );
  const origin = optimum.map((value, j) => Math.round(value / at(ulps, j)));
  const offset = optimum.map((value, j) => value / at(ulps, j) - at(origin, j));
  const rows = reduceLattice(generators);
  const basis = rows.map((row) => combine(row, generators));
  for (let radius = 1e-11; ; radius *= 1.25) {
    const found: number[][] = [];
    try {
      visitNearby(basis, combine(offset, generators), radius, (coordinates) => {
        const free = combine(coordinates, rows).map((step, j) => (at(origin, j) + step) * at(ulps, j));
        if (free.every((value) => Math.fround(value) === value)) found.push(free);
        if (found.length > 20 * wanted) throw new Enough();
      });
    } catch (error) {
      if (!(error instanceof Enough)) throw error;
    }
    if (found.length >= wanted) {
      const ranked = found
        .map((free) => ({ free, error: meter.maxError(free) }))
        .sort((a, b) => a.error - b.error);
      return ranked.slice(0, wanted).map(({ free }) => free);
    }
  }
}

export const fromFixed = (free: Coefficients): number[] => free.map(toNumber);
export const intoFixed = (free: readonly number[]): Fixed[] => free.map(toFixed);
