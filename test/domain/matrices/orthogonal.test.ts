/** What an orthogonal matrix is, whatever its distribution: orthogonal, the product of its reflections, the same in pieces. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defectOf, drawNormals, drawOrthogonal, multiplyReflections } from '../../support/orthogonal.js';

/** The contract's bound on |Q Q^T - I|, in units of the carrier's epsilon: BYTE_CONTRACT.md. */
const LARGEST_DEFECT = 16;
const EPSILON = { float32: 2 ** -23, float64: 2 ** -52 } as const;

const anyPrecision = fc.constantFrom('float32', 'float64');
const anySize = fc.integer({ min: 1, max: 70 });
/** Any, and those that are square but for one row or column. */
const anyShape = fc.oneof(
  fc.record({ rows: anySize, columns: anySize }),
  fc
    .tuple(anySize, fc.integer({ min: -1, max: 1 }))
    .map(([rows, more]) => ({ rows, columns: Math.max(1, rows + more) })),
);
const anyPlace = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  first: fc.integer({ min: 0, max: 2 ** 40 }),
});

test('Q Q^T is the unit matrix to within 16 epsilon, and so is Q^T Q of a tall matrix', () => {
  fc.assert(
    fc.property(anyPrecision, anyShape, anyPlace, (dtype, shape, place) => {
      const defect = defectOf(drawOrthogonal(dtype, shape, place), shape);
      expect(defect / EPSILON[dtype]).toBeLessThan(LARGEST_DEFECT);
    }),
    { numRuns: 40, seed: 13 },
  );
});

test.each([
  { rows: 260, columns: 260 },
  { rows: 70, columns: 600 },
  { rows: 600, columns: 70 },
  { rows: 261, columns: 260 },
])('$rows x $columns is orthogonal to within 16 epsilon: several blocks and segments', (shape) => {
  const defect = defectOf(drawOrthogonal('float32', shape), shape);
  expect(defect / EPSILON.float32).toBeLessThan(LARGEST_DEFECT);
});

test.each([
  { rows: 5, columns: 5 },
  { rows: 33, columns: 33 },
  { rows: 40, columns: 300 },
  { rows: 300, columns: 40 },
  { rows: 34, columns: 33 },
])('$rows x $columns is the product of its reflections, one after the other', (shape) => {
  const drawn = drawOrthogonal('float64', shape);
  const product = multiplyReflections(drawNormals('float64', shape), shape);
  drawn.forEach((value, i) => {
    expect(Math.abs(value - (product[i] ?? NaN))).toBeLessThan(1e-13);
  });
});

test('a slice has the bytes of the whole, wherever the matrix lies in its tensor', () => {
  const anySlice = fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  );
  fc.assert(
    fc.property(anyPrecision, anyShape, anyPlace, anySlice, (dtype, shape, place, [a, b]) => {
      const total = shape.rows * shape.columns;
      const start = Math.floor(a * (total - 1));
      const count = Math.ceil(b * (total - start));
      const whole = drawOrthogonal(dtype, shape, place);
      expect(drawOrthogonal(dtype, shape, { ...place, start, count })).toEqual(
        whole.subarray(start, start + count),
      );
    }),
    { numRuns: 40, seed: 13 },
  );
});

test('a row, or a column, alone is its normals divided by their norm; 1 x 1 is exactly 1 or -1', () => {
  for (const shape of [
    { rows: 1, columns: 700 },
    { rows: 700, columns: 1 },
  ]) {
    const g = drawNormals('float64', shape);
    const norm = Math.hypot(...g);
    drawOrthogonal('float64', shape).forEach((value, i) => {
      expect(Math.abs(value - (g[i] ?? NaN) / norm)).toBeLessThan(2 ** -52);
    });
  }
  const values = Array.from({ length: 40 }, (_, seed) =>
    drawOrthogonal('float32', { rows: 1, columns: 1 }, { seed }).join(),
  );
  expect([...new Set(values)].sort()).toEqual(['-1', '1']);
});

test('the gain multiplies every value once, at the end', () => {
  fc.assert(
    fc.property(anyShape, fc.float({ min: -100, max: 100, noNaN: true }), (shape, gain) => {
      const unit = drawOrthogonal('float32', shape);
      expect(drawOrthogonal('float32', shape, { gain })).toEqual(
        unit.map((value) => Math.fround(value * gain)),
      );
    }),
    { numRuns: 30, seed: 13 },
  );
});
