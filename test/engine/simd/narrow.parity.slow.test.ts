/** 10^7 elements and more of each recipe, floats of 8 and 16 bits and codes, by SIMD and by the specification. */
import { test } from 'vitest';
import type { FloatKernel } from '../../../src/domain/kernels/kernel.js';
import { narrowFloatParameters } from '../../../src/domain/kernels/narrow-float.js';
import { truncatedNormalParameters } from '../../../src/domain/kernels/truncated-normal.js';
import { uniformParameters } from '../../../src/domain/kernels/uniform.js';
import type { Narrowing } from '../../../src/domain/kernels/narrowing.js';
import { wageLimits } from '../../../src/domain/recipes/wage.js';
import { BLOCK, expectParity, LONGEST } from '../../support/parity.js';

const ELEMENTS = 160 * BLOCK; // 10,485,760

function expectRun(kernel: FloatKernel, narrowing: Narrowing): void {
  const dtype = narrowing.kind === 'codes' ? 'int8' : narrowing.dtype;
  const root = [11, -22, 33, -44];
  for (let start = 0; start < ELEMENTS; start += LONGEST) {
    expectParity({ dtype, kind: 'stream', root, kernel, narrowing }, [start, LONGEST, 0]);
  }
}

const DTYPES = ['float16', 'bfloat16', 'float8_e4m3fn', 'float8_e5m2'] as const;

test.each(
  DTYPES.flatMap(
    (dtype) =>
      [
        [dtype, -0.05, 0.05],
        [dtype, 1e-6, 3],
        [dtype, -1e-6, 1e-6],
      ] as const,
  ),
)('%s uniform within [%s, %s]', (dtype, low, high) => {
  expectRun(uniformParameters(low, high), { kind: 'float', ...narrowFloatParameters(dtype, low, high) });
});

test.each(
  DTYPES.flatMap(
    (dtype) =>
      [
        [dtype, 0, 0.02],
        [dtype, 1, 0.3],
      ] as const,
  ),
)('%s truncated normal, mean %s, std %s', (dtype, mean, std) => {
  expectRun(truncatedNormalParameters(mean, std), {
    kind: 'float',
    ...narrowFloatParameters(dtype, mean - 2 * std, mean + 2 * std),
  });
});

test.each([
  [8, 65_536],
  [8, 1024],
  [8, 3],
  [4, 27],
  [2, 576],
  [2, 1],
])('codes of %s bits, fan-in %s, uniform and truncated normal', (bits, fanIn) => {
  const { limit } = wageLimits([1, fanIn], bits);
  expectRun(uniformParameters(-limit, limit), { kind: 'codes', bits });
  expectRun(truncatedNormalParameters(0, limit / 2), { kind: 'codes', bits });
});
