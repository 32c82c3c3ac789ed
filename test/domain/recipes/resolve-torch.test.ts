/** The refusals of torch's generator, row by row, and the parameters of its draws. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { NotImplementedError, ValueError } from '../../../src/base/errors.js';
import { completeInit, INIT_KINDS, type InitInput } from '../../../src/domain/recipes/init.js';
import { resolveRecipe } from '../../../src/domain/recipes/recipe.js';
import { TORCH_KINDS } from '../../../src/domain/recipes/torch-kinds.js';
import type { Dtype } from '../../../src/domain/tensors/dtypes.js';
import { BLOCK_REACH, DOUBLE_REACH } from '../../../src/domain/torch/reach.js';

/** torch's kernel, or the recipe of what takes no words. */
function kernelOf(
  init: InitInput,
  dtype: Dtype = 'float32',
  shape: readonly number[] = [32, 32],
): { readonly kind: string } {
  const recipe = resolveRecipe(completeInit(init), { shape, dtype, name: 'w' }, 'torch');
  return recipe.kind === 'torch' ? recipe.kernel : recipe;
}

describe('not drawn, with what to use instead:', () => {
  test.each([
    [{ kind: 'wage_variance_scaling', bits: 2 }, 'wage'],
    [{ kind: 'variance_scaling' }, 'kaiming_uniform'],
    [{ kind: 'he_uniform' }, 'kaiming_uniform'],
    [{ kind: 'he_normal' }, 'kaiming_normal'],
    [{ kind: 'glorot_uniform' }, 'xavier_uniform'],
    [{ kind: 'glorot_normal' }, 'xavier_normal'],
    [{ kind: 'lecun_uniform' }, 'kaiming_uniform'],
    [{ kind: 'lecun_normal' }, 'kaiming_normal'],
    [{ kind: 'kaiming_uniform', layout: 'keras' }, 'torch'],
    [{ kind: 'kaiming_normal', layout: 'keras' }, 'torch'],
    [{ kind: 'xavier_uniform', layout: 'keras' }, 'torch'],
    [{ kind: 'xavier_normal', layout: 'keras' }, 'torch'],
    [{ kind: 'wage', bits: 4, codes: true }, 'default generator'],
    [{ kind: 'truncated_normal', low: -3, high: 3 }, 'Leave out low and high'],
    [{ kind: 'truncated_normal', low: -2, high: Infinity }, 'normal'],
    [{ kind: 'truncated_normal', low: 'inf', high: '-inf' }, ''],
  ] as const)('%o', (init, instead) => {
    const dtype = 'codes' in init ? 'int8' : 'float32';
    if (instead === '') {
      expect(() => kernelOf(init)).toThrow(expect.objectContaining({ code: 'BAD_RANGE' }));
      return;
    }
    expect(() => kernelOf(init, dtype)).toThrow(NotImplementedError);
    expect(() => kernelOf(init, dtype)).toThrow(expect.objectContaining({ code: 'NOT_IMPLEMENTED' }));
    expect(() => kernelOf(init, dtype)).toThrow(instead);
  });
});

test('a reason names only kinds that torch draws, or the default generator', () => {
  for (const reason of Object.values(TORCH_KINDS)) {
    if (reason === true) continue;
    const named = INIT_KINDS.filter((kind) => new RegExp(`\\b${kind}\\b`).test(reason));
    expect(named.length, reason).toBeGreaterThan(0);
    for (const kind of named) expect(TORCH_KINDS[kind], reason).toBe(true);
    expect(reason).toContain('or the default generator.');
  }
});

test("the initialisers' page has every kind in the table of what torch draws, or in that of what it does not", () => {
  const page = readFileSync('src/domain/recipes/README.md', 'utf8');
  const section = page.slice(page.indexOf("## With torch's generator"), page.indexOf("## WAGE's codes"));
  const [drawn = '', refused = ''] = section.split('Whatever torch does not draw');
  const listed = (table: string): string[] =>
    table.split('\n').flatMap((line) => {
      const [, cell = ''] = /^\| ([^|]*) \|/.exec(line) ?? [];
      return INIT_KINDS.filter((kind) => cell.replace(/^other.*/, '').includes(`\`${kind}\``));
    });
  const kindsThat = (isDrawn: boolean): string[] =>
    INIT_KINDS.filter((kind) => (TORCH_KINDS[kind] === true) === isDrawn);
  expect(listed(drawn).sort()).toEqual(kindsThat(true).sort());
  expect(listed(refused).sort()).toEqual(kindsThat(false).sort());
});

test('int8 holds constants and nothing else', () => {
  expect(kernelOf({ kind: 'constant', value: 3 }, 'int8').kind).toBe('constant');
  for (const init of [
    { kind: 'uniform', low: -1, high: 1 },
    { kind: 'normal' },
    { kind: 'wage', bits: 4 },
  ] as const)
    expect(() => kernelOf(init, 'int8')).toThrow(expect.objectContaining({ code: 'BAD_DTYPE' }));
});

describe('out of range:', () => {
  const largest = { float32: (2 - 2 ** -23) * 2 ** 127, float16: 65_504, bfloat16: (2 - 2 ** -7) * 2 ** 127 };
  test.each([
    ['float32', { kind: 'uniform', low: 1, high: 0 }, 'low must not be above high'],
    ['float32', { kind: 'uniform', low: NaN, high: 0 }, 'low must be a finite number'],
    ['float32', { kind: 'uniform', low: 0, high: Infinity }, 'high must be a finite number'],
    ['float16', { kind: 'uniform', low: 0, high: 65_505 }, 'holds at most 65504'],
    ['float16', { kind: 'uniform', low: -40_000, high: 40_000 }, 'no wider than 65504'],
    ['float64', { kind: 'uniform', low: -1e308, high: 1e308 }, 'intervals no wider than'],
    ['float32', { kind: 'normal', std: -1 }, 'std must not be negative'],
    ['float32', { kind: 'normal', std: NaN }, 'std must be a finite number'],
    ['float32', { kind: 'normal', mean: Infinity }, 'mean must be a finite number'],
    ['float32', { kind: 'normal', std: largest.float32 / 5 }, 'more than a float32 can hold'],
    ['float16', { kind: 'normal', mean: 60_000, std: 1000 }, 'more than a float16 can hold'],
    ['bfloat16', { kind: 'truncated_normal', std: largest.bfloat16 / 5 }, 'more than a bfloat16 can hold'],
    ['float64', { kind: 'truncated_normal', std: 1e308 }, 'more than a float64 can hold'],
    ['float32', { kind: 'truncated_normal', std: -0.5 }, 'std must not be negative'],
    ['float32', { kind: 'truncated_normal', low: NaN }, 'low must be a number'],
    ['float32', { kind: 'truncated_normal', low: 2, high: -2 }, 'low must be below high'],
    ['float32', { kind: 'constant', value: 1e39 }, 'holds at most'],
  ] as const)('%s %o', (dtype, init, words) => {
    expect(() => kernelOf(init, dtype)).toThrow(ValueError);
    expect(() => kernelOf(init, dtype)).toThrow(expect.objectContaining({ code: 'BAD_RANGE' }));
    expect(() => kernelOf(init, dtype)).toThrow(words);
  });

  test('a limit of WAGE that float16 holds and torch cannot draw, for the interval is twice as wide', () => {
    const factor = (40_000 ** 2 * 1024) / 3;
    expect(() => kernelOf({ kind: 'wage', bits: 2, factor }, 'float16', [4, 1024])).toThrow(
      expect.objectContaining({ code: 'BAD_RANGE' }),
    );
  });

  test('fewer than 16 normals reach further than a block of them, in every dtype but float64', () => {
    const std = largest.float32 / 6;
    expect(BLOCK_REACH).toBeLessThan(6);
    expect(DOUBLE_REACH).toBeGreaterThan(6);
    expect(kernelOf({ kind: 'normal', std }, 'float32', [16])).toEqual({
      kind: 'torch_normal',
      mean: 0,
      std,
    });
    expect(() => kernelOf({ kind: 'normal', std }, 'float32', [15])).toThrow('can hold');
    // Four normals an element: 4 elements are a block.
    expect(kernelOf({ kind: 'truncated_normal', std }, 'float32', [4]).kind).toBe('torch_truncated_normal');
    expect(() => kernelOf({ kind: 'truncated_normal', std }, 'float32', [3])).toThrow('can hold');
  });
});

test('what takes no words is a constant: zeros, ones, an empty tensor', () => {
  for (const init of [{ kind: 'zeros' }, { kind: 'ones' }, { kind: 'constant', value: -2.5 }] as const)
    for (const dtype of ['float32', 'float16', 'bfloat16'] as const)
      expect(kernelOf(init, dtype).kind).toBe('constant');
  expect(kernelOf({ kind: 'zeros' }, 'float64').kind).toBe('constant');
  expect(kernelOf({ kind: 'kaiming_uniform' }, 'float32', [0, 4]).kind).toBe('constant');
  expect(kernelOf({ kind: 'wage', bits: 2 }, 'float32', [0, 0]).kind).toBe('constant');
});

test('a std of 0 and an interval of no width are drawn: torch takes their words', () => {
  expect(kernelOf({ kind: 'normal', mean: 3, std: 0 })).toEqual({ kind: 'torch_normal', mean: 3, std: 0 });
  expect(kernelOf({ kind: 'truncated_normal', std: 0 }).kind).toBe('torch_truncated_normal');
  expect(kernelOf({ kind: 'uniform', low: 1, high: 1 })).toEqual({ kind: 'torch_uniform', low: 1, high: 1 });
  expect(kernelOf({ kind: 'uniform', low: -0, high: 0 })).toEqual({ kind: 'torch_uniform', low: 0, high: 0 });
});
