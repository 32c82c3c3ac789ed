/** How a shape is read as matrices, and which axes are refused. */
import { expect, test } from 'vitest';
import { readMatrices, type MatrixAxes } from '../../../src/domain/recipes/matrix-axes.js';

const torch = (axes: Omit<MatrixAxes, 'layout'>): MatrixAxes => ({ layout: 'torch', ...axes });

test.each<[readonly number[], MatrixAxes, [count: number, rows: number, columns: number]]>([
  [[4, 5, 6], torch({}), [1, 4, 30]],
  [[4, 5, 6], { layout: 'keras' }, [1, 20, 6]],
  [[4, 5, 6], torch({ batch_axis: 0 }), [4, 5, 6]],
  [[4, 5, 6], torch({ batch_axis: 0, out_axis: -1 }), [4, 5, 6]],
  [[4, 5, 6], torch({ out_axis: [1, 2] }), [1, 4, 30]],
])(
  '%j with %j is so many matrices of so many rows and columns: %j',
  (shape, axes, [count, rows, columns]) => {
    expect(readMatrices(shape, axes, 'w')).toEqual({ count, rows, columns });
  },
);

test.each<[readonly number[], MatrixAxes, string, RegExp]>([
  [[4], torch({}), 'BAD_SHAPE', /has 1 dimension\./],
  [[4, 5], torch({ batch_axis: 0 }), 'BAD_SHAPE', /beside the batch/],
  [[4, 5], torch({ out_axis: 2 }), 'BAD_OPTION', /axes 0 to 1, or -2 to -1/],
  [[4, 5], torch({ out_axis: [0, 1] }), 'BAD_OPTION', /Leave an axis to the inputs/],
  [[4, 5], torch({ out_axis: 0, in_axis: 0 }), 'BAD_OPTION', /already an axis of in_axis/],
  [[4, 5, 6], torch({ out_axis: 1 }), 'NOT_IMPLEMENTED', /row by row/],
])('%j with %j is refused: %s', (shape, axes, code, message) => {
  const read = (): unknown => readMatrices(shape, axes, 'w');
  expect(read).toThrow(message);
  expect(read).toThrow(expect.objectContaining({ code }) as Error);
});
