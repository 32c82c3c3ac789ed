/** The generator of a spec, and where its tensors' draws begin. */
import { describe, expect, test } from 'vitest';
import { JumpfillError } from '../../../src/base/errors.js';
import { resolveModel } from '../../../src/domain/specs/spec.js';

const NORMAL = { kind: 'normal' };
const w = { name: 'w', shape: [4], init: NORMAL };
const tensors = [w];

function refusalOf(spec: unknown, option?: unknown): string {
  try {
    resolveModel(spec, undefined, { option });
  } catch (error) {
    if (error instanceof JumpfillError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error('it was accepted');
}

test('the option goes before the spec, the spec before the fallback, and xoroshiro128+ is the default', () => {
  const generatorOf = (spec: object, choice: object = {}): string =>
    resolveModel({ tensors, ...spec }, undefined, choice).generator;
  expect(generatorOf({})).toBe('xoroshiro128+');
  expect(generatorOf({}, { fallback: 'torch' })).toBe('torch');
  expect(generatorOf({ generator: 'xoroshiro128+' }, { fallback: 'torch' })).toBe('xoroshiro128+');
  expect(generatorOf({ generator: 'torch' }, { option: 'xoroshiro128+' })).toBe('xoroshiro128+');
});

test('a negative seed of a spec is for torch, as a number or as a decimal string', () => {
  for (const seed of [-1, '-1', -1n, '-01'])
    expect(resolveModel({ seed, generator: 'torch', tensors }).seed).toBe(2n ** 64n - 1n);
  expect(resolveModel({ seed: -1, tensors }, undefined, { option: 'torch' }).seed).toBe(2n ** 64n - 1n);
  expect(refusalOf({ seed: '-1', tensors })).toBe(
    'BAD_SEED: seed: The seed is -1. A seed is a whole number from 0 to 2^64 - 1; `generator` torch takes this one.',
  );
  expect(refusalOf({ seed: '-9223372036854775809', generator: 'torch', tensors })).toMatch(/from -2\^63/);
});

describe('is refused:', () => {
  test.each<[unknown, RegExp]>([
    [{ generator: 'tourch', tensors }, /^BAD_SPEC: generator is "tourch"\. Did you mean "torch"\?/],
    [{ generator: 'pytorch', tensors }, /Did you mean "torch"\?/],
    [{ generator: 'MT19937', tensors }, /Did you mean "torch"\?/],
    [{ generator: 'xoroshiro128', tensors }, /Did you mean "xoroshiro128\+"\?/],
    [{ generator: 'philox', tensors }, /on GPUs is not supported/],
    [{ generator: 1, tensors }, /generator is 1\. A generator is a string: "torch"\./],
    [{ generater: 'torch', tensors }, /Did you mean "generator"\?/],
    [
      { tensors: [{ ...w, first_word: 0 }] },
      /^BAD_SPEC: tensors\[0\]\.first_word: with xoroshiro128\+ each .* "generator": "torch"/,
    ],
    [{ tensors: [{ ...w, cached_normal: 0 }] }, /tensors\[0\]\.cached_normal: with xoroshiro128\+ each/],
    [{ generator: 'torch', tensors: [{ ...w, cached_normal: 0 }] }, /cached_normal: first_word is missing/],
    [
      { generator: 'torch', tensors: [{ ...w, first_word: -1 }] },
      /tensors\[0\]\.first_word is -1\. A first word is a whole number/,
    ],
    [{ generator: 'torch', tensors: [{ ...w, first_word: 0.5 }] }, /first_word is 0\.5/],
    [
      { generator: 'torch', tensors: [{ ...w, first_word: 2 ** 53 }] },
      /first_word is greater than 2\^53 - 625/,
    ],
    [
      { generator: 'torch', tensors: [{ ...w, first_word: 2 ** 53 - 624 }] },
      /first_word is 9007199254740368\. A first word is a whole number from 0 to 2\^53 - 625/,
    ],
    [{ generator: 'torch', tensors: [{ ...w, first_word: '1' }] }, /A first word is a whole number/],
    [
      { generator: 'torch', tensors: [{ ...w, first_word: 0, cached_normal: Infinity }] },
      /cached_normal is Infinity/,
    ],
    [{ generator: 'torch', tensors: [{ ...w, first_word: 0, cached_normal: NaN }] }, /cached_normal is NaN/],
    [
      { generator: 'torch', tensors: [{ ...w, first_word: 0, cached_normal: 1e300 }] },
      /cached_normal is 1e\+300\. A cached normal is a number from -8\.57\d* to 8\.57\d*:/,
    ],
    [
      { generator: 'torch', tensors: [{ ...w, first_word: 0, cached_normal: -8.58 }] },
      /is -8\.58\. A cached/,
    ],
    [
      { generator: 'torch', rules: [{ match: '*', init: NORMAL, first_word: 0 }], tensors },
      /rules\[0\]\.first_word is an unknown key/,
    ],
    [
      { generator: 'torch', tensors: [{ ...w, init: { kind: 'he_normal' } }] },
      /^NOT_IMPLEMENTED: tensors\[0\]\.init: Tensor "w": torch/,
    ],
    [
      {
        generator: 'torch',
        tensors: [{ ...w, shape: [4, 4], dtype: 'int8', init: { kind: 'wage', bits: 2, codes: true } }],
      },
      /^NOT_IMPLEMENTED: tensors\[0\]/,
    ],
  ])('%j', (spec, message) => {
    expect(refusalOf(spec)).toMatch(message);
  });

  test('an option that is no generator', () => {
    expect(refusalOf({ tensors }, 'Torch')).toBe(
      'BAD_OPTION: generator is "Torch". Did you mean "torch"? Known: "xoroshiro128+", torch.',
    );
    expect(refusalOf({ generator: 'x', tensors }, 'torch')).toMatch(/^BAD_SPEC: generator is "x"/);
  });
});

test('a draw begins at its first word, with the normal that is left over there', () => {
  const origins = resolveModel({
    generator: 'torch',
    tensors: [w, { ...w, name: 'v', first_word: 7, cached_normal: -0.5 }],
  }).tensors.map(({ origin }) => origin);
  expect(origins).toEqual([undefined, { firstWord: 7, cachedNormal: -0.5 }]);
});
