/** Rules of a spec, and specs whose tensors another checkpoint gives. */
import { describe, expect, test } from 'vitest';
import { JumpfillError } from '../../../src/base/errors.js';
import { resolveModel, type Model } from '../../../src/domain/specs/spec.js';
import type { LikeTensor } from '../../../src/domain/specs/listed-tensors.js';

const zeros = { kind: 'zeros' };
const ones = { kind: 'ones' };
const normal = { kind: 'normal', std: 0.02 };
const list = (...names: string[]): object[] => names.map((name) => ({ name, shape: [2, 3] }));

/** What each tensor got, in short: `{ 'a.weight': 'ones bfloat16' }`. */
const outcome = ({ tensors }: Model): object =>
  Object.fromEntries(tensors.map(({ name, dtype, recipe }) => [name, `${recipe.init.kind} ${dtype}`]));

function refusal(spec: unknown, like?: readonly LikeTensor[]): JumpfillError {
  try {
    resolveModel(spec, like);
  } catch (error) {
    if (error instanceof JumpfillError) return error;
    throw error;
  }
  throw new Error('the spec was accepted');
}

describe('a tensor takes', () => {
  test('its own values, else those of the first rule that matches, else the default', () => {
    const model = resolveModel({
      default: { dtype: 'bfloat16', init: normal },
      rules: [
        { match: '*.bias', init: zeros },
        { match: 'ln*', init: ones, dtype: 'float32' },
      ],
      tensors: [
        ...list('fc.weight', 'fc.bias', 'ln.weight', 'ln.bias'),
        { name: 'ln.own', shape: [1], init: zeros },
        { name: 'x.bias', shape: [1], dtype: 'float16' },
      ],
    });
    expect(outcome(model)).toEqual({
      'fc.weight': 'normal bfloat16',
      'fc.bias': 'zeros bfloat16',
      'ln.weight': 'ones float32',
      'ln.bias': 'zeros bfloat16',
      'ln.own': 'zeros float32',
      'x.bias': 'zeros float16',
    });
    expect(model.unusedRules).toEqual([]);
  });

  test('nothing from a later rule: the first match decides alone', () => {
    const rules = [
      { match: 'a', dtype: 'float16' },
      { match: '*', init: ones },
    ];
    const spec = { default: { init: zeros }, rules, tensors: list('a', 'b') };
    expect(outcome(resolveModel(spec))).toEqual({ a: 'zeros float16', b: 'ones float32' });
  });

  test('int8 from an initialiser of codes, unless a dtype is given', () => {
    const rules = [{ match: '*', init: { kind: 'wage', bits: 2, codes: true } }];
    expect(outcome(resolveModel({ rules, tensors: list('w') }))).toEqual({ w: 'wage int8' });
  });
});

test('unused rules cause a warning: a mistyped pattern must not go unnoticed', () => {
  const rules = [
    { match: '*.wieght', init: zeros },
    { match: '*', init: ones },
    { match: '*.bias', init: zeros },
  ];
  const { unusedRules, warnings } = resolveModel({ rules, tensors: list('a.weight', 'a.bias') });
  expect(unusedRules).toEqual([0, 2]);
  expect(warnings).toEqual([
    'rules[0], "*.wieght", is unused: it matches no tensor, or only tensors that are tied or that an earlier rule matches.',
    'rules[2], "*.bias", is unused: it matches no tensor, or only tensors that are tied or that an earlier rule matches.',
  ]);
});

describe('an error names the path of its cause', () => {
  const refused: [spec: object, code: string, message: string][] = [
    [
      { rules: [{ match: '*', init: { kind: 'wage', bits: -1 } }], tensors: list('x') },
      'BAD_BITS',
      'rules[0].init.bits: Tensor "x": ',
    ],
    [
      { rules: [{ match: '*', init: { kind: 'normal', std: -1 } }], tensors: list('x') },
      'BAD_RANGE',
      'rules[0].init.std: Tensor "x": ',
    ],
    [
      { rules: [{ match: '*', init: zeros, dtype: 'flaot32' }], tensors: list('x') },
      'BAD_DTYPE',
      'rules[0].dtype: Tensor "x": dtype is "flaot32". Did you mean "float32"?',
    ],
    [
      { default: { init: zeros, dtype: 'flaot32' }, tensors: list('x') },
      'BAD_DTYPE',
      'default.dtype: Tensor "x": dtype is "flaot32".',
    ],
    [
      {
        rules: [
          { match: 'a', init: zeros },
          { match: 're:(', init: zeros },
        ],
        tensors: [],
      },
      'BAD_SPEC',
      'rules[1].match: The pattern "re:(" is not a valid RE2 expression: missing closing ). ',
    ],
    [
      { rules: [{ match: '', init: zeros }], tensors: [] },
      'BAD_SPEC',
      'rules[0].match: The pattern is empty',
    ],
    [
      { rules: [{ match: '*' }], tensors: [] },
      'BAD_SPEC',
      'rules[0] has none of init, dtype, shape, skip and rename.',
    ],
    [{ rules: [{ init: zeros }], tensors: [] }, 'BAD_SPEC', 'rules[0].match is missing.'],
    [
      { rules: [{ match: '*', init: zeros, sahpe: [1] }], tensors: [] },
      'BAD_SPEC',
      'rules[0].sahpe is an unknown key. Did you mean "shape"?',
    ],
    [
      { rules: [{ match: '*', init: { kind: 'normal', sdt: 1 } }], tensors: [] },
      'BAD_SPEC',
      'rules[0].init.sdt is an unknown key. Did you mean "std"?',
    ],
    [{ shard_size: '5XB', tensors: [] }, 'BAD_OPTION', 'shard_size is "5XB". Write a size such as "5GB"'],
  ];
  test.each(refused.map(([spec, code, message]) => ({ spec, code, message })))(
    '$message',
    ({ spec, code, message }) => {
      const error = refusal(spec);
      expect(error.message.slice(0, message.length)).toBe(message);
      expect(error.code).toBe(code);
    },
  );
});

test('tensors without an initialiser are listed in one error', () => {
  const names = Array.from({ length: 13 }, (_, i) => `t${i}`);
  const rules = [{ match: 't0', init: zeros }];
  const error = refusal({ rules, tensors: list(...names) });
  expect(error.code).toBe('BAD_SPEC');
  expect(error.message).toMatch(
    /^12 tensors have no init, neither from a rule nor from default\.init: "t1", "t2", .*, "t10" and 2 more\. Add a rule/,
  );
});

test('shard_size is a size in bytes', () => {
  expect(resolveModel({ shard_size: '5GB', tensors: [] }).shardBytes).toBe(5e9);
  expect(resolveModel({ tensors: [] }).shardBytes).toBeUndefined();
});

describe('like another checkpoint', () => {
  const like = [
    { name: 'w', shape: [2, 3], dtype: 'BF16' },
    { name: 'b', shape: [], dtype: 'F32' },
    { name: 'ids', shape: [4], dtype: 'I64' },
    { name: 'scales', shape: [4], dtype: 'F8_E8M0' },
  ] as const;

  test('tensors take its names, order, shapes and dtypes; a rule overrides the dtype, the default does not', () => {
    const rules = [
      { match: 'ids', init: zeros, dtype: 'float16' },
      { match: 'b', dtype: 'float64' },
    ];
    const { tensors } = resolveModel({ default: { dtype: 'float32', init: ones }, rules }, like);
    expect(tensors.map(({ name, shape, dtype }) => ({ name, shape, dtype }))).toEqual([
      { name: 'w', shape: [2, 3], dtype: 'bfloat16' },
      { name: 'b', shape: [], dtype: 'float64' },
      { name: 'ids', shape: [4], dtype: 'float16' },
      { name: 'scales', shape: [4], dtype: 'float8_e8m0fnu' },
    ]);
  });

  describe('a dtype that does not hold the initialiser needs a rule, which the error writes:', () => {
    const init = { kind: 'normal' };

    test('one for a tensor', () => {
      const error = refusal({ default: { init } }, like.slice(0, 3));
      expect(error.code).toBe('BAD_DTYPE');
      expect(error.message).toMatch(
        /^default\.init: Tensor "ids": dtype is "int64"\. [^"]* Add a rule for such tensors: \{ "match": "ids", "init": \{ "kind": "zeros" \} \}\.$/,
      );
    });

    test('all such tensors are in one error, with what their dtypes hold', () => {
      const error = refusal({ default: { init } }, like);
      expect(error.code).toBe('BAD_DTYPE');
      expect(error.message).toMatch(
        /^default\.init: Tensor "ids": dtype is "int64"\. Another tensor has a dtype that does not hold what is drawn, float8_e8m0fnu: "scales"\. .* Add rules for such tensors: \{ "match": "ids", "init": \{ "kind": "zeros" \} \}, \{ "match": "scales", "init": \{ "kind": "ones" \} \}\.$/,
      );
    });

    test('of hundreds, ten are named, and those that are named alike share a rule', () => {
      const masks = Array.from({ length: 300 }, (_, i) => ({
        name: `h.${i}.mask`,
        shape: [1],
        dtype: 'BOOL' as const,
      }));
      const rules = [{ match: 'h.*', init }];
      const { message } = refusal({ default: { init }, rules }, masks);
      expect(message).toMatch(
        /^rules\[0\]\.init: Tensor "h\.0\.mask": .* 299 other tensors have .* bool: "h\.1\.mask"/,
      );
      expect(message).toMatch(
        /"h\.10\.mask" and 289 more\. .* Add a rule for such tensors before the others: \{ "match": "\*\.mask", "init": \{ "kind": "zeros" \} \}\.$/,
      );
    });

    test('and with the rules, all is well', () => {
      const rules = [
        { match: 'ids', init: { kind: 'zeros' } },
        { match: 'scales', init: { kind: 'ones' } },
      ];
      expect(resolveModel({ default: { init }, rules }, like).tensors).toHaveLength(4);
    });
  });

  test('a spec that lists tensors as well is refused', () => {
    const error = refusal({ tensors: [] }, like);
    expect(error.message).toMatch(
      /^Both the spec and `like` list the tensors, and the spec keeps none\. Leave out one of them/,
    );
    expect(error.code).toBe('BAD_SPEC');
  });

  test('a tensor that cannot be drawn is refused by its path', () => {
    const spec = { default: { init: ones } };
    const stray = { name: 'x', shape: [-1], dtype: 'F32' } as const;
    expect(refusal(spec, [stray]).message).toMatch(/^like\[0\]\.shape: Tensor "x": dimension 0 is -1/);
    expect(refusal(spec, [{ ...stray, name: '' }]).message).toMatch(/^like\[0\]\.name: /);
    const codes = { name: 'x', shape: [1], dtype: 'I8' } as const;
    expect(refusal({ default: { init: normal } }, [codes]).message).toMatch(/^default\.init: Tensor "x": /);
  });
});
