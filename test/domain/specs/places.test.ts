import { describe, expect, test } from 'vitest';
import { messageOf } from '../../../src/base/errors.js';
import { resolveModel } from '../../../src/domain/specs/spec.js';

function refusal(tensors: unknown): string {
  try {
    resolveModel({ tensors });
  } catch (error) {
    return messageOf(error);
  }
  throw new Error('the spec was accepted');
}

const withInit = (init: unknown, shape: readonly number[] = [4, 4], dtype = 'float32'): unknown => [
  { name: 'w', shape, dtype, init },
];
const withRange = (range: object): unknown => withInit({ kind: 'zeros', rows: [range] });

describe('an error in rows begins with its place within the initialiser', () => {
  test.each([
    [withRange({ from: 0, to: 1, init: { kind: 'normal', std: -1 } }), 'tensors[0].init.rows[0].init.std: '],
    [
      withRange({ from: 0, to: 1 }),
      'tensors[0].init.rows[0].init: Tensor "w": an initialiser of rows is missing.',
    ],
    [withRange({ from: 9, to: 10, init: { kind: 'ones' } }), 'tensors[0].init.rows[0]: '],
    [withInit({ kind: 'ones', zero_rows: [4] }), 'tensors[0].init.zero_rows: '],
    [
      withInit({ kind: 'ones', zero_rows: [0] }, [2], 'float8_e8m0fnu'),
      'tensors[0].init.zero_rows: Tensor "w": dtype is "float8_e8m0fnu".',
    ],
    [
      withInit({ kind: 'wage', bits: 4, codes: 'pack-quantized', zero_rows: [0] }, [8, 8]),
      'tensors[0].init.zero_rows: Tensor "w": the codes are packed',
    ],
  ])('%#', (tensors, start) => {
    expect(refusal(tensors).slice(0, start.length)).toBe(start);
  });
});

describe('what to do about rows is what can be done', () => {
  test.each([
    [withInit({ kind: 'ones', zero_rows: [0] }, [0, 3]), 'There are no rows: leave it out.'],
    [
      withRange({ from: 2, to: 2, init: { kind: 'ones' } }),
      'It has no rows: `to` is the index after the last.',
    ],
    [
      withInit({ kind: 'ones', zero_rows: [null] }),
      'tensors[0].init.zero_rows[0] is null. Expected a number.',
    ],
    [withInit({ kind: 'ones', rows: 1 }), 'tensors[0].init.rows is 1. Expected an array.'],
  ])('%#', (tensors, end) => {
    expect(refusal(tensors).slice(-end.length)).toBe(end);
  });
});

describe('an error says what a spec may hold, in words of JSON', () => {
  const e8m0 = { name: 'a', shape: [2], dtype: 'float8_e8m0fnu' };
  test.each([
    [
      withInit({ kind: 'values', values: ['18446744073709551615'] }),
      'tensors[0].init.values[0] is "18446744073709551615". Expected a number up to ±(2^53 - 1): only constant and integers take the digits of larger ones.',
    ],
    [
      withInit({ kind: 'values', values: ['1'] }),
      'tensors[0].init.values[0] is "1". Expected a number: 1, without quotes.',
    ],
    [
      withInit({ kind: 'constant', value: true }),
      'tensors[0].init.value is true. Expected a number, or the digits of a whole one as a string.',
    ],
    [
      [{ ...e8m0, init: { kind: 'zeros' } }],
      'tensors[0].init: Tensor "a": dtype is "float8_e8m0fnu". It has no 0: use ones, or a constant that is a power of two. Give this tensor another: "init": { "kind": "ones" }.',
    ],
    [
      [
        { name: 'a', shape: [1], same_as: 'b' },
        { name: 'b', shape: [1], same_as: 'a' },
      ],
      'tensors[0].same_as is "b". Name a tensor of the spec that is not tied itself: there is none, so give one an init.',
    ],
  ])('%#', (tensors, message) => {
    expect(refusal(tensors)).toBe(message);
  });
});

test('an error of packed codes names the layer as the spec does', () => {
  const message = refusal(withInit({ kind: 'wage', bits: 5, codes: 'pack-quantized' }, [8, 8]));
  expect(message).toContain('Tensor "w":');
  expect(message).not.toContain('w_packed');
});

test('packed codes of another shape than they say are not advised to be zeros', () => {
  const init = { kind: 'wage', bits: 4, codes: 'pack-quantized', unpacked_shape: [3, 3] };
  expect(refusal(withInit(init, [7], 'int32'))).not.toContain('zeros');
});

test('digits beyond numbers are a power of two, too', () => {
  const init = { kind: 'constant', value: '18446744073709551616' };
  const { tensors } = resolveModel({ tensors: withInit(init, [2], 'float8_e8m0fnu') });
  expect(tensors[0]?.recipe).toMatchObject({ bytes: [127 + 64] });
});

test('a rule that matches only a tied tensor is not said to match none', () => {
  const { warnings } = resolveModel({
    rules: [{ match: 'head', init: { kind: 'ones' } }],
    tensors: [
      { name: 'w', shape: [1], init: { kind: 'zeros' } },
      { name: 'head', shape: [1], same_as: 'w' },
    ],
  });
  expect(warnings[0]).toContain('only tensors that are tied');
});
