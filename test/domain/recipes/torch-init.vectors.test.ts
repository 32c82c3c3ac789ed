/** What recipes for torch's generator pass to uniform_ and normal_, against torch.nn.init itself (vectors/torch_init.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isBadInput } from '../../../src/base/errors.js';
import { completeInit, type InitInput } from '../../../src/domain/recipes/init.js';
import { resolveRecipe } from '../../../src/domain/recipes/recipe.js';
import { sequenceKernelOf } from '../../../src/domain/recipes/resolved-draw.js';
import type { TorchDtype, TorchKernel } from '../../../src/domain/torch/torch-draw.js';

type Call = readonly [kind: 'uniform' | 'normal', first: number, second: number];

interface Vectors {
  readonly calls: readonly (readonly [
    kind: string,
    shape: readonly number[],
    parameters: Record<string, unknown>,
    call: Call,
  ])[];
  readonly accepted: readonly (readonly [
    dtype: TorchDtype,
    kind: 'uniform' | 'normal',
    parameters: readonly [number, number],
    isAccepted: boolean,
  ])[];
}

const { calls, accepted } = JSON.parse(readFileSync('test/vectors/torch_init.json', 'utf8')) as Vectors;

const kernelOf = (init: InitInput, shape: readonly number[], dtype: TorchDtype): TorchKernel =>
  sequenceKernelOf(resolveRecipe(completeInit(init), { shape, dtype }, 'torch'))?.kernel ??
  expect.fail('no draw');

function callOf(init: InitInput, shape: readonly number[], dtype: TorchDtype = 'float32'): Call {
  const kernel = kernelOf(init, shape, dtype);
  if (kernel.kind === 'torch_uniform') return ['uniform', kernel.low, kernel.high];
  if (kernel.kind === 'torch_normal') return ['normal', kernel.mean, kernel.std];
  throw new Error(kernel.kind);
}

test('kaiming_* and xavier_* pass the doubles of torch.nn.init, to the last bit', () => {
  for (const [kind, shape, parameters, call] of calls)
    expect(
      callOf({ kind, ...parameters } as InitInput, shape),
      JSON.stringify([kind, shape, parameters]),
    ).toEqual(call);
  expect(calls.length).toBeGreaterThan(1000);
});

test("wage passes upstream's limits, to the last bit", () => {
  const { rows } = JSON.parse(readFileSync('test/vectors/wage_init.json', 'utf8')) as {
    rows: readonly { shape: readonly number[]; bits_W: number; factor: number; quant_limit: number }[];
  };
  const drawn = rows.filter(({ shape }) => !shape.includes(0));
  for (const { shape, bits_W: bits, factor, quant_limit: limit } of drawn)
    expect(callOf({ kind: 'wage', bits, factor }, shape, 'float64')).toEqual(['uniform', -limit, limit]);
  expect(drawn.length).toBeGreaterThan(100);
});

describe('parameters that torch refuses are refused, those that it takes are taken:', () => {
  test.each(accepted.map((row) => [...row] as const))('%s %s %j: %s', (dtype, kind, [a, b], isAccepted) => {
    const init: InitInput = kind === 'uniform' ? { kind, low: a, high: b } : { kind, mean: a, std: b };
    const resolve = (): Call => callOf(init, [32], dtype);
    if (isAccepted) expect(resolve()).toEqual([kind, a, b]);
    else expect(resolve).toThrow(expect.objectContaining({ code: 'BAD_RANGE' }));
  });
});

test('what torch takes and the default generator has no precision for is still refused there', () => {
  for (const [dtype, std] of [
    ['float32', 1e-50],
    ['float64', 1e-300],
    ['float16', 1e-9],
  ] as const) {
    const init = completeInit({ kind: 'normal', std });
    expect(sequenceKernelOf(resolveRecipe(init, { shape: [4, 4], dtype }, 'torch'))?.kernel).toEqual({
      kind: 'torch_normal',
      mean: 0,
      std,
    });
    try {
      resolveRecipe(init, { shape: [4, 4], dtype });
      expect.fail('taken');
    } catch (error) {
      expect(isBadInput(error)).toBe(true);
    }
  }
});
