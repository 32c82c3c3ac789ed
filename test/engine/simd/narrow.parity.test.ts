/** Halves, float8 and codes by SIMD equal the specification byte for byte, for any range. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StreamDraw } from '../../../src/domain/draws/stream-draw.js';
import { valueOfRank } from '../../../src/domain/arithmetic/narrow-floats.js';
import type { FloatKernel } from '../../../src/domain/kernels/kernel.js';
import { boundedNormalParameters } from '../../../src/domain/kernels/bounded-normal.js';
import {
  constantNarrowFloat,
  narrowFloatParameters,
  nearestFloatParameters,
} from '../../../src/domain/kernels/narrow-float.js';
import { normalParameters } from '../../../src/domain/kernels/normal.js';
import { truncatedNormalParameters } from '../../../src/domain/kernels/truncated-normal.js';
import { uniformParameters } from '../../../src/domain/kernels/uniform.js';
import { narrow, type Narrowing } from '../../../src/domain/kernels/narrowing.js';
import { wageLimits } from '../../../src/domain/recipes/wage.js';
import { compileSimd } from '#built/engine/simd/code.js';
import { kernelsOn } from '#built/engine/simd/kernels.js';
import type { LanesExports } from '#built/engine/simd/modules.js';
import { allocateMemory } from '#built/engine/memory/wasm.js';
import { DTYPES, elementsAt } from '../../../src/domain/tensors/dtypes.js';
import { expectSameBytes } from '../../support/bytes.js';
import { anyRange, anyRoot, BLOCK, expectParity, type Range } from '../../support/parity.js';

type Run = readonly [kernel: FloatKernel, narrowing: Narrowing];

function expectRun([kernel, narrowing]: Run, root: StreamDraw['root'], range: Range): void {
  const dtype = narrowing.kind === 'codes' ? 'int8' : narrowing.dtype;
  expectParity({ dtype, kind: 'stream', root, kernel, narrowing }, range);
}

const NARROW_DTYPES = ['float16', 'bfloat16', 'float8_e4m3fn', 'float8_e5m2'] as const;
const anyDtype = fc.constantFrom(...NARROW_DTYPES);
const anyBits = fc.integer({ min: 2, max: 8 });
/** Powers of ten, so that small and large ones come as often. */
const anySize = fc.double({ noNaN: true, min: -7, max: 4.8 }).map((power) => 10 ** power);

const anyUniformFloat = fc
  .tuple(anyDtype, anySize, anySize, fc.boolean())
  .map(([dtype, size, shift, centred]): Run => {
    const [low, high] = centred ? [-size, size] : [shift - size, shift];
    return [uniformParameters(low, high), { kind: 'float', ...narrowFloatParameters(dtype, low, high) }];
  });
const anyNormalFloat = fc
  .tuple(anyDtype, anySize, anySize, fc.boolean())
  .map(([dtype, size, shift, centred]): Run => {
    const [mean, std] = [centred ? 0 : shift / 2, size / 5];
    return [
      truncatedNormalParameters(mean, std),
      { kind: 'float', ...narrowFloatParameters(dtype, mean - 2 * std, mean + 2 * std) },
    ];
  });
/** Intervals of a few steps of an 8-bit float or less, with the ends rounded to nearest. */
const anyNarrowInterval = fc
  .tuple(
    fc.constantFrom('float8_e4m3fn', 'float8_e5m2'),
    fc.double({ noNaN: true, min: 0.5, max: 3 }),
    fc.boolean(),
  )
  .map(([dtype, steps, centred]): Run => {
    const size = steps * valueOfRank(1, dtype);
    const [low, high] = [-size, centred ? size : 1.3 * size];
    return [uniformParameters(low, high), { kind: 'float', ...nearestFloatParameters(dtype, low, high) }];
  });
const anyOtherFloat = fc
  .tuple(anyDtype, fc.double({ noNaN: true, min: -3, max: 3 }), fc.boolean())
  .map(([dtype, mean, bounded]): Run => [
    bounded ? boundedNormalParameters(mean, 1, -0.5, 3) : normalParameters(mean, 2),
    { kind: 'float', ...narrowFloatParameters(dtype, -60_000, 60_000) },
  ]);
const anyConstantFloat = fc
  .tuple(anyDtype, fc.float({ noNaN: true, min: -60_000, max: 60_000 }))
  .map(([dtype, x]): Run => {
    const value = x + 0;
    return [
      { kind: 'constant', value },
      { kind: 'float', ...constantNarrowFloat(dtype, value) },
    ];
  });
const anyWageCodes = fc
  .tuple(fc.integer({ min: 1, max: 100_000 }), anyBits, anySize)
  .map(([fanIn, bits, factor]): Run => {
    const { limit } = wageLimits([1, fanIn], bits, factor);
    return [uniformParameters(-limit, limit), { kind: 'codes', bits }];
  });
/** From less than a step to more than SIMD's sum can hold, 2^15 steps, where nearly all codes are the outermost. */
const anyUniformCodes = fc
  .tuple(anyBits, anySize, fc.constantFrom(0, 0, 0.3))
  .map(([bits, size, centre]): Run => [
    uniformParameters(centre - size, centre + size),
    { kind: 'codes', bits },
  ]);
const anyNormalCodes = fc
  .tuple(anyBits, fc.double({ noNaN: true, min: -4, max: 1 }), fc.constantFrom(0, 0, 0.3))
  .map(([bits, power, mean]): Run => [truncatedNormalParameters(mean, 10 ** power), { kind: 'codes', bits }]);
const anyConstantCodes = fc
  .tuple(anyBits, fc.float({ noNaN: true, min: -2, max: 2 }))
  .map(([bits, value]): Run => [
    { kind: 'constant', value },
    { kind: 'codes', bits },
  ]);

test.each([
  ['uniform floats', anyUniformFloat],
  ['truncated normal floats', anyNormalFloat],
  ['floats within bounds rounded to nearest', anyNarrowInterval],
  ['normal floats', anyOtherFloat],
  ['constant floats', anyConstantFloat],
  ['uniform codes', anyWageCodes],
  ['uniform codes of any width', anyUniformCodes],
  ['truncated normal codes', anyNormalCodes],
  ['constant codes', anyConstantCodes],
])('%s equal the specification', (_, anyRun) => {
  const law = fc.property(anyRun, anyRoot, anyRange, (run, root, range) => {
    const [kernel, narrowing] = run;
    fc.pre(narrowing.kind === 'codes' || narrowing.lowest <= narrowing.highest);
    fc.pre(kernel.kind !== 'uniform' || kernel.spacing >= 2 ** -126);
    expectRun(run, root, range);
  });
  fc.assert(law, { numRuns: 60 });
});

test.each([
  ['float16', 2 ** -24],
  ['float16', 2 ** -13],
  ['float16', 65_504],
  ['float16', 65_519],
  // Parts of products with such spacings lie below the least float32.
  ['bfloat16', 1.21078355e-31],
  ['bfloat16', 1.63467451e-31],
  ['bfloat16', 1.86919463e-31],
  ['bfloat16', 2 ** -100],
  ['bfloat16', 2 ** -64],
  ['bfloat16', 2 ** 90],
  ['bfloat16', 2 ** 96],
  ['bfloat16', 3.3e38],
  ['float8_e4m3fn', 2 ** -9],
  ['float8_e4m3fn', 2 ** -6],
  ['float8_e4m3fn', 448],
  ['float8_e4m3fn', 500],
  ['float8_e5m2', 2 ** -16],
  ['float8_e5m2', 2 ** -13],
  ['float8_e5m2', 57_344],
  ['float8_e5m2', 1e30],
] as const)('%s at the ends of the range: within %s', (dtype, size) => {
  const bounds: Run[1] = { kind: 'float', ...narrowFloatParameters(dtype, -size, size) };
  expectRun([uniformParameters(-size, size), bounds], [1, 2, 3, 4], [0, BLOCK, 0]);
  const normal: Run[1] = { kind: 'float', ...narrowFloatParameters(dtype, -size, size) };
  expectRun([truncatedNormalParameters(0, size / 2), normal], [1, 2, 3, 4], [0, BLOCK, 0]);
});

test.each([2, 5, 8])(
  'codes of %s bits, from an interval just within what SIMD can sum to far beyond it',
  (bits) => {
    const step = 2 ** (1 - bits);
    for (const steps of [0.4, 1, 2 ** 15 - 1, 2 ** 15, 2 ** 15 + 9, 2 ** 16, 2 ** 23 + 1, 2 ** 30]) {
      const kernel = uniformParameters(-steps * step, steps * step);
      expectRun([kernel, { kind: 'codes', bits }], [5, 6, 7, 8], [0, BLOCK, 0]);
    }
  },
);

test('one-sided intervals give +0 where their end is 0', () => {
  for (const dtype of NARROW_DTYPES) {
    for (const [low, high] of [
      [-1e-7, 0],
      [0, 1e-7],
      [0, 1],
      [-1, 0],
      [-1e-9, 1],
      [-1, 1e-9],
    ] as const) {
      expectRun(
        [uniformParameters(low, high), { kind: 'float', ...narrowFloatParameters(dtype, low, high) }],
        [5, 6, 7, 8],
        [7, 5000, 3],
      );
    }
  }
});

const LONGEST = 2 * BLOCK;
const memory = allocateMemory(4 * LONGEST) ?? expect.fail('no memory');
const { narrowing } = kernelsOn(compileSimd(), {} as LanesExports, memory);

const FUNCTIONS = {
  float16: 'narrowToFloat16',
  bfloat16: 'narrowToBfloat16',
  float8_e4m3fn: 'narrowToFloat8E4m3',
  float8_e5m2: 'narrowToFloat8E5m2',
} as const;

/** float32 patterns: half a place is 2^12 of them for a normal float16, fewer for a subnormal one, 2^15 for a bfloat16. */
const SWEEPS = {
  float16: { first: 0x32000000, last: 0x47800000, stride: 2 ** 9 },
  bfloat16: { first: 0, last: 0x7f800000, stride: 2 ** 15 },
  // From below half the least subnormal (a tie with 0) on, a place of which is 2^20 patterns or more.
  float8_e4m3fn: { first: 0x3a000000, last: 0x44000000, stride: 2 ** 14 },
  float8_e5m2: { first: 0x37000000, last: 0x47800000, stride: 2 ** 14 },
} as const;

function expectNarrowed(
  dtype: (typeof NARROW_DTYPES)[number],
  count: number,
  low: number,
  high: number,
): void {
  const groups = Math.ceil(count / 16);
  const copy = new Float32Array(memory.buffer, 0, LONGEST).slice(0, 16 * groups);
  const wanted = elementsAt(dtype, new ArrayBuffer(2 * copy.length), 0, copy.length);
  narrow(wanted, copy, { kind: 'float', dtype, lowest: low, highest: high });
  narrowing[FUNCTIONS[dtype]](0, 0, groups, low, high);
  expectSameBytes(elementsAt(dtype, memory.buffer, 0, wanted.length), wanted, dtype);
}

test.each(NARROW_DTYPES)(
  '%s: every value, every midpoint and its float32 neighbours, with both signs',
  (dtype) => {
    const patterns = new Int32Array(memory.buffer, 0, LONGEST);
    const { largest } = DTYPES[dtype];
    const { first, last, stride } = SWEEPS[dtype];
    for (let at = first; at < last;) {
      let n = 0;
      for (; n + 6 <= LONGEST / 2 && at < last; at += stride) {
        for (const near of [at - 1, at, at + 1]) {
          patterns[n++] = Math.max(near, 0);
          patterns[n++] = Math.max(near, 0) | 0x80000000;
        }
      }
      expectNarrowed(dtype, n, -largest, largest);
    }
  },
);

test.each(NARROW_DTYPES)(
  '%s: every exponent of float32, within bounds on both sides and on one side of 0',
  (dtype) => {
    const patterns = new Int32Array(memory.buffer, 0, LONGEST);
    const { largest } = DTYPES[dtype];
    for (const [low, high] of [
      [-largest, largest],
      [-0.5, 2],
      [0, 1],
      [-1, 0],
      [0.25, 8],
      [-8, -0.25],
    ] as const) {
      let n = 0;
      for (let exponent = 0; exponent < 255; exponent++) {
        for (const fraction of [0, 1, 0x0fffff, 0x100000, 0x100001, 0x2aaaaa, 0x300000, 0x7fffff]) {
          patterns[n++] = (exponent << 23) | fraction;
          // A kernel gives no -0.
          patterns[n++] = (exponent << 23) | fraction | (exponent + fraction === 0 ? 0 : 0x80000000);
        }
      }
      expectNarrowed(dtype, n, low, high);
    }
  },
);
