/**
 * The values of a `uniform_` before any is drawn: x is one of 2^24 equally likely numbers k 2^-24, or 2^-53 for doubles, and the values
 * grow with k. Those that reach `high` come last and are `low`.
 * @module
 */
import { firstThat } from '../arithmetic/bisection.js';
import { fma32, fma64 } from '../arithmetic/fma.js';
import { boundsOf } from './fill-uniform.js';
import { wordsPerUniform } from './normal-layout.js';
import { ROUND } from './rounding.js';
import type { TorchDtype, TorchKernel } from './torch-draw.js';

export interface UniformLattice {
  /** The number of points, all equally likely. */
  readonly points: number;
  /** Of point 0 to wrapsAt - 1, ascending. */
  readonly valueAt: (point: number) => number;
  /** The points from here on have the value `wrapped`. */
  readonly wrapsAt: number;
  readonly wrapped: number;
}

export function uniformLattice(
  { low, high }: Extract<TorchKernel, { kind: 'torch_uniform' }>,
  dtype: TorchDtype,
): UniformLattice {
  const points = wordsPerUniform(dtype) === 2 ? 2 ** 53 : 2 ** 24;
  const [fma, round] = [dtype === 'float64' ? fma64 : fma32, ROUND[dtype]];
  const { from, width } = boundsOf(dtype, { low, high });
  const valueAt = (point: number): number => round(fma(point / points, width, from));
  const forbidden = round(high);
  const wrapsAt = firstThat(0, points, (point) => valueAt(point) >= forbidden);
  return { points, valueAt, wrapsAt, wrapped: round(low) };
}
