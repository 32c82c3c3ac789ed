/**
 * The orthogonal matrices that SIMD kernels are tried on: whole blocks and segments and pieces of them, and ranges within rows.
 * @module
 */
import type { Dtype } from '../../domain/tensors/dtypes.js';
import type { Check } from './check.js';

const ROOT = [0x01234567, 0x09abcdef, -2, 0x600df00d];

/** The last rows, which take all reflections, and a piece of the one before them: more than there are lanes. */
const ROWS = 21;

const check = (dtype: Dtype, rows: number, columns: number): Check => {
  const first = 1000;
  const elementCount = Math.min(rows * columns, ROWS * columns - 2);
  return {
    family: dtype === 'float64' ? 'orthogonal64' : 'orthogonal',
    makeDraw: () => ({
      kind: 'orthogonal',
      dtype,
      root: ROOT,
      matrix: { rows, columns, gain: 1.5, first },
    }),
    start: first + rows * columns - elementCount,
    elementCount,
  };
};

/** Wide ones of two blocks of reflections and of two segments, tall ones likewise, and one with a single row of sums. */
export const matrixChecks: readonly Check[] = (['float32', 'float64'] as const).flatMap((dtype) => [
  check(dtype, 39, 70),
  check(dtype, 3, 301),
  check(dtype, 70, 39),
  check(dtype, 301, 5),
]);
