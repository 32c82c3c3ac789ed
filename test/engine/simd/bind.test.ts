/** A shorter loop is chosen only if the operation that it leaves out would change nothing. */
import { expect, test } from 'vitest';
import type { FloatKernel } from '../../../src/domain/kernels/kernel.js';
import { narrowFloatParameters } from '../../../src/domain/kernels/narrow-float.js';
import type { Narrowing } from '../../../src/domain/kernels/narrowing.js';
import { normalParameters } from '../../../src/domain/kernels/normal.js';
import { truncatedNormalParameters } from '../../../src/domain/kernels/truncated-normal.js';
import { uniformParameters } from '../../../src/domain/kernels/uniform.js';
import { bindKernel } from '#built/engine/simd/bind.js';
import { bindNarrow } from '#built/engine/simd/bind-narrow.js';
import type { Kernels } from '#built/engine/simd/kernels.js';
import type { FillsExports, TransformsExports } from '#built/engine/simd/modules.js';

/** The functions that a fill of this many groups calls, in order. */
function functionsFor(kernel: FloatKernel, groups: number): string[] {
  const called: string[] = [];
  const recorder = new Proxy({} as FillsExports & TransformsExports, {
    get: (_, name) => () => called.push(String(name)),
  });
  const memory = { buffer: new SharedArrayBuffer(2 ** 16) };
  bindKernel({ fills: recorder, transforms: recorder, memory }, kernel)(0, groups);
  return called;
}

/** The last of them, for one group. */
const functionFor = (kernel: FloatKernel): string => functionsFor(kernel, 1).at(-1) ?? 'none';

const uniforms: readonly (readonly [string, FloatKernel, string])[] = [
  ['symmetric', uniformParameters(-1, 1), 'fillUniformCentred'],
  ['off the centre', uniformParameters(1, 3), 'fillUniformShifted'],
  ['that rounding would take beyond its bounds', uniformParameters(0.1, 0.3), 'fillUniform'],
  ['so narrow that a product may become -0', uniformParameters(-(2 ** -102), 2 ** -102), 'fillWords'],
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
const OVERLAPPED = ['fillWords', 'truncatedNormalOverlapped', 'centreWords'];

test.each([
  [1, [X, 'truncatedNormal']],
  [63, [X, 'truncatedNormal']],
  [64, [X, ...OVERLAPPED, 'truncatedNormal']],
  [65, [X, ...OVERLAPPED, X, 'truncatedNormal']],
])('a truncated normal of %d groups', (groups, expected) => {
  expect(functionsFor(truncatedNormalParameters(1, 1), groups)).toEqual(expected);
});

const NORMAL_OVERLAPPED = ['fillWords', 'normalOverlapped'];

test.each([
  [1, ['fillWords', 'normal']],
  [63, ['fillWords', 'normal']],
  [64, [...NORMAL_OVERLAPPED, 'normal']],
  [65, [...NORMAL_OVERLAPPED, 'fillWords', 'normal']],
])('a normal of %d groups', (groups, expected) => {
  expect(functionsFor(normalParameters(1, 1), groups)).toEqual(expected);
});

/** The last function that a fill of some groups calls, of 16-bit floats, float8 or codes. */
function narrowFunctionFor(kernel: FloatKernel, narrowing: Narrowing): string {
  const called: string[] = [];
  const recorder = new Proxy({}, { get: (_, name) => () => called.push(String(name)) });
  const modules = ['fills', 'transforms', 'narrowing', 'narrow-fills'].map(
    (name) => [name, recorder] as const,
  );
  const memory = { buffer: new SharedArrayBuffer(2 ** 16) };
  bindNarrow(
    { ...Object.fromEntries(modules), memory } as unknown as Kernels,
    kernel,
    narrowing,
    false,
  )(0, 8);
  return called.at(-1) ?? 'none';
}

const uniform = (size: number): FloatKernel => uniformParameters(-size, size);
const codes = (bits: number): Narrowing => ({ kind: 'codes', bits });

test.each<readonly [string, FloatKernel, Narrowing, string]>([
  ['a uniform of -1, 0 and 1', uniform(0.08), codes(4), 'fillTernaryCodes'],
  // Rounding swaps neighbours, so no threshold of words tells the codes apart.
  ['a truncated normal of -1, 0 and 1', truncatedNormalParameters(0, 0.0652), codes(4), 'narrowToCodes'],
  ['a uniform within the outermost codes', uniform(0.9), codes(4), 'fillUniformCodes'],
  ['a uniform beyond them', uniform(0.95), codes(4), 'fillUniformCodesBounded'],
  ['a uniform of 2^15 - 1 steps', uniform(32_767 / 128), codes(8), 'fillUniformCodesBounded'],
  ['a uniform of 2^15 steps', uniform(256), codes(8), 'narrowToCodes'],
  ['a uniform off the centre', uniformParameters(-0.9, 0.8), codes(4), 'narrowToCodes'],
  ['a uniform whose bounds act', { ...uniformParameters(-1, 1), highest: 0.5 }, codes(4), 'narrowToCodes'],
  ['a uniform whose products are not exact', uniform(2 ** -70), codes(8), 'narrowToCodes'],
])('codes of %s', (_, kernel, narrowing, expected) => {
  expect(narrowFunctionFor(kernel, narrowing)).toBe(expected);
});

const within = (dtype: 'float16' | 'bfloat16' | 'float8_e5m2', low: number, high: number): Narrowing => ({
  kind: 'float',
  ...narrowFloatParameters(dtype, low, high),
});

test.each<readonly [string, FloatKernel, Narrowing, string]>([
  ['float16, symmetric', uniform(1), within('float16', -1, 1), 'fillUniformFloat16Centred'],
  ['float16, whose bounds are not', uniform(1), within('float16', -1, 0.5), 'narrowToFloat16'],
  ['bfloat16, whose bounds are not', uniform(1), within('bfloat16', -1, 0.5), 'fillUniformBfloat16Centred'],
  ['bfloat16, on one side', uniform(1), within('bfloat16', 0, 1), 'narrowToBfloat16'],
  ['bfloat16, too small', uniform(2 ** -70), within('bfloat16', -1, 1), 'narrowToBfloat16'],
  ['bfloat16, too large', uniform(2 ** 95), within('bfloat16', -1e20, 1e20), 'narrowToBfloat16'],
  [
    'float8, more than twice its largest',
    uniform(120_000),
    within('float8_e5m2', -57_344, 57_344),
    'narrowToFloat8E5m2',
  ],
  ['float8, less', uniform(114_000), within('float8_e5m2', -57_344, 57_344), 'fillUniformFloat8E5m2Centred'],
])('a uniform %s', (_, kernel, narrowing, expected) => {
  expect(narrowFunctionFor(kernel, narrowing)).toBe(expected);
});
