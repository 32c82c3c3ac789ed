/** Laws by inversion and maps of drawn values by SIMD words and scalar transforms equal the specification byte for byte, for any range. */
import fc from 'fast-check';
import { test } from 'vitest';
import { valueMap, type ValueMap } from '../../../src/domain/arithmetic/value-map.js';
import type { StreamDraw } from '../../../src/domain/draws/stream-draw.js';
import { boundedNormal64Parameters } from '../../../src/domain/kernels/bounded-normal64.js';
import { boundedNormalParameters } from '../../../src/domain/kernels/bounded-normal.js';
import { logUniformLaw, type InversionLaw } from '../../../src/domain/kernels/inversion-laws.js';
import type { DoubleKernel, FloatKernel } from '../../../src/domain/kernels/kernel.js';
import { normalParameters } from '../../../src/domain/kernels/normal.js';
import { normal64Parameters } from '../../../src/domain/kernels/normal64.js';
import { narrowFloatParameters } from '../../../src/domain/kernels/narrow-float.js';
import { truncatedNormalParameters } from '../../../src/domain/kernels/truncated-normal.js';
import { uniformParameters } from '../../../src/domain/kernels/uniform.js';
import { uniform64Parameters } from '../../../src/domain/kernels/uniform64.js';
import { anyRange, anyRoot, expectParity } from '../../support/parity.js';

const anyScale = fc.double({ min: 0.01, max: 100, noNaN: true });
const anyLocation = fc.double({ min: -9, max: 9, noNaN: true });
const anyLaw: fc.Arbitrary<InversionLaw> = fc.oneof(
  fc.tuple(anyScale, anyScale).map(([a, b]) => logUniformLaw(Math.min(a, b), Math.max(a, b))),
  anyScale.map((rate) => ({ kind: 'exponential' as const, rate })),
  fc
    .tuple(fc.constantFrom('laplace' as const, 'cauchy' as const, 'gumbel' as const), anyLocation, anyScale)
    .map(([kind, location, scale]) => ({ kind, location, scale })),
);
const anyBounds = fc.constantFrom({ lowest: -Infinity, highest: Infinity }, { lowest: 0.25, highest: 1.5 });
const anyMap: fc.Arbitrary<ValueMap> = fc
  .tuple(
    fc.constantFrom('log' as const, 'exp' as const, 'inverse_softplus' as const, 'power' as const),
    fc.constantFrom(0.001, 0.5),
  )
  .map(([kind, floor]) => valueMap(kind, 10_000, floor));

const anyOf: fc.Arbitrary<FloatKernel> = fc.oneof(
  fc.constant(uniformParameters(0.5, 16)),
  fc.constant(normalParameters(1, 0.5)),
  fc.constant(truncatedNormalParameters(0, 1)),
  fc.constant(boundedNormalParameters(0, 1, 0.1, 3)),
  anyLaw.map((law) => ({ kind: 'inversion' as const, law, lowest: -50, highest: 50 })),
);
const anyOf64: fc.Arbitrary<DoubleKernel> = fc.oneof(
  fc.constant(uniform64Parameters(0.5, 16)),
  fc.constant(normal64Parameters(1, 0.5)),
  fc.constant(boundedNormal64Parameters(0, 1, 0.1, 3)),
  anyLaw.map((law) => ({ kind: 'inversion64' as const, law, lowest: -50, highest: 50 })),
);
const anyKernel: fc.Arbitrary<FloatKernel> = fc.oneof(
  fc.tuple(anyLaw, anyBounds).map(([law, bounds]) => ({ kind: 'inversion' as const, law, ...bounds })),
  fc
    .tuple(anyOf, anyMap, anyBounds)
    .map(([of, map, bounds]) => ({ kind: 'mapped' as const, of, map, ...bounds })),
);
const anyKernel64: fc.Arbitrary<DoubleKernel> = fc.oneof(
  fc.tuple(anyLaw, anyBounds).map(([law, bounds]) => ({ kind: 'inversion64' as const, law, ...bounds })),
  fc
    .tuple(anyOf64, anyMap, anyBounds)
    .map(([of, map, bounds]) => ({ kind: 'mapped64' as const, of, map, ...bounds })),
);

const draw = (
  dtype: 'float32' | 'float64',
  kernel: StreamDraw['kernel'],
  root: StreamDraw['root'],
): StreamDraw => ({
  kind: 'stream',
  dtype,
  root,
  kernel,
});

test('in float32', () => {
  const law = fc.property(anyKernel, anyRoot, anyRange, (kernel, root, range) => {
    expectParity(draw('float32', kernel, root), range);
  });
  fc.assert(law, { numRuns: 40, seed: 32 });
});

test('in float64', () => {
  const law = fc.property(anyKernel64, anyRoot, anyRange, (kernel, root, range) => {
    expectParity(draw('float64', kernel, root), range);
  });
  fc.assert(law, { numRuns: 30, seed: 64 });
});

test('in halves, which begin at addresses where no float32 could', () => {
  const anyDtype = fc.constantFrom('float16' as const, 'bfloat16' as const);
  const law = fc.property(anyDtype, anyKernel, anyRoot, anyRange, (dtype, kernel, root, range) => {
    const narrowing = { kind: 'float', ...narrowFloatParameters(dtype, -40, 40) } as const;
    expectParity({ kind: 'stream', dtype, root, kernel, narrowing }, range);
  });
  fc.assert(law, { numRuns: 40, seed: 16 });
});
