/** Orthogonal matrices for tests: drawn from the streams of a seed, multiplied, and measured. */
import { at } from '../../src/base/at.js';
import { float64At } from '../../src/domain/arithmetic/typed-at.js';
import { fillOrthogonalRange } from '../../src/domain/draws/orthogonal-draw.js';
import { fillStreamRange } from '../../src/domain/draws/stream-draw.js';
import { normal64Parameters } from '../../src/domain/kernels/normal64.js';
import { normalParameters } from '../../src/domain/kernels/normal.js';
import { openOrthogonal32 } from '../../src/domain/matrices/fill-orthogonal.js';
import { GENERATORS } from '../../src/domain/streams/generators.js';

export type Precision = 'float32' | 'float64';

export interface Shape {
  readonly rows: number;
  readonly columns: number;
}

const rootOf = (seed: number) => GENERATORS['xoroshiro128+'].root(BigInt(seed), 'matrix');

const makeArray = (dtype: Precision, length: number): Float32Array | Float64Array =>
  dtype === 'float32' ? new Float32Array(length) : new Float64Array(length);

/** Elements of one matrix: by default all, without `count` the rest. */
export function drawOrthogonal(
  dtype: Precision,
  { rows, columns }: Shape,
  { seed = 1, gain = 1, first = 0, start = 0, count = NaN } = {},
): Float64Array {
  const out = makeArray(dtype, Number.isNaN(count) ? rows * columns - start : count);
  const matrix = { rows, columns, gain, first };
  fillOrthogonalRange({ kind: 'orthogonal', dtype, root: rootOf(seed), matrix }, first + start, out);
  return Float64Array.from(out);
}

/** The normals of the same elements. */
export function drawNormals(
  dtype: Precision,
  { rows, columns }: Shape,
  { seed = 1, first = 0 } = {},
): Float64Array {
  const out = makeArray(dtype, rows * columns);
  const kernel = dtype === 'float32' ? normalParameters(0, 1) : normal64Parameters(0, 1);
  fillStreamRange({ kind: 'stream', dtype, root: rootOf(seed), kernel }, first, out);
  return Float64Array.from(out);
}

/** Independent float32 matrices, from consecutive normals, which are drawn at once; without their signs if asked. */
export function drawMany(shape: Shape, count: number, { signed = true } = {}): Float64Array[] {
  const size = shape.rows * shape.columns;
  const normals = Float32Array.from(drawNormals('float32', { rows: count, columns: size }));
  return Array.from({ length: count }, (_, m) => {
    const own = normals.subarray(m * size, (m + 1) * size);
    if (!signed) return multiplyReflections(Float64Array.from(own), shape, false);
    const out = new Float32Array(size);
    const fill = openOrthogonal32({ ...shape, gain: 1, first: 0 }, (first, part) => {
      part.set(own.subarray(first, first + part.length));
    });
    fill(0, out);
    return Float64Array.from(out);
  });
}

/** The largest |Q Q^T - I|, or |Q^T Q - I| of a tall matrix. */
export function defectOf(q: Float64Array, { rows, columns }: Shape): number {
  const isTall = rows > columns;
  const vectors = Array.from({ length: Math.min(rows, columns) }, (_, v) =>
    isTall
      ? Float64Array.from({ length: rows }, (__, i) => at(q, i * columns + v))
      : q.subarray(v * columns, (v + 1) * columns),
  );
  let largest = 0;
  vectors.forEach((a, i) => {
    vectors.slice(0, i + 1).forEach((b, j) => {
      largest = Math.max(largest, Math.abs(dotFrom(i === j ? -1 : 0, a, b)));
    });
  });
  return largest;
}

/** A sum whose rounding errors are carried along (Kahan). */
function dotFrom(start: number, a: Float64Array, b: Float64Array): number {
  let sum = start;
  let carried = 0;
  for (let i = 0; i < a.length; i++) {
    const term = float64At(a, i) * float64At(b, i) - carried;
    const next = sum + term;
    carried = next - sum - term;
    sum = next;
  }
  return sum;
}

/**
 * The same matrix by the definition alone, in doubles: reflection after reflection of the normals.
 * @param keepsSigns  without, the signs that make it Haar-distributed are missing
 */
export function multiplyReflections(
  normals: Float64Array,
  { rows, columns }: Shape,
  keepsSigns = true,
): Float64Array {
  const isTall = rows > columns;
  const length = Math.max(rows, columns);
  const vectors = Array.from({ length: Math.min(rows, columns) }, (_, k) =>
    Array.from({ length }, (__, i) => {
      if (i < k) return 0;
      return at(normals, isTall ? i * columns + k : k * columns + i);
    }),
  );
  const q = new Float64Array(rows * columns);
  for (let k = 0; k < vectors.length; k++) {
    const x = reflectBasis(vectors, k, length, keepsSigns);
    x.forEach((value, i) => (q[isTall ? i * columns + k : k * columns + i] = value));
  }
  return q;
}

/** d_k H_0 H_1 ... H_k e_k. */
function reflectBasis(
  vectors: readonly (readonly number[])[],
  k: number,
  length: number,
  keepsSigns: boolean,
): number[] {
  let x: number[] = Array.from({ length }, (_, i) => (i === k ? 1 : 0));
  const diagonal = at(at(vectors, k), k);
  const isLast = k === length - 1;
  const sign = diagonal < 0 === isLast ? -1 : 1;
  for (let j = isLast ? k - 1 : k; j >= 0; j--) {
    const g = at(vectors, j);
    const v = g.map((value, i) => (i === j ? value + (value < 0 ? -1 : 1) * Math.hypot(...g) : value));
    const dot = (other: readonly number[]): number =>
      v.reduce((sum, value, i) => sum + value * at(other, i), 0);
    const factor = (2 * dot(x)) / dot(v);
    x = x.map((value, i) => value - factor * at(v, i));
  }
  return keepsSigns ? x.map((value) => sign * value) : x;
}
