/** A recipe is coarse in a dtype that has few values in the recipe's range; this test counts them by drawing. */
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, normal, SharedTensor, type Dtype, type InitInput } from 'jumpfill';
import { at } from '../../../src/base/at.js';
import { NARROW_FORMATS } from '../../../src/domain/arithmetic/narrow-floats.js';
import type { Drawn } from '../../../src/domain/recipes/distribution.js';
import { zeroShareOf } from '../../../src/domain/recipes/zero-share.js';
import { formatTable } from '../../../src/cli/output/model-tables.js';
import { makeFolder } from '../../support/folder.js';
import { readSafetensors } from '../../support/safetensors.js';
import { completeInit } from '../../../src/domain/recipes/init.js';
import { findCoarseness, type Coarseness } from '../../../src/domain/recipes/coarseness.js';
import { resolveRecipe } from '../../../src/domain/recipes/recipe.js';

const engine = new Engine({ threads: 1, seed: 3n });
afterAll(() => engine.close());

const coarsenessOf = (dtype: Dtype, init: InitInput, shape = [64, 1024]): Coarseness | undefined => {
  const form = { shape, dtype, name: 'w' };
  return findCoarseness(resolveRecipe(completeInit(init), form), form);
};

describe.each([
  // A recipe, and how many values of the dtype lie where nearly all of its values do.
  ['bfloat16', { kind: 'normal', mean: 5, std: 0.01 }, 1],
  ['bfloat16', { kind: 'truncated_normal', mean: 5, std: 0.02 }, 3],
  ['bfloat16', { kind: 'uniform', low: 1, high: 1.03 }, 4],
  ['float16', { kind: 'normal', mean: -1000, std: 0.4 }, 5],
  ['float16', { kind: 'normal', std: 2 ** -24 }, 7],
  ['float32', { kind: 'normal', mean: 1e6, std: 0.05 }, 5],
  ['float32', { kind: 'truncated_normal', mean: 1e6, std: 0.1, low: 4, high: Infinity }, 1],
  ['float64', { kind: 'uniform', low: 1, high: 1 + 2 ** -51 }, 3],
  ['float8_e4m3fn', { kind: 'normal', std: 0.00158 }, 5],
  ['float8_e4m3fn', { kind: 'normal', mean: 5, std: 0.5 }, 8],
  ['float8_e4m3fn', { kind: 'truncated_normal', std: 0.001 }, 3],
  ['float8_e5m2', { kind: 'uniform', low: -1, high: -0.7 }, 3],
  ['float8_e5m2', { kind: 'uniform', low: -(2 ** -16), high: 2 ** -16 }, 3],
] as const)('%s, %o', (dtype, init, values) => {
  test('is coarse, and nearly all that is drawn is one of those values', async () => {
    const coarseness = coarsenessOf(dtype, init);
    expect(coarseness?.values).toBe(values);
    const tensor = SharedTensor.empty([64, 1024], { dtype, name: 'w' });
    await engine.fill(tensor, init);
    const counts = new Map<number, number>();
    for (const element of tensor.data) counts.set(element, (counts.get(element) ?? 0) + 1);
    // One more on either side, to which what lies between is rounded.
    const most = [...counts.values()].sort((a, b) => b - a).slice(0, values + 2);
    expect(most.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0.98 * tensor.length);
  });
});

test.each([
  [{ kind: 'sparse', sparsity: 0.1, std: 0.002 }, { kind: 'normal', std: 0.002 }, [64, 1024]],
  [{ kind: 'delta_orthogonal', gain: 0.03 }, { kind: 'orthogonal', gain: 0.03 }, [3, 300, 300]],
] as const)('%o is as coarse as %o', (init, like, shape) => {
  const coarseness = coarsenessOf('float8_e4m3fn', init, [...shape]);
  expect(coarseness).toBeDefined();
  expect(coarseness).toEqual(coarsenessOf('float8_e4m3fn', like, shape.slice(-2)));
  expect(coarsenessOf('bfloat16', init, [...shape])).toBeUndefined();
});

test.each([
  ['bfloat16', { kind: 'normal', mean: 5, std: 0.1 }],
  ['bfloat16', { kind: 'normal', std: 0.01 }],
  ['bfloat16', { kind: 'he_normal' }],
  ['bfloat16', { kind: 'wage', bits: 8 }],
  ['bfloat16', { kind: 'ones' }],
  ['bfloat16', { kind: 'normal', mean: 5, std: 0 }],
  ['float16', { kind: 'normal', std: 1e-6 }],
  ['float32', { kind: 'normal', mean: 5, std: 0.01 }],
  ['float32', { kind: 'truncated_normal', low: 6, high: 7 }],
  ['float64', { kind: 'normal', mean: 1e6, std: 0.01 }],
  ['int8', { kind: 'wage', bits: 2, codes: true }],
  ['float8_e4m3fn', { kind: 'normal', std: 0.02 }],
  ['float8_e5m2', { kind: 'normal', std: 0.006 }],
  ['float8_e4m3fn', { kind: 'uniform', low: 0, high: 1 }],
] as const)('%s is fine enough for %o', (dtype, init) => {
  expect(coarsenessOf(dtype, init)).toBeUndefined();
});

test('what is fine enough keeps its standard deviation within 2.4 %, what is coarse may not', async () => {
  const stdOf = async (std: number): Promise<number> => {
    const tensor = SharedTensor.empty([2 ** 18], { dtype: 'bfloat16', name: 'w' });
    await engine.fill(tensor, normal({ mean: 5, std }));
    // bfloat16 is the upper half of a float32.
    const values = Array.from(tensor.data, (bits) =>
      at(new Float32Array(Uint32Array.of(bits << 16).buffer), 0),
    );
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
  };
  // Steps of 2^-5.
  const least = 2 ** -5 / 0.7;
  expect(coarsenessOf('bfloat16', { kind: 'normal', mean: 5, std: least })).toBeUndefined();
  expect(Math.abs((await stdOf(least)) / least - 1)).toBeLessThan(0.024);
  expect(coarsenessOf('bfloat16', { kind: 'normal', mean: 5, std: 0.01 })).toBeDefined();
  expect(Math.abs((await stdOf(0.01)) / 0.01 - 1)).toBeGreaterThan(0.05);
});

test('a model with such tensors causes one warning for all that are alike', async () => {
  const init = { kind: 'normal', mean: 5, std: 0.01 };
  const spec = {
    tensors: Array.from('abcde', (name) => ({ name, shape: [4, 4], dtype: 'bfloat16', init })),
  };
  const { warnings, tensors } = await engine.planCheckpoint(spec);
  expect(warnings).toEqual([
    '5 tensors ("a", "b", "c" and 2 more): bfloat16 has only 1 value from 4.97 to 5.03, where nearly all values of the recipe lie. A wider dtype, or values nearer to 0, would keep their distribution.',
  ]);
  expect(tensors[0]?.coarseness).toEqual({ values: 1, low: 4.97, high: 5.03 });
});

test('rows with an initialiser of their own are looked at by themselves, and named in the warning', async () => {
  const rows = [
    { from: 0, to: 1, init: { kind: 'normal', mean: 5, std: 0.01 } },
    { from: 2, to: 4, init: { kind: 'uniform', low: 1, high: 1.03 } },
    { from: 4, to: 5, init: { kind: 'ones' } },
    { from: 5, to: 8, init: { kind: 'normal', std: 0.02 } },
  ];
  const init = { kind: 'normal', std: 0.02, rows, zero_rows: [1] };
  const spec = { tensors: [{ name: 'w', shape: [10, 4], dtype: 'bfloat16', init }] };
  const { warnings, tensors } = await engine.planCheckpoint(spec);
  expect(tensors[0]?.coarseness).toBeUndefined();
  expect(tensors[0]?.rowCoarseness).toEqual([
    { from: 0, to: 1, values: 1, low: 4.97, high: 5.03 },
    { from: 2, to: 4, values: 4, low: 1, high: 1.03 },
  ]);
  expect(warnings.map((text) => text.replace(/\. A wider .*/, ''))).toEqual([
    'Tensor "w": bfloat16 has only 1 value from 4.97 to 5.03, where nearly all values of row 0 lie',
    'Tensor "w": bfloat16 has only 4 values from 1 to 1.03, where nearly all values of rows 2 to 3 lie',
  ]);
});

test("what torch's generator draws is as coarse as what the default generator does", () => {
  for (const [dtype, init] of [
    ['bfloat16', { kind: 'normal', mean: 5, std: 0.01 }],
    ['bfloat16', { kind: 'uniform', low: 1, high: 1.03 }],
    ['float16', { kind: 'truncated_normal', mean: -1000, std: 0.4 }],
    ['float32', { kind: 'normal', mean: 1e6, std: 0.05 }],
    ['float32', { kind: 'normal' }],
  ] as const) {
    const form = { shape: [64, 64], dtype, name: 'w' };
    const recipe = resolveRecipe(completeInit(init), form, 'torch');
    expect(findCoarseness(recipe, form)).toEqual(coarsenessOf(dtype, init, form.shape));
  }
});

/**
 * The number of zeros is binomial: Hoeffding, JASA 58(301), 1963, theorem 1, https://doi.org/10.1080/01621459.1963.10500830. A correct
 * share fails with probability 10^-9 at most for each tensor, of freshly seeded words.
 */
const FALSE_ALARM = 1e-9;
const ZERO_COUNT = 2 ** 18;
const zeroTolerance = Math.sqrt(Math.log(2 / FALSE_ALARM) / (2 * ZERO_COUNT)); // 0.0064

test.each([
  ['float8_e4m3fn', { kind: 'normal', std: 0.00158 }],
  ['float8_e4m3fn', { kind: 'normal', std: 2 ** -11 }],
  ['float8_e4m3fn', { kind: 'normal', mean: 0.001, std: 0.001 }],
  ['float8_e4m3fn', { kind: 'truncated_normal', std: 0.001 }],
  ['float8_e4m3fn', { kind: 'truncated_normal', std: 0.002, low: -0.4, high: 3 }],
  ['float8_e4m3fn', { kind: 'uniform', low: -(2 ** -9), high: 2 ** -9 }],
  // Kept above -0.001, where 0 is the outermost value.
  ['float8_e4m3fn', { kind: 'uniform', low: -0.001, high: 0.004 }],
  // One value within the bounds, which are rounded to nearest.
  ['float8_e4m3fn', { kind: 'uniform', low: -1e-3, high: 1e-3 }],
  ['float8_e4m3fn', { kind: 'uniform', low: 0.0005, high: 0.0015 }],
  ['float8_e4m3fn', { kind: 'truncated_normal', std: 0.0005 }],
  ['float8_e5m2', { kind: 'uniform', low: -(2 ** -16) * 0.6, high: 2 ** -16 * 0.7 }],
  // Maps of values near their zeros: 1, ln 2, far below or above 0; one has a floor.
  ['float8_e4m3fn', { kind: 'uniform', low: 0.998, high: 1.003, map: 'log' }],
  ['float8_e4m3fn', { kind: 'normal', mean: Math.LN2, std: 5e-4, map: 'inverse_softplus' }],
  ['float8_e4m3fn', { kind: 'uniform', low: -9, high: -6, map: 'exp' }],
  ['float8_e4m3fn', { kind: 'uniform', low: 6.6, high: 9.8, map: 'power', base: 0.4 }],
  ['float8_e4m3fn', { kind: 'uniform', low: 0.996, high: 1.003, map: 'log', floor: 0.9985 }],
  ['float8_e5m2', { kind: 'normal', std: 2e-5 }],
  ['float16', { kind: 'normal', std: 2 ** -24 }],
] as const)('%s, %o: the share of zeros is what is drawn', async (dtype, init) => {
  const { zeroShare = NaN } = coarsenessOf(dtype, init) ?? {};
  const tensor = SharedTensor.empty([ZERO_COUNT], { dtype, name: 'w' });
  await engine.fill(tensor, init);
  const { sign } = NARROW_FORMATS[dtype];
  const zeros = tensor.data.filter((bits) => (bits & (sign - 1)) === 0).length;
  expect(Math.abs(zeros / ZERO_COUNT - zeroShare)).toBeLessThan(zeroTolerance);
  // Twice the tolerance off would be noticed, and each of these lies further from what no rounding would give: 0.
  expect(zeroShare).toBeGreaterThan(2 * zeroTolerance);
});

test('what is coarse away from 0 has no share of zeros', () => {
  expect(coarsenessOf('bfloat16', { kind: 'normal', mean: 5, std: 0.01 })).toEqual({
    values: 1,
    low: 4.97,
    high: 5.03,
  });
});

test('a bfloat16 of mean 5 and std 0.01 can be five values, and of a million elements all but three or so are three of them', async () => {
  const tensor = SharedTensor.empty([2 ** 20], { dtype: 'bfloat16', name: 'w' });
  await engine.fill(tensor, normal({ mean: 5, std: 0.01 }));
  const counts = new Map<number, number>();
  for (const bits of tensor.data) counts.set(bits, (counts.get(bits) ?? 0) + 1);
  const nearest = NARROW_FORMATS.bfloat16.toBits(5);
  const share = (bits: number): number => (counts.get(bits) ?? 0) / tensor.length;
  expect([...counts.keys()].every((bits) => Math.abs(bits - nearest) <= 2)).toBe(true);
  // P(|z| < 1.5625) = 0.8818. The two outer values have |z| > 4.6875, P = 2.8e-6: 2.9 are expected, and 30 or more have a probability of 1e-20.
  expect(Math.abs(share(nearest) - 0.8818)).toBeLessThan(Math.sqrt(Math.log(2 / FALSE_ALARM) / 2 ** 21));
  expect(tensor.length * (share(nearest - 2) + share(nearest + 2))).toBeLessThan(30);
});

test("vLLM's dummy weights, uniform within 0.001, are 97.7 % zeros as float8_e4m3fn, and -2^-9 and 2^-9: warned of, verified, as expected", async () => {
  const path = join(makeFolder(), 'vllm.safetensors');
  const init = { kind: 'uniform', low: -1e-3, high: 1e-3 };
  const spec = { tensors: [{ name: 'w', shape: [512, 512], dtype: 'float8_e4m3fn', init }] };
  const { tensors, warnings } = await engine.writeCheckpoint(spec, { out: path });
  // Half the least subnormal, 2^-10, of 0.001.
  const zeroShare = expect.closeTo(2 ** -10 / 1e-3, 12) as number;
  expect(tensors[0]?.coarseness).toEqual({ values: 3, low: -1e-3, high: 1e-3, zeroShare });
  expect(warnings).toEqual([expect.stringContaining('and 97.7 % of them become 0.')]);
  expect(formatTable(tensors, Infinity, (_, text) => text)).toMatch(/ 3 +97\.7 % /);
  const { metadata } = readSafetensors(path);
  expect(JSON.parse(metadata['jumpfill'] ?? '')).toMatchObject({
    tensors: { w: { coarseness: { values: 3, zero_share: zeroShare } } },
  });
  expect((await engine.verifyCheckpoint(path)).equal).toBe(true);
  const tensor = SharedTensor.empty([2 ** 18], { dtype: 'float8_e4m3fn', name: 'w' });
  await engine.uniform_(tensor, { low: -1e-3, high: 1e-3 });
  expect([...new Set(tensor.data)].sort((a, b) => a - b)).toEqual([0, 1, 0x80, 0x81]);
  const inspected = await engine.inspectCheckpoint(path);
  expect(inspected.tensors[0]).toMatchObject({ verdict: { kind: 'expected' } });
});

test('an interval whose ends are rounded to one value of an 8-bit float is refused, as is one with one half', () => {
  const refused = (dtype: Dtype, low: number, high: number): void => {
    const form = { shape: [4], dtype, name: 'w' };
    expect(() => resolveRecipe(completeInit({ kind: 'uniform', low, high }), form)).toThrow();
  };
  refused('float8_e4m3fn', -9e-4, 9e-4);
  refused('float8_e4m3fn', -(2 ** -10), 2 ** -10); // Ties go to 0, which is even.
  refused('float16', -(2 ** -25) * 1.1, 2 ** -25 * 1.1);
  refused('bfloat16', 1, 1 + 2 ** -8 * 1.5);
});

test('report, warning and metadata tell of a float8 that collapses, and one that does not has none', async () => {
  const path = join(makeFolder(), 'model.safetensors');
  const of = (name: string, std: number) => ({
    name,
    shape: [4, 4],
    dtype: 'float8_e4m3fn',
    init: { kind: 'normal', std },
  });
  const report = await engine.writeCheckpoint(
    { tensors: [of('few', 2 ** -10), of('many', 0.02)] },
    { out: path },
  );
  const zeroShare = expect.closeTo(0.6827, 4) as number;
  expect(report.tensors.map(({ coarseness }) => coarseness)).toEqual([
    { values: 3, low: -3 * 2 ** -10, high: 3 * 2 ** -10, zeroShare },
    undefined,
  ]);
  expect(report.warnings).toEqual([
    'Tensor "few": float8_e4m3fn has only 3 values from -0.00292969 to 0.00292969, where nearly all values of the recipe lie, and 68.3 % of them become 0. A wider dtype, or larger values with a scale beside them, would keep their distribution.',
  ]);
  const { metadata } = readSafetensors(path);
  const { tensors } = JSON.parse(metadata['jumpfill'] ?? '') as { tensors: Record<string, object> };
  expect(tensors['few']).toMatchObject({ coarseness: { values: 3, zero_share: zeroShare } });
  expect(tensors['many']).not.toHaveProperty('coarseness');
  expect((await engine.verifyCheckpoint(path)).equal).toBe(true);
});

test('the table has a column of values and one of zeros where a tensor is coarse or its grid collapses, and only there', async () => {
  const coarse = {
    name: 'a',
    shape: [4, 4],
    dtype: 'float8_e4m3fn',
    init: { kind: 'normal', std: 2 ** -10 },
  };
  const collapsed = { name: 'b', shape: [2, 65_536], init: { kind: 'wage', bits: 8 } };
  const fine = { name: 'c', shape: [4, 4], init: { kind: 'normal' } };
  const tableOf = async (...tensors: object[]): Promise<string> =>
    formatTable((await engine.planCheckpoint({ tensors })).tensors, Infinity, (_, text) => text);
  const lines = (await tableOf(coarse, collapsed, fine)).split('\n');
  expect(lines[0]).toMatch(/ values +zeros +bytes$/);
  expect(lines[1]).toMatch(/ 3 +68\.3 % /);
  expect(lines[2]).toMatch(/ 3 of 255 +33\.3 % /);
  expect(lines[3]).toMatch(/ - +- +\d+$/);
  expect(await tableOf(fine)).not.toContain('zeros');
});

test('the share of zeros of laws by inversion is that of their distribution functions', () => {
  const half = 2 ** -10;
  const shareOf = (law: Drawn): number => zeroShareOf(law, 'float8_e4m3fn');
  expect(shareOf({ kind: 'laplace', loc: 0, scale: 0.002 })).toBeCloseTo(1 - Math.exp(-half / 0.002), 8);
  expect(shareOf({ kind: 'cauchy', loc: 0, scale: 0.001 })).toBeCloseTo(
    (2 / Math.PI) * Math.atan(half / 0.001),
    8,
  );
  expect(shareOf({ kind: 'exponential', rate: 500 })).toBeCloseTo(1 - Math.exp(-500 * half), 8);
});
