/** The float32 SIMD kernels equal the specification byte for byte, for any range. */
import fc from 'fast-check';
import { test } from 'vitest';
import type { Draw } from '../../../src/domain/draws/draw.js';
import type { FloatKernel } from '../../../src/domain/kernels/kernel.js';
import { boundedNormalParameters } from '../../../src/domain/kernels/bounded-normal.js';
import { normalParameters } from '../../../src/domain/kernels/normal.js';
import { truncatedNormalParameters } from '../../../src/domain/kernels/truncated-normal.js';
import { uniformParameters } from '../../../src/domain/kernels/uniform.js';
import { anyRange, anyRoot, BLOCK, expectParity } from '../../support/parity.js';
import { anyBounds } from '../../support/random.js';

const FLOAT32_MAX = (2 - 2 ** -23) * 2 ** 127;

const anyMagnitude = fc
  .tuple(fc.double({ min: 1, max: 2, noNaN: true }), fc.integer({ min: -126, max: 126 }))
  .map(([fraction, exponent]) => fraction * 2 ** exponent);
const anySigned = fc.tuple(anyMagnitude, fc.constantFrom(-1, 0, 1)).map(([size, sign]) => size * sign);
const anyUniform = fc
  .oneof(
    fc.tuple(anySigned, anySigned),
    anyMagnitude.map((limit) => [-limit, limit] as const),
    fc.tuple(anySigned, fc.double({ min: 2 ** -20, max: 1, noNaN: true })).map(([low, width]) => {
      return [low, low + Math.abs(low || 1) * width] as const;
    }),
  )
  .map(([a, b]): FloatKernel => uniformParameters(Math.min(a, b), Math.max(a, b)));
const anyTruncatedNormal = fc
  .tuple(anySigned, fc.oneof(anyMagnitude, fc.constant(0)))
  .map(([mean, std]): FloatKernel => truncatedNormalParameters(mean / 4, std / 4));
const anyNormal = fc
  .tuple(anySigned, fc.oneof(anyMagnitude, fc.constant(0)))
  .map(([mean, std]): FloatKernel => normalParameters(mean / 8, std / 8));
const anyBoundedNormal = fc
  .tuple(anyBounds, fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: 0, max: 9, noNaN: true }))
  .map(([[low, high], mean, std]): FloatKernel => boundedNormalParameters(mean, std, low, high));
const anyConstant = anySigned.map((value): FloatKernel => ({ kind: 'constant', value: Math.fround(value) }));
const anyDraw = fc
  .tuple(anyRoot, fc.oneof(anyUniform, anyTruncatedNormal, anyNormal, anyBoundedNormal, anyConstant))
  .map(([root, kernel]): Draw => ({ dtype: 'float32', kind: 'stream', root, kernel }));

test('any draw and any range, in place and through the scratch', () => {
  const law = fc.property(anyDraw, anyRange, (draw, range) => {
    expectParity(draw, range);
  });
  fc.assert(law, { numRuns: 400, seed: 20 });
});

const extremes: readonly FloatKernel[] = [
  uniformParameters(-FLOAT32_MAX, FLOAT32_MAX),
  uniformParameters(0, FLOAT32_MAX),
  uniformParameters(-(2 ** -103), 2 ** -103),
  uniformParameters(-(2 ** -102) * 1.0000001, 2 ** -102),
  uniformParameters(0, 2 ** -102),
  uniformParameters(-0, 0),
  uniformParameters(-0, 1),
  uniformParameters(-1, -0),
  uniformParameters(1, 1),
  uniformParameters(-1e-46, 1),
  uniformParameters(16_777_215, 16_777_217),
  uniformParameters(0.1, 0.1 + 2 ** -23),
  truncatedNormalParameters(0, 2 ** -149),
  truncatedNormalParameters(0, 2 ** -140),
  truncatedNormalParameters(0, 2 ** -126),
  truncatedNormalParameters(-0, 2 ** -101),
  truncatedNormalParameters(0, 2 ** -100),
  truncatedNormalParameters(2 ** -140, 2 ** -120),
  truncatedNormalParameters(0, FLOAT32_MAX / 2),
  truncatedNormalParameters(-FLOAT32_MAX / 2, FLOAT32_MAX / 4),
  truncatedNormalParameters(1e30, 1),
  truncatedNormalParameters(-0, 0),
  truncatedNormalParameters(3, 0),
  { kind: 'constant', value: 0 },
  { kind: 'constant', value: -FLOAT32_MAX },
  { kind: 'constant', value: 2 ** -149 },
];

test.each(extremes)('%o, over the end of a block', (kernel) => {
  const draw: Draw = { dtype: 'float32', kind: 'stream', root: [1, -2, 3, -4], kernel };
  expectParity(draw, [BLOCK - 5000, 12_345, 1]);
});

test('every length from 0 to 40 at every position in a group', () => {
  const kernel = truncatedNormalParameters(1, 2);
  const draw: Draw = { dtype: 'float32', kind: 'stream', root: [5, 6, 7, 8], kernel };
  for (let position = 0; position < 16; position++) {
    for (let count = 0; count <= 40; count++) expectParity(draw, [BLOCK - 24 + position, count, 2]);
  }
});

test('draws of several roots on one thread do not mix', () => {
  const roots = [
    [1, 2, 3, 4],
    [1, 2, 3, 5],
  ] as const;
  for (const start of [0, BLOCK, 0, 7 * BLOCK + 3, 8 * BLOCK]) {
    for (const root of roots) {
      const draw: Draw = {
        dtype: 'float32',
        kind: 'stream',
        root,
        kernel: uniformParameters(0, 1),
      };
      expectParity(draw, [start, 100, 0]);
    }
  }
});
