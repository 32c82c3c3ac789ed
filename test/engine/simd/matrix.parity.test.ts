/** Orthogonal matrices by SIMD equal the specification byte for byte, for any shape and any range. */
import fc from 'fast-check';
import { test } from 'vitest';
import type { Draw } from '../../../src/domain/draws/draw.js';
import { narrowFloatParameters } from '../../../src/domain/kernels/narrow-float.js';
import type { NarrowDtype } from '../../../src/domain/arithmetic/narrow-floats.js';
import type { OrthogonalDraw } from '../../../src/domain/draws/orthogonal-draw.js';
import { anyRoot, expectParity } from '../../support/parity.js';
import { casesOf } from '../../support/thorough.js';

type Shape = readonly [rows: number, columns: number];

const anySide = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 140 }));
const anyShape: fc.Arbitrary<Shape> = fc.oneof(
  fc.tuple(anySide, anySide),
  anySide.map((side): Shape => [side, side]),
);

const narrowed = <D extends NarrowDtype>(dtype: D) =>
  ({ dtype, narrowing: { kind: 'float', ...narrowFloatParameters(dtype, -2, 2) } }) as const;

const FORMS = {
  float32: { dtype: 'float32' },
  float64: { dtype: 'float64' },
  float16: narrowed('float16'),
  bfloat16: narrowed('bfloat16'),
  float8_e4m3fn: narrowed('float8_e4m3fn'),
} as const;

const drawOf = (
  form: keyof typeof FORMS,
  root: OrthogonalDraw['root'],
  [rows, columns]: Shape,
  first = 0,
) => {
  const matrix = { rows, columns, gain: Math.fround(1.3), first };
  return { kind: 'orthogonal', root, matrix, ...FORMS[form] } as const satisfies Draw;
};

const anyForm = fc.constantFrom(...(Object.keys(FORMS) as (keyof typeof FORMS)[]));
const anyPart = fc.tuple(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ min: 0, max: 1, noNaN: true }),
);

test('any range of any matrix, in every dtype that holds one', () => {
  const parity = fc.property(
    fc.tuple(anyForm, anyRoot, anyShape, fc.nat(2 ** 40)),
    anyPart,
    fc.nat(8),
    (given, [from, share], offset) => {
      const draw = drawOf(...given);
      const total = draw.matrix.rows * draw.matrix.columns;
      const start = Math.floor(from * (total - 1));
      const count = Math.ceil(share * (total - start));
      expectParity(draw, [draw.matrix.first + start, count, offset]);
    },
  );
  fc.assert(parity, { numRuns: casesOf({ few: 60, all: 1000 }) });
});

const ROOT = [0x01234567, 0x09abcdef, -2, 0x600df00d];

test.each<Shape>([
  [1, 1],
  [1, 600],
  [600, 1],
  [32, 32],
  [33, 65],
  [65, 33],
  [300, 290],
  [290, 300],
  [256, 256],
  [20, 1500],
  [1500, 20],
])('whole matrices of %i x %i, of blocks, segments and panels and pieces of them', (...shape) => {
  for (const form of ['float32', 'float64'] as const)
    expectParity(drawOf(form, ROOT, shape, 65_536 - 5), [65_536 - 5, shape[0] * shape[1], 3]);
});
