/** The matrices on which the kernels are tried: without any, wrong kernels would be trusted. */
import { expect, test } from 'vitest';
import { matrixChecks } from '#built/engine/simd/matrix-checks.js';

test.each(['orthogonal', 'orthogonal64'])('%s is tried on wide and on tall matrices', (family) => {
  const shapes = matrixChecks.flatMap((check) => {
    const draw = check.makeDraw();
    return check.family === family && draw.kind === 'orthogonal' ? [draw.matrix] : [];
  });
  expect(shapes.some(({ rows, columns }) => rows < columns)).toBe(true);
  expect(shapes.some(({ rows, columns }) => rows > columns)).toBe(true);
});
