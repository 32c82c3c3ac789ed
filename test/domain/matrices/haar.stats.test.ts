/**
 * The Haar distribution, by laws that are known exactly. A correct matrix fails a check with probability at most FALSE_ALARM; each test
 * also holds what it would notice.
 */
import { expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import { cdfGap, FALSE_ALARM, gapBound, meanBound, meanOf } from '../../support/statistics.js';
import { drawMany, drawNormals } from '../../support/orthogonal.js';

const SAMPLE = 4096;
const SQUARE_3 = { rows: 3, columns: 3 };

/** A coordinate of a uniform point on the sphere in three dimensions is uniform on [-1, 1] (Archimedes). */
const uniformShare = (x: number): number => Math.min(Math.max((x + 1) / 2, 0), 1);
const gapOf = (values: readonly number[], share: (x: number) => number): number =>
  cdfGap(Float64Array.from(values), share);

/** 3 x 3: by the rule of Sarrus. */
function determinant3(q: Float64Array): number {
  const [a, b, c, d, e, f, g, h, i] = q as unknown as readonly [
    ...[number, number, number],
    ...[number, number, number],
    ...[number, number, number],
  ];
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

test.each([
  { rows: 3, columns: 3 },
  { rows: 2, columns: 3 },
  { rows: 3, columns: 2 },
])('every entry of a $rows x $columns matrix is a coordinate of a uniform point on the sphere', (shape) => {
  const matrices = drawMany(shape, SAMPLE);
  for (let e = 0; e < shape.rows * shape.columns; e++)
    expect(
      gapOf(
        matrices.map((q) => at(q, e)),
        uniformShare,
      ),
    ).toBeLessThan(gapBound(SAMPLE));
});

test('without the signs the first entry would be no coordinate of such a point', () => {
  const entries = drawMany(SQUARE_3, SAMPLE, { signed: false }).map((q) => at(q, 0));
  expect(gapOf(entries, uniformShare)).toBeGreaterThan(gapBound(SAMPLE));
});

test.each([
  { rows: 5, columns: 5 },
  { rows: 4, columns: 5 },
  { rows: 5, columns: 2 },
])('rotated from left and right, a $rows x $columns matrix keeps its distribution', (shape) => {
  /** Density 3/4 (1 - x^2): Beta(1/2, 2) of x^2. */
  const share = (x: number): number => 0.5 + 0.75 * (x - x ** 3 / 3);
  const left = unitVector(shape.rows, 0.3);
  const right = unitVector(shape.columns, -0.7);
  const entries = drawMany(shape, SAMPLE).map((q) =>
    q.reduce((sum, value, e) => {
      const row = Math.floor(e / shape.columns);
      return sum + at(left, row) * value * at(right, e - row * shape.columns);
    }, 0),
  );
  // The shorter side is a subspace of its own: a rotation of it alone is the same matrix rotated.
  expect(gapOf(entries, share)).toBeLessThan(gapBound(SAMPLE));
});

/** Entries all different from 0 and from each other. */
function unitVector(length: number, slope: number): number[] {
  const raw = Array.from({ length }, (_, i) => 1 + slope * i);
  const norm = Math.hypot(...raw);
  return raw.map((value) => value / norm);
}

test('the determinant is 1 and -1 with equal probability; without the signs it never changes', () => {
  const determinants = (matrices: readonly Float64Array[]): Float64Array =>
    Float64Array.from(matrices, determinant3);
  expect(Math.abs(meanOf(determinants(drawMany(SQUARE_3, SAMPLE))))).toBeLessThan(meanBound(SAMPLE, 2));
  expect(Math.abs(meanOf(determinants(drawMany(SQUARE_3, SAMPLE, { signed: false }))))).toBeCloseTo(1);
});

test('the last sign is independent of the rows before it; a fixed one would not be', () => {
  const shape = { rows: 2, columns: 2 };
  const matrices = drawMany(shape, SAMPLE);
  /** The signs of determinant and first entry agree half of the time. */
  const agreement = (q: Float64Array): number => {
    const [a, b, c, d] = q as unknown as readonly [number, number, number, number];
    return Math.sign((a * d - b * c) * a);
  };
  const mean = meanOf(Float64Array.from(matrices, agreement));
  expect(Math.abs(mean)).toBeLessThan(meanBound(SAMPLE, 2));
  const normals = drawNormals('float32', { rows: SAMPLE, columns: 4 });
  const fixed = matrices.map((q, m) => {
    const sign = Math.sign(at(normals, 4 * m + 3));
    return q.map((value, e) => (e < 2 ? value : sign * value));
  });
  expect(Math.abs(meanOf(Float64Array.from(fixed, agreement)))).toBeCloseTo(1);
});

test('the angle of a rotation in the plane is uniform, and that in space has density (1 - cos) / pi', () => {
  const plane = drawMany({ rows: 2, columns: 2 }, SAMPLE).map((q) => Math.atan2(at(q, 2), at(q, 0)));
  expect(gapOf(plane, (angle) => 0.5 + angle / (2 * Math.PI))).toBeLessThan(gapBound(SAMPLE));
  const space = drawMany(SQUARE_3, SAMPLE).map((q) => {
    const trace = Math.sign(determinant3(q)) * (at(q, 0) + at(q, 4) + at(q, 8));
    return Math.acos(Math.min(Math.max((trace - 1) / 2, -1), 1));
  });
  expect(gapOf(space, (angle) => (angle - Math.sin(angle)) / Math.PI)).toBeLessThan(gapBound(SAMPLE));
});

const TRACED = { rows: 6, columns: 6 };

/** Bernstein's inequality, for the mean of SAMPLE squares of traces, which lie between 0 and 36. */
function squareBound(variance: number): number {
  const exponent = Math.log(2 / FALSE_ALARM);
  return Math.sqrt((2 * variance * exponent) / SAMPLE) + (TRACED.rows ** 2 * exponent) / (3 * SAMPLE);
}

const meanSquare = (matrices: readonly Float64Array[], power: number): number =>
  meanOf(Float64Array.from(matrices, (q) => traceOfPower(q, TRACED.rows, power) ** 2));

/**
 * Moments of traces of powers are those of sqrt(k) Z + (1 if k is even), exactly once the size is at least the sum of the powers:
 * Diaconis and Shahshahani, "On the eigenvalues of random matrices", J. Appl. Probab. 31A, 1994, https://doi.org/10.2307/3214948.
 */
test.each([
  { power: 1, square: 1, variance: 2 },
  { power: 2, square: 3, variance: 16 },
  { power: 3, square: 3, variance: 18 },
])('the mean square of tr Q^$power is $square', ({ power, square, variance }) => {
  const mean = meanSquare(drawMany(TRACED, SAMPLE), power);
  expect(Math.abs(mean - square)).toBeLessThan(squareBound(variance));
});

test('without the signs the mean square of the trace would not be 1', () => {
  const mean = meanSquare(drawMany(TRACED, SAMPLE, { signed: false }), 1);
  expect(Math.abs(mean - 1)).toBeGreaterThan(squareBound(2));
});

function traceOfPower(q: Float64Array, size: number, power: number): number {
  let product = q;
  for (let k = 1; k < power; k++) product = multiply(product, q, size);
  let trace = 0;
  for (let i = 0; i < size; i++) trace += at(product, i * size + i);
  return trace;
}

function multiply(a: Float64Array, b: Float64Array, size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, e) => {
    const row = Math.floor(e / size);
    let sum = 0;
    for (let k = 0; k < size; k++) sum += at(a, row * size + k) * at(b, k * size + (e % size));
    return sum;
  });
}
