/** Halves and codes by SIMD equal the specification byte for byte, for any range. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StreamDraw } from '../../../src/domain/draws/stream-draw.js';
import type { FloatKernel } from '../../../src/domain/kernels/kernel.js';
import { boundedNormalParameters } from '../../../src/domain/kernels/bounded-normal.js';
import { constantHalfParameters, halfParameters } from '../../../src/domain/kernels/store-half.js';
import { normalParameters } from '../../../src/domain/kernels/normal.js';
import { truncatedNormalParameters } from '../../../src/domain/kernels/truncated-normal.js';
import { uniformParameters } from '../../../src/domain/kernels/uniform.js';
import { narrow, type Narrowing } from '../../../src/domain/kernels/narrowing.js';
import { wageLimits } from '../../../src/domain/recipes/wage.js';
import { compileSimd } from '#built/engine/simd/code.js';
import { kernelsOn } from '#built/engine/simd/kernels.js';
import type { LanesExports } from '#built/engine/simd/modules.js';
import { allocateMemory } from '#built/engine/memory/wasm.js';
import { expectSameBytes } from '../../support/bytes.js';
import { anyRange, anyRoot, BLOCK, expectParity, type Range } from '../../support/parity.js';

type Run = readonly [kernel: FloatKernel, narrowing: Narrowing];

function expectRun([kernel, narrowing]: Run, root: StreamDraw['root'], range: Range): void {
  const dtype = narrowing.kind === 'codes' ? 'int8' : narrowing.dtype;
  expectParity({ dtype, kind: 'stream', root, kernel, narrowing }, range);
}

const anyDtype = fc.constantFrom('float16' as const, 'bfloat16' as const);
const anyBits = fc.integer({ min: 2, max: 8 });
/** Powers of ten, so that small and large ones come as often. */
const anySize = fc.double({ noNaN: true, min: -7, max: 4.8 }).map((power) => 10 ** power);

const anyUniformHalf = fc
  .tuple(anyDtype, anySize, anySize, fc.boolean())
  .map(([dtype, size, shift, centred]): Run => {
    const [low, high] = centred ? [-size, size] : [shift - size, shift];
    return [uniformParameters(low, high), { kind: 'half', ...halfParameters(dtype, low, high) }];
  });
const anyNormalHalf = fc
  .tuple(anyDtype, anySize, anySize, fc.boolean())
  .map(([dtype, size, shift, centred]): Run => {
    const [mean, std] = [centred ? 0 : shift / 2, size / 5];
    return [
      truncatedNormalParameters(mean, std),
      { kind: 'half', ...halfParameters(dtype, mean - 2 * std, mean + 2 * std) },
    ];
  });
const anyOtherHalf = fc
  .tuple(anyDtype, fc.double({ noNaN: true, min: -3, max: 3 }), fc.boolean())
  .map(([dtype, mean, bounded]): Run => [
    bounded ? boundedNormalParameters(mean, 1, -0.5, 3) : normalParameters(mean, 2),
    { kind: 'half', ...halfParameters(dtype, -60_000, 60_000) },
  ]);
const anyConstantHalf = fc
  .tuple(anyDtype, fc.float({ noNaN: true, min: -60_000, max: 60_000 }))
  .map(([dtype, x]): Run => {
    const value = x + 0;
    return [
      { kind: 'constant', value },
      { kind: 'half', ...constantHalfParameters(dtype, value) },
    ];
  });
const anyWageCodes = fc
  .tuple(fc.integer({ min: 1, max: 100_000 }), anyBits, anySize)
  .map(([fanIn, bits, factor]): Run => {
    const { limit } = wageLimits([1, fanIn], bits, factor);
    return [uniformParameters(-limit, limit), { kind: 'codes', bits }];
  });
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
  ['uniform halves', anyUniformHalf],
  ['truncated normal halves', anyNormalHalf],
  ['normal halves', anyOtherHalf],
  ['constant halves', anyConstantHalf],
  ['uniform codes', anyWageCodes],
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
  ['bfloat16', 2 ** -100],
  ['bfloat16', 2 ** -64],
  ['bfloat16', 2 ** 90],
  ['bfloat16', 2 ** 96],
  ['bfloat16', 3.3e38],
] as const)('%s at the ends of the range: within %s', (dtype, size) => {
  const bounds: Run[1] = { kind: 'half', ...halfParameters(dtype, -size, size) };
  expectRun([uniformParameters(-size, size), bounds], [1, 2, 3, 4], [0, BLOCK, 0]);
  const normal: Run[1] = { kind: 'half', ...halfParameters(dtype, -size, size) };
  expectRun([truncatedNormalParameters(0, size / 2), normal], [1, 2, 3, 4], [0, BLOCK, 0]);
});

test('one-sided intervals give +0 where their end is 0', () => {
  for (const dtype of ['float16', 'bfloat16'] as const) {
    for (const [low, high] of [
      [-1e-7, 0],
      [0, 1e-7],
      [0, 1],
      [-1, 0],
      [-1e-9, 1],
      [-1, 1e-9],
    ] as const) {
      expectRun(
        [uniformParameters(low, high), { kind: 'half', ...halfParameters(dtype, low, high) }],
        [5, 6, 7, 8],
        [7, 5000, 3],
      );
    }
  }
});

const LONGEST = 2 * BLOCK;
const memory = allocateMemory(4 * LONGEST) ?? expect.fail('no memory');
const { narrowing } = kernelsOn(compileSimd(), {} as LanesExports, memory);

test('every half, every midpoint and its float32 neighbours, with both signs', () => {
  const patterns = new Int32Array(memory.buffer, 0, LONGEST);
  const values = new Float32Array(memory.buffer, 0, LONGEST);
  for (const dtype of ['float16', 'bfloat16'] as const) {
    const all = halfParameters(dtype, -Infinity, Infinity);
    const bounds = { dtype, lowest: -all.highest, highest: all.highest };
    // Half a place is 2^12 float32 patterns for a normal float16, fewer for a subnormal one, 2^15 for a bfloat16.
    const stride = dtype === 'float16' ? 2 ** 9 : 2 ** 15;
    const [first, last] = dtype === 'float16' ? [0x32000000, 0x47800000] : [0, 0x7f800000];
    for (let at = first; at < last;) {
      let n = 0;
      for (; n + 6 <= LONGEST / 2 && at < last; at += stride) {
        for (const near of [at - 1, at, at + 1]) {
          patterns[n++] = Math.max(near, 0);
          patterns[n++] = Math.max(near, 0) | 0x80000000;
        }
      }
      const groups = Math.ceil(n / 16);
      const copy = values.slice(0, 16 * groups);
      const wanted = new Uint16Array(copy.length);
      narrow(wanted, copy, { kind: 'half', ...bounds });
      const name = dtype === 'float16' ? 'narrowToFloat16' : 'narrowToBfloat16';
      narrowing[name](0, 0, groups, bounds.lowest, bounds.highest);
      expectSameBytes(new Uint16Array(memory.buffer, 0, wanted.length), wanted, dtype);
    }
  }
});
