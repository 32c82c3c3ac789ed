/** A shorter loop is chosen only if the operation that it leaves out would change nothing. */
import { expect, test } from 'vitest';
import type { FloatKernel } from '../../../src/domain/kernels/kernel.js';
import { truncatedNormalParameters } from '../../../src/domain/kernels/truncated-normal.js';
import { uniformParameters } from '../../../src/domain/kernels/uniform.js';
import { bindKernel } from '#built/engine/simd/bind.js';
import type { FillsExports, TransformsExports } from '#built/engine/simd/modules.js';

/** The functions that a fill of this many groups calls, in order. */
function functionsFor(kernel: FloatKernel, groups: number): string[] {
  const called: string[] = [];
  const recorder = new Proxy({} as FillsExports & TransformsExports, {
    get: (_, name) => () => called.push(String(name)),
  });
  const memory = { buffer: new SharedArrayBuffer(0) };
  bindKernel({ fills: recorder, transforms: recorder, memory }, kernel)(0, groups);
  return called;
}

/** The last of them, for one group. */
const functionFor = (kernel: FloatKernel): string => functionsFor(kernel, 1).at(-1) ?? 'none';

const uniforms: readonly (readonly [string, FloatKernel, string])[] = [
  ['symmetric', uniformParameters(-1, 1), 'fillUniformCentred'],
  ['off the centre', uniformParameters(1, 3), 'fillUniformShifted'],
  ['that rounding would take beyond its bounds', uniformParameters(0.1, 0.3), 'fillUniform'],
  [
    'so narrow that a product may become -0',
    uniformParameters(-(2 ** -102), 2 ** -102),
    'fillUniformShifted',
  ],
  ['of one value', uniformParameters(0, 0), 'fillUniformShifted'],
];

test.each(uniforms)('a uniform %s', (_, kernel, expected) => {
  expect(functionFor(kernel)).toBe(expected);
});

test.each([
  [0, 1, 'truncatedNormalCentred'],
  [0, 2 ** -100, 'truncatedNormalCentred'],
  [0, 2 ** -101, 'truncatedNormal'],
  [2 ** -149, 1, 'truncatedNormal'],
])('a truncated normal of mean %d and std %d', (mean, std, expected) => {
  expect(functionFor(truncatedNormalParameters(mean, std))).toBe(expected);
});

const X = 'fillUniformCentred';

test.each([
  [1, [X, 'truncatedNormal']],
  [63, [X, 'truncatedNormal']],
  [64, [X, 'truncatedNormalOverlapped', 'truncatedNormal']],
  [65, [X, 'truncatedNormalOverlapped', X, 'truncatedNormal']],
])('a truncated normal of %d groups', (groups, expected) => {
  expect(functionsFor(truncatedNormalParameters(1, 1), groups)).toEqual(expected);
});
