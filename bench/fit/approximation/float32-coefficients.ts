/**
 * float32 coefficients close to a best approximation.
 *
 * Rounding each coefficient to float32 would add a third to the error. The float32 coefficients form a lattice, though, and many of its
 * points lie far closer to the optimal function: a step of one ulp in a coefficient moves the error function by a vector (here sampled
 * and scaled to root-mean-square length), those vectors generate the lattice, and a reduced basis makes it possible to enumerate the
 * points around the optimum.
 * @module
 */
import { at } from '#built/base/at.js';
import { range } from '../range.js';
import type { ErrorMeter } from './error-meter.js';
import { combine, reduceLattice, visitNearby, type Vector } from './lattice.js';
import { float32Spacing } from './spacing.js';

const isFloat32 = (value: number): boolean => Math.fround(value) === value;

export class Float32Lattice {
  readonly #ulps: Vector;
  /** The lattice point that the optimum rounds to, in ulps. */
  readonly #origin: Vector;
  /** Rows of steps, in ulps, and the error vectors that they make: a reduced basis. */
  readonly #rows: readonly Vector[];
  readonly #basis: readonly Vector[];
  /** From the origin to the optimum. */
  readonly #target: Vector;

  /** @param points  at which the error is sampled */
  constructor(optimum: Vector, meter: ErrorMeter, points: number) {
    this.#ulps = optimum.map((value) => float32Spacing(Math.abs(value)));
    const gradients = range(points, (i) =>
      meter.gradientAt(optimum, Math.round((i * (meter.count - 1)) / (points - 1))),
    );
    const scale = 1 / Math.sqrt(points);
    const generators = this.#ulps.map((ulp, j) => gradients.map((gradient) => at(gradient, j) * ulp * scale));
    this.#origin = optimum.map((value, j) => Math.round(value / at(this.#ulps, j)));
    const offset = optimum.map((value, j) => value / at(this.#ulps, j) - at(this.#origin, j));
    this.#rows = reduceLattice(generators);
    this.#basis = this.#rows.map((row) => combine(row, generators));
    this.#target = combine(offset, generators);
  }

  /**
   * Visits the coefficient sets within this root-mean-square distance of the optimum.
   * @param visit  returns false to end the search
   */
  visit(radius: number, visit: (coefficients: Vector) => boolean): void {
    visitNearby(this.#basis, this.#target, radius, (coordinates) => {
      const steps = combine(coordinates, this.#rows);
      const coefficients = steps.map((step, j) => (at(this.#origin, j) + step) * at(this.#ulps, j));
      return !coefficients.every(isFloat32) || visit(coefficients);
    });
  }
}

/** Points of the error functions that are compared. */
const POINTS = 120;

/** The `wanted` coefficient sets closest to the optimum, best first: the radius grows until it holds as many. */
export function float32Neighbours(optimum: Vector, meter: ErrorMeter, wanted: number): readonly Vector[] {
  const lattice = new Float32Lattice(optimum, meter, POINTS);
  for (let radius = 1e-11; ; radius *= 1.25) {
    const found: Vector[] = [];
    lattice.visit(radius, (coefficients) => {
      found.push(coefficients);
      return found.length <= 20 * wanted;
    });
    if (found.length < wanted) continue;
    const ranked = found
      .map((coefficients) => ({ coefficients, error: meter.maxError(coefficients) }))
      .sort((a, b) => a.error - b.error);
    return ranked.slice(0, wanted).map(({ coefficients }) => coefficients);
  }
}
