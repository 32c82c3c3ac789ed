/** Kept tensors in a spec: they have the dtype of the checkpoint that they are kept from, take no words, and are listed or not. */
import { describe, expect, test } from 'vitest';
import { JumpfillError } from '../../../src/base/errors.js';
import { placeTensors } from '../../../src/domain/recipes/draws.js';
import type { LikeTensor } from '../../../src/domain/specs/listed-tensors.js';
import { resolveModel } from '../../../src/domain/specs/spec.js';

const keep = { kind: 'keep' };
const zeros = { kind: 'zeros' };
const like: readonly LikeTensor[] = [
  { name: 'body.weight', shape: [2, 3], dtype: 'BF16' },
  { name: 'body.codes', shape: [8], dtype: 'F4' },
  { name: 'lm_head.weight', shape: [4, 3], dtype: 'F16' },
];

function refusal(spec: unknown, others?: readonly LikeTensor[]): JumpfillError {
  try {
    resolveModel(spec, others);
  } catch (error) {
    if (error instanceof JumpfillError) return error;
    throw error;
  }
  throw new Error('the spec was accepted');
}

const outcome = (spec: unknown): string[] =>
  resolveModel(spec, like).tensors.map(({ name, dtype, recipe }) => `${name} ${recipe.kind} ${dtype}`);

describe('a kept tensor', () => {
  test('has the dtype of the checkpoint, whatever that is, and stands beside drawn ones', () => {
    const rules = [{ match: 'lm_head.*', init: zeros, dtype: 'float32' }];
    expect(outcome({ default: { init: keep }, rules })).toEqual([
      'body.weight kept bfloat16',
      'body.codes kept float4_e2m1fn',
      'lm_head.weight constant float32',
    ]);
  });

  test('may be listed with tensors that the checkpoint does not have, and the default dtype is for those', () => {
    const tensors = [
      { name: 'new.weight', shape: [5], init: zeros },
      { name: 'body.weight', shape: [2, 3] },
    ];
    expect(outcome({ default: { init: keep, dtype: 'float16' }, tensors })).toEqual([
      'new.weight constant float16',
      'body.weight kept bfloat16',
    ]);
  });

  test('is found by its listed name when a rule renames it', () => {
    const rules = [
      { match: 'body.*', rename: 'model.$0', init: keep },
      { match: '*', skip: true },
    ];
    expect(resolveModel({ rules }, like).tensors).toMatchObject([
      { name: 'model.body.weight', listedName: 'body.weight', dtype: 'bfloat16' },
      { name: 'model.body.codes', listedName: 'body.codes' },
    ]);
  });

  test('may be what another is tied to', () => {
    const tensors = [
      { name: 'body.weight', shape: [2, 3], init: keep },
      { name: 'twin', shape: [2, 3], same_as: 'body.weight' },
    ];
    expect(outcome({ tensors })).toEqual(['body.weight kept bfloat16', 'twin kept bfloat16']);
  });

  test("takes no words of torch's sequence", () => {
    const rules = [{ match: 'lm_head.*', init: { kind: 'normal' } }];
    const { tensors } = resolveModel({ generator: 'torch', default: { init: keep }, rules }, like);
    const origins = placeTensors({ generator: 'torch', seed: 1n }, tensors).map(
      ({ origin }) => origin?.firstWord,
    );
    expect(origins).toEqual([0, 0, 0]);
  });
});

describe('is refused:', () => {
  const w = { name: 'body.weight', shape: [2, 3] };
  test.each<[what: string, spec: object, message: string]>([
    [
      'a dtype beside it in a rule, used or not',
      { default: { init: keep }, rules: [{ match: 'x', init: keep, dtype: 'float32' }] },
      'rules[0].dtype is "float32", and a kept tensor keeps its dtype. Leave out dtype',
    ],
    [
      'a rule that gives a dtype to what the default keeps',
      { default: { init: keep }, rules: [{ match: '*.weight', dtype: 'float32' }] },
      'rules[0].dtype is "float32", and a kept tensor keeps its dtype.',
    ],
    [
      'a dtype beside it in a tensor',
      { tensors: [{ ...w, init: keep, dtype: 'bfloat16' }] },
      'tensors[0].dtype is "bfloat16", and',
    ],
    [
      'a dtype of a tensor that a rule keeps',
      { rules: [{ match: '*', init: keep }], tensors: [{ ...w, dtype: 'bfloat16' }] },
      'tensors[0].dtype is "bfloat16", and',
    ],
    [
      'rows of it',
      { tensors: [{ ...w, init: { ...keep, zero_rows: [0] } }] },
      'tensors[0].init.zero_rows is an unknown key. A tensor is kept whole, or drawn',
    ],
    [
      'a stream',
      { tensors: [{ ...w, init: keep, stream: 'x' }] },
      'tensors[0].stream: the tensor is kept, not drawn. Leave it out.',
    ],
    [
      'a tensor that the checkpoint does not have',
      { tensors: [{ ...w, name: 'body.wieght', init: keep }] },
      'tensors[0]: "body.wieght" is kept, and the checkpoint that the model is like has no such tensor. Did you mean "body.weight"?',
    ],
    [
      'another shape than the checkpoint has',
      { tensors: [{ ...w, shape: [3, 2], init: keep }] },
      'tensors[0].shape is [3,2], and the tensor is kept from one of [2,3].',
    ],
    [
      'a list of tensors that keeps none, beside a checkpoint',
      { default: { init: zeros }, tensors: [w] },
      'Both the spec and `like` list the tensors, and the spec keeps none.',
    ],
  ])('%s', (_, spec, message) => {
    const error = refusal(spec, like);
    expect([error.code, error.message]).toEqual(['BAD_SPEC', expect.stringContaining(message)]);
  });
});
