/**
 * Weighted errors of a rational function with given coefficients, in doubles: fast enough to compare thousands of them.
 * @module
 */
import { at } from '#built/base/at.js';
import { range } from '../range.js';
import { toNumber } from './fixed-point.js';
import type { Degrees, Sample } from './remez.js';

interface Point {
  readonly x: number;
  readonly value: number;
  readonly weight: number;
}

/** Coefficients are p0, p1, .. then q0, q1, .. */
export class ErrorMeter {
  readonly #points: readonly Point[];

  constructor(
    readonly degrees: Degrees,
    samples: readonly Sample[],
  ) {
    this.#points = samples.map(({ x, value, weight }) => ({
      x: toNumber(x),
      value: toNumber(value),
      weight: toNumber(weight),
    }));
  }

  get count(): number {
    return this.#points.length;
  }

  errorAt(free: readonly number[], index: number): number {
    const { x, value, weight } = at(this.#points, index);
    const { p, q } = this.#evaluate(free, x);
    return (p / q - value) * weight;
  }

  maxError(free: readonly number[]): number {
    let worst = 0;
    for (let i = 0; i < this.count; i++) worst = Math.max(worst, Math.abs(this.errorAt(free, i)));
    return worst;
  }

  /** The derivatives of the error at one point by the coefficients. */
  gradientAt(free: readonly number[], index: number): number[] {
    const { x, weight } = at(this.#points, index);
    const { p, q } = this.#evaluate(free, x);
    const numerator = range(this.degrees.n + 1, (k) => (x ** k / q) * weight);
    const denominator = range(this.degrees.d, (k) => (-p / (q * q)) * weight * x ** k);
    return [...numerator, ...denominator];
  }

  #evaluate(free: readonly number[], x: number): { readonly p: number; readonly q: number } {
    const { n, d } = this.degrees;
    let p = 0;
    for (let k = n; k >= 0; k--) p = p * x + at(free, k);
    let q = 1;
    for (let k = d - 1; k >= 0; k--) q = q * x + at(free, n + 1 + k);
    return { p, q };
  }
}
