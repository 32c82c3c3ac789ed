import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InitError, NotImplementedError } from '../../src/errors.js';
import { resolveModel } from '../../src/domain/spec.js';
import { parseSpec } from '../../src/storage/spec-file.js';

const zeros = { kind: 'zeros' };
const w = { name: 'w', shape: [2, 3], init: zeros };

function refusal(spec: unknown): InitError {
  try {
    resolveModel(spec);
  } catch (error) {
    if (error instanceof InitError) return error;
    throw error;
  }
  throw new Error('the spec was accepted');
}

test('defaults fill what a tensor leaves out, and its own words go before them', () => {
  const { seed, tensors } = resolveModel({
    seed: 7,
    default: { dtype: 'float32', init: { kind: 'wage', bits: 2 } },
    tensors: [
      { name: 'a', shape: [4, 8] },
      { name: 'b', shape: [4], init: { kind: 'truncated_normal' } },
    ],
  });
  expect(seed).toBe(7n);
  expect(tensors.map(({ recipe }) => recipe.init)).toEqual([
    { kind: 'wage', bits: 2, factor: 2, mode: 'fan_in', codes: false },
    { kind: 'truncated_normal', mean: 0, std: 1, low: -2, high: 2 },
  ]);
});

test('a seed may be a decimal string, as checkpoints tell theirs', () => {
  expect(resolveModel({ seed: '18446744073709551615', tensors: [] }).seed).toBe(2n ** 64n - 1n);
});

describe('a bad spec is refused with its place, what was found and what to do', () => {
  const refused: [spec: unknown, code: string, message: string][] = [
    [null, 'BAD_SPEC', 'The spec is null.'],
    [{}, 'BAD_SPEC', 'tensors is missing. List them, or take the names and shapes of a checkpoint: --like'],
    [{ tensors: {} }, 'BAD_SPEC', 'tensors is {}. Expected Array.'],
    [
      { tensors: [], sede: 1 },
      'BAD_SPEC',
      'sede is no known key. Did you mean "seed"? Known: $schema, seed, shard_size, default, rules, tensors.',
    ],
    [
      { tensors: [{ ...w, sahpe: [1] }] },
      'BAD_SPEC',
      'tensors[0].sahpe is no known key. Did you mean "shape"?',
    ],
    [
      { tensors: [], default: { init: zeros, dtyp: 1 } },
      'BAD_SPEC',
      'default.dtyp is no known key. Did you mean "dtype"?',
    ],
    [
      { tensors: [w, { ...w, name: 'v', init: { kind: 'unifrom' } }] },
      'BAD_SPEC',
      'tensors[1].init.kind is "unifrom". Did you mean "uniform"?',
    ],
    [
      { tensors: [{ ...w, init: { kind: 'truncated_normal', sdt: 1 } }] },
      'BAD_SPEC',
      'tensors[0].init.sdt is no known key. Did you mean "std"? Known: kind, mean, std, low, high.',
    ],
    [
      { tensors: [{ ...w, init: { kind: 'uniform', low: 0 } }] },
      'BAD_SPEC',
      'tensors[0].init.high is missing.',
    ],
    [
      { tensors: [{ ...w, init: { kind: 'constant', value: '1' } }] },
      'BAD_SPEC',
      'tensors[0].init.value is "1". Expected number.',
    ],
    [
      { tensors: [{ name: 'w', shape: [1] }] },
      'BAD_SPEC',
      '1 tensor has no init, neither from a rule nor from default.init: "w". Add a rule that matches',
    ],
    [{ tensors: [w, w] }, 'BAD_NAME', 'tensors[1].name: "w" is already the name of tensors[0].'],
    [{ tensors: [{ ...w, name: '' }] }, 'BAD_NAME', 'tensors[0].name: '],
    [{ tensors: [{ ...w, name: '__metadata__' }] }, 'BAD_NAME', 'tensors[0].name: '],
    [{ tensors: [{ ...w, name: '__proto__' }] }, 'BAD_NAME', 'tensors[0].name: '],
    [
      { tensors: [{ ...w, dtype: 'flaot32' }] },
      'BAD_DTYPE',
      'tensors[0].dtype: Tensor "w": dtype is "flaot32". Did you mean "float32"?',
    ],
    [
      { tensors: [{ ...w, shape: [2, -1] }] },
      'BAD_SHAPE',
      'tensors[0].shape: Tensor "w": dimension 1 is -1.',
    ],
    [{ tensors: [{ ...w, shape: [1.5] }] }, 'BAD_SHAPE', 'tensors[0].shape: '],
    [{ tensors: [{ ...w, shape: [2 ** 30, 2 ** 30] }] }, 'TOO_LARGE', 'tensors[0].shape: '],
    [
      { tensors: [{ ...w, init: { kind: 'uniform', low: 1, high: 0 } }] },
      'BAD_RANGE',
      'tensors[0].init: Tensor "w": low is 1 and high is 0.',
    ],
    [
      {
        tensors: [
          {
            ...w,
            dtype: 'float64',
            init: { kind: 'truncated_normal', mean: 1, std: 1e-17, low: 1, high: 2 },
          },
        ],
      },
      'BAD_RANGE',
      'tensors[0].init: Tensor "w": low is 1 and high is 2.',
    ],
    [
      { tensors: [{ ...w, dtype: 'float64', init: { kind: 'truncated_normal', low: 0, high: 1e-300 } }] },
      'BAD_RANGE',
      'tensors[0].init: Tensor "w": low is 0 and high is 1e-300.',
    ],
    [
      { tensors: [{ ...w, dtype: 'float64', init: { kind: 'truncated_normal', low: 3, high: 3 } }] },
      'BAD_RANGE',
      'tensors[0].init: Tensor "w": low is 3 and high is 3.',
    ],
    [
      {
        tensors: [
          { ...w, dtype: 'float64', init: { kind: 'truncated_normal', std: 1e308, low: 3, high: 4 } },
        ],
      },
      'BAD_RANGE',
      'tensors[0].init: Tensor "w": mean is 0 and std is 1e+308.',
    ],
    [{ tensors: [{ ...w, init: { kind: 'wage', bits: -1 } }] }, 'BAD_BITS', 'tensors[0].init.bits: '],
    [{ tensors: [{ ...w, shape: [3], init: { kind: 'wage', bits: 2 } }] }, 'BAD_SHAPE', 'tensors[0].init: '],
    [{ tensor: [] }, 'BAD_SPEC', 'tensor is no known key. Did you mean "tensors"?'],
    [
      { tensors: [{ nmae: 'w', shape: [1] }] },
      'BAD_SPEC',
      'tensors[0].nmae is no known key (and 1 more). Did you mean "name"?',
    ],
    [{ tensors: [], seed: '0x1' }, 'BAD_SEED', 'seed: The seed is "0x1".'],
    [{ tensors: [], seed: -1 }, 'BAD_SEED', 'seed: The seed is -1.'],
    [{ tensors: [], seed: 2n ** 64n }, 'BAD_SEED', 'seed: '],
  ];
  test.each(refused.map(([spec, code, message]) => ({ spec, code, message })))(
    '$code: $message',
    ({ spec, code, message }) => {
      const error = refusal(spec);
      expect(error.message.slice(0, message.length)).toBe(message);
      expect(error.code).toBe(code);
    },
  );

  test('a WAGE mode that is not fan_in is a NotImplementedError here too', () => {
    const error = refusal({ tensors: [{ ...w, init: { kind: 'wage', bits: 2, mode: 'fan_out' } }] });
    expect(error).toBeInstanceOf(NotImplementedError);
    expect(error.message).toMatch(/^tensors\[0\]\.init\.mode: .*"fan_out" is not implemented/);
  });
});

describe('a spec as JSON', () => {
  test('is told with line and column where it is no JSON', () => {
    expect(() => parseSpec('{\n  "seed": 42,\n  "tensors": [ }\n', 's.json')).toThrow(
      /^s\.json:3:16: not JSON: /,
    );
    expect(() => parseSpec('', 's.json')).toThrow(/^s\.json:\d+:\d+: not JSON: /);
    expect(() => parseSpec('{"a": NaN}', 's.json')).toThrow(/^s\.json:1:\d+: not JSON: /);
    expect(() => parseSpec('{"a": 1} 2', 's.json')).toThrow(/^s\.json:1:10: not JSON: /);
  });

  test('is refused where JSON is stricter than its parser, or deeper than its stack', () => {
    expect(() => parseSpec('{"a": "\u0001"}', 's.json')).toThrow(/^s\.json: not JSON: .*control character/);
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const nested = (depth: number): string => `${open.repeat(depth)}1${close.repeat(depth)}`;
      expect(parseSpec(nested(128), 's.json')).toEqual(JSON.parse(nested(128)));
      for (const depth of [129, 3000, 200_000]) {
        expect(() => parseSpec(nested(depth), 's.json')).toThrow('s.json: it is nested more than 128 deep.');
      }
    }
    const brackets = JSON.stringify({ a: '[{"\\'.repeat(1000) });
    expect(parseSpec(brackets, 's.json')).toEqual(JSON.parse(brackets));
  });

  test('is refused where a key comes twice: JSON.parse would take the last', () => {
    expect(() => parseSpec('{"seed": 1,\n "seed": 2}', 's.json')).toThrow(
      's.json:2:2: the key "seed" comes twice',
    );
  });

  test('keeps the seed exact beyond 2^53, and gives all else as JSON.parse does', () => {
    expect(parseSpec('{"seed": 18446744073709551615}', 's')).toEqual({ seed: 2n ** 64n - 1n });
    const text =
      '{"a": [1, -2.5e3, true, false, null, "ü\\n\\u0041"], "b": {"c": {}}, "__proto__": [9007199254740991]}';
    expect(parseSpec(text, 's')).toEqual(JSON.parse(text));
    expect(Object.keys(parseSpec(text, 's') as object)).toContain('__proto__');
    // Read with places, because of its seed: the same.
    const { seed, ...rest } = parseSpec(`{"seed": 9007199254740993, ${text.slice(1)}`, 's') as {
      seed: bigint;
    };
    expect(seed).toBe(9_007_199_254_740_993n);
    expect(rest).toEqual(JSON.parse(text));
  });

  test('is refused with a key twice wherever it is, and however it is written, and no other text is', () => {
    for (const twice of ['[{"b": {"a": 1, "a": 2}}]', '{"a:": ":", "a\\u003a": 1}', '{"\\"": 1, "\\"": 2}'])
      expect(() => parseSpec(twice, 's'), twice).toThrow('comes twice');
    const law = fc.property(fc.json(), (text) => {
      expect(parseSpec(text, 's')).toEqual(JSON.parse(text));
    });
    fc.assert(law);
  });
});

test.each([
  [[1], 'The spec is [1]. A spec is an object'],
  [{ tensors: [[1]] }, 'tensors[0] is [1]. Expected an object.'],
  [
    { default: { init: 'normal' } },
    'default.init is "normal". An init is an object, such as { "kind": "normal" }.',
  ],
  [{ default: { init: 5 } }, 'default.init is 5. An init is an object, such as { "kind": "zeros" }.'],
  [{ default: { init: { kind: 'uniform' } } }, 'default.init.low, default.init.high are missing.'],
  [{ seed: 2n ** 64n, tensors: [] }, 'in a spec, one from 2^53 on is best a decimal string'],
])('%o is told in words that a spec can follow', (spec, message) => {
  expect(() => resolveModel(spec)).toThrow(message);
});

test('a pattern that is none is a fault of the spec', () => {
  const rules = [{ match: 're:(', dtype: 'float32' }];
  expect(() => resolveModel({ rules, tensors: [] })).toThrow(expect.objectContaining({ code: 'BAD_SPEC' }));
});
