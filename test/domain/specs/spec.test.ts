import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JumpfillError, NotImplementedError } from '../../../src/base/errors.js';
import { resolveModel } from '../../../src/domain/specs/spec.js';
import { DTYPE_NAMES } from '../../../src/domain/tensors/dtypes.js';
import { parseSpec } from '../../../src/storage/read/spec-file.js';

const zeros = { kind: 'zeros' };
const w = { name: 'w', shape: [2, 3], init: zeros };

function refusal(spec: unknown): JumpfillError {
  try {
    resolveModel(spec);
  } catch (error) {
    if (error instanceof JumpfillError) return error;
    throw error;
  }
  throw new Error('the spec was accepted');
}

test('defaults fill what a tensor leaves out, and its own values override them', () => {
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

test('a seed may be a decimal string, as in the metadata of a checkpoint', () => {
  expect(resolveModel({ seed: '18446744073709551615', tensors: [] }).seed).toBe(2n ** 64n - 1n);
});

describe('a bad spec is refused with the path, what was found and what to do', () => {
  const refused: [spec: unknown, code: string, message: string][] = [
    [null, 'BAD_SPEC', 'The spec is null.'],
    [
      {},
      'BAD_SPEC',
      'tensors is missing. List them, or pass `like` to take the names and shapes of a checkpoint.',
    ],
    [
      { tensors: {} },
      'BAD_SPEC',
      'tensors is {}. The tensors are an array: [{ "name": "fc1.weight", "shape": [128, 64] }].',
    ],
    [
      { tensors: [], sede: 1 },
      'BAD_SPEC',
      'sede is an unknown key. Did you mean "seed"? Known: $schema, seed, generator, shard_size, default, rules, tensors.',
    ],
    [
      { tensors: [{ ...w, sahpe: [1] }] },
      'BAD_SPEC',
      'tensors[0].sahpe is an unknown key. Did you mean "shape"?',
    ],
    [
      { tensors: [], default: { init: zeros, dtyp: 1 } },
      'BAD_SPEC',
      'default.dtyp is an unknown key. Did you mean "dtype"?',
    ],
    [
      { tensors: [w, { ...w, name: 'v', init: { kind: 'unifrom' } }] },
      'BAD_SPEC',
      'tensors[1].init.kind is "unifrom". Did you mean "uniform"?',
    ],
    [
      { tensors: [{ ...w, init: { kind: 'truncated_normal', sdt: 1 } }] },
      'BAD_SPEC',
      'tensors[0].init.sdt is an unknown key. Did you mean "std"? Known: kind, mean, std, low, high, a, b, map, floor, base, zero_rows, rows.',
    ],
    [
      { tensors: [{ ...w, init: { kind: 'uniform', low: 0 } }] },
      'BAD_SPEC',
      'tensors[0].init.high is missing.',
    ],
    [
      { tensors: [{ ...w, init: { kind: 'normal', std: '1.5' } }] },
      'BAD_SPEC',
      'tensors[0].init.std is "1.5". Expected a number: 1.5, without quotes.',
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
    [{ tensor: [] }, 'BAD_SPEC', 'tensor is an unknown key. Did you mean "tensors"?'],
    [
      { tensors: [{ nmae: 'w', shape: [1] }] },
      'BAD_SPEC',
      'tensors[0].nmae is an unknown key (and 1 more). Did you mean "name"?',
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
  test('is refused with line and column where it is not JSON', () => {
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

  test('is refused where a key appears twice: JSON.parse would keep the last', () => {
    expect(() => parseSpec('{"seed": 1,\n "seed": 2}', 's.json')).toThrow(
      's.json:2:2: the key "seed" appears twice',
    );
  });

  test('keeps the seed exact beyond 2^53, and the rest as JSON.parse reads it', () => {
    expect(parseSpec('{"seed": 18446744073709551615}', 's')).toEqual({ seed: 2n ** 64n - 1n });
    const text =
      '{"a": [1, -2.5e3, true, false, null, "ü\\n\\u0041"], "b": {"c": {}}, "__proto__": [9007199254740991]}';
    expect(parseSpec(text, 's')).toEqual(JSON.parse(text));
    expect(Object.keys(parseSpec(text, 's') as object)).toContain('__proto__');
    // Parsed with locations because of its seed: the same.
    const { seed, ...rest } = parseSpec(`{"seed": 9007199254740993, ${text.slice(1)}`, 's') as {
      seed: bigint;
    };
    expect(seed).toBe(9_007_199_254_740_993n);
    expect(rest).toEqual(JSON.parse(text));
  });

  test('is refused for a key that appears twice, at any level and in any spelling, and for nothing else', () => {
    for (const twice of ['[{"b": {"a": 1, "a": 2}}]', '{"a:": ":", "a\\u003a": 1}', '{"\\"": 1, "\\"": 2}'])
      expect(() => parseSpec(twice, 's'), twice).toThrow('appears twice');
    const law = fc.property(fc.json(), (text) => {
      expect(parseSpec(text, 's')).toEqual(JSON.parse(text));
    });
    fc.assert(law);
  });
});

test.each([
  [[1], 'The spec is [1]. A spec is an object'],
  [
    { tensors: [[1]] },
    'tensors[0] is [1]. Expected an object: { "name": "fc1.weight", "shape": [128, 64] }.',
  ],
  [
    { default: { init: 'normal' } },
    'default.init is "normal". An init is an object, such as { "kind": "normal" }.',
  ],
  [{ default: { init: 5 } }, 'default.init is 5. An init is an object, such as { "kind": "zeros" }.'],
  [{ default: { init: { kind: 'uniform' } } }, 'default.init.low, default.init.high are missing.'],
  [{ seed: 2 ** 53, tensors: [] }, 'from 2^53 on write it as a decimal string'],
  [
    { seed: '18446744073709551616', tensors: [] },
    'The seed is 18446744073709551616. A seed is a whole number from 0 to 2^64 - 1.',
  ],
])('%o is refused with what to write instead', (spec, message) => {
  expect(() => resolveModel(spec)).toThrow(message);
});

test('an invalid pattern is an error of the spec', () => {
  const rules = [{ match: 're:(', dtype: 'float32' }];
  expect(() => resolveModel({ rules, tensors: [] })).toThrow(expect.objectContaining({ code: 'BAD_SPEC' }));
});

/** The message about a refused spec. */
const messageOf = (spec: unknown): string => refusal(spec).message;

describe('a mistaken spec is refused with an example made from it', () => {
  test.each<[spec: unknown, message: string]>([
    [{ tensors: [{ ...w, shape: 64 }] }, 'tensors[0].shape is 64. A shape is an array of dimensions: [64].'],
    [
      { tensors: [{ ...w, shape: '128x64' }] },
      'tensors[0].shape is "128x64". A shape is an array of dimensions: [128, 64].',
    ],
    [
      { tensors: [{ ...w, shape: null }] },
      'tensors[0].shape is null. A shape is an array of dimensions: [128, 64].',
    ],
    [
      { tensors: { 'wte.weight': [1000, 768], b: [2] } },
      'tensors is {"wte.weight":[1000,768],"b":[2]}. The tensors are an array: [{ "name": "wte.weight", "shape": [1000, 768] }].',
    ],
    [
      { tensors: { w: { shape: [3], init: zeros } } },
      'tensors is {"w":{"shape":[3],"init":{"kind":"zeros"}}}. The tensors are an array: [{ "name": "w", "shape": [3] }].',
    ],
    [
      { tensors: ['fc.bias'] },
      'tensors[0] is "fc.bias". Expected an object: { "name": "fc.bias", "shape": [128, 64] }.',
    ],
    [
      { rules: { '*.bias': zeros } },
      'rules is {"*.bias":{"kind":"zeros"}}. The rules are an array: [{ "match": "*.bias", "init": { "kind": "zeros" } }].',
    ],
    [
      { rules: ['*.bias'] },
      'rules[0] is "*.bias". Expected an object: { "match": "*.bias", "init": { "kind": "zeros" } }.',
    ],
    [{ default: 'zeros' }, 'default is "zeros". The default is an object: { "dtype": "float32", "init":'],
    [{ default: { dtype: 32 } }, 'default.dtype is 32. A dtype is a string: "float32".'],
    [
      { default: { init: 'HeNormal' } },
      'default.init is "HeNormal". An init is an object, such as { "kind": "he_normal" }.',
    ],
    [{ default: { init: {} } }, 'default.init.kind is missing. Known: wage,'],
    [
      { default: { init: { type: 'zeros' } } },
      'default.init.kind is missing. Write "kind" instead of "type". Known: wage,',
    ],
    [{ seed: true }, 'seed is true. A seed is a whole number from 0 to 2^64 - 1: 42.'],
    [{ seed: null }, 'seed is null. A seed is a whole number'],
    [{ shard_size: [5] }, 'shard_size is [5]. A size is a string such as "5GB"'],
    [
      { default: { init: { kind: 'normal', stddev: 1 } } },
      'default.init.stddev is an unknown key. Did you mean "std"?',
    ],
    [
      { default: { init: { kind: 'uniform', minval: 0, maxval: 1 } } },
      'default.init.minval is an unknown key (and 2 more). Did you mean "low"?',
    ],
    [{ layers: [] }, 'layers is an unknown key. Did you mean "tensors"?'],
    [
      { tensors: [{ name: 'w', size: [1] }] },
      'tensors[0].size is an unknown key (and 1 more). Did you mean "shape"?',
    ],
  ])('%j', (spec, message) => {
    expect(messageOf(spec).slice(0, message.length)).toBe(message);
  });
});

describe('JSON of another kind is named', () => {
  test.each<[spec: object, message: string]>([
    [
      { model_type: 'gpt2', n_embd: 768 },
      'The spec is a model\'s config.json (model_type "gpt2"), which names no tensors. Write a spec of rules, and pass `like` to take names and shapes from a checkpoint of the model.',
    ],
    [{ architectures: ['LlamaForCausalLM'] }, 'config.json (architectures ["LlamaForCausalLM"])'],
    [
      { metadata: {}, weight_map: { a: 'b' } },
      "The spec is the index of a checkpoint's shards. Pass it as `like`",
    ],
    [
      { w: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } },
      'The spec is the header of a safetensors file. Pass the file itself as `like`',
    ],
    [
      { $defs: {}, type: 'object' },
      'The spec is a JSON Schema, not an instance of it. Editors find it through "$schema"',
    ],
  ])('%j', (spec, message) => {
    expect(refusal(spec).code).toBe('BAD_SPEC');
    expect(messageOf(spec)).toContain(message);
    // With tensors of its own it is a spec with a key too many.
    expect(messageOf({ ...spec, tensors: [] })).toContain('is an unknown key');
  });
});

describe("other libraries' names lead to ours, and to no wrong one:", () => {
  const ofDtype = (dtype: string): string => messageOf({ tensors: [{ ...w, dtype }] });
  test.each([
    [
      'float32',
      ['torch.float32', 'F32', 'f32', 'fp32', 'float', 'single', 'np.float32', 'Float32', 'torch.float'],
    ],
    ['float64', ['torch.float64', 'F64', 'fp64', 'double', 'torch.double', 'jnp.float64']],
    ['float16', ['torch.float16', 'F16', 'fp16', 'half', 'torch.half', 'FP16']],
    ['bfloat16', ['torch.bfloat16', 'BF16', 'bf16', 'bfloat', 'jnp.bfloat16', 'ml_dtypes.bfloat16']],
    ['int8', ['torch.int8', 'I8', 'np.int8', 'char']],
    ['float8_e4m3fn', ['torch.float8_e4m3fn', 'F8_E4M3', 'jnp.float8_e4m3fn', 'e4m3', 'fp8_e4m3']],
    ['float8_e5m2', ['torch.float8_e5m2', 'F8_E5M2', 'e5m2']],
    ['uint8', ['torch.uint8', 'U8', 'np.uint8', 'ubyte']],
    ['int16', ['torch.int16', 'I16', 'short', 'torch.short']],
    ['int32', ['torch.int32', 'I32', 'np.int32']],
    ['uint16', ['U16']],
    ['uint32', ['U32']],
    ['int64', ['torch.int64', 'I64', 'long', 'torch.long', 'jnp.int64']],
    ['uint64', ['U64']],
    ['bool', ['torch.bool', 'jnp.bool_', 'np.bool_', 'BOOL', 'boolean']],
    ['float8_e8m0fnu', ['torch.float8_e8m0fnu', 'F8_E8M0', 'e8m0', 'ue8m0']],
    ['float8_e4m3fnuz', ['torch.float8_e4m3fnuz', 'F8_E4M3FNUZ']],
    ['float8_e5m2fnuz', ['torch.float8_e5m2fnuz', 'F8_E5M2FNUZ']],
    ['float4_e2m1fn', ['torch.float4_e2m1fn_x2', 'ml_dtypes.float4_e2m1fn', 'F4', 'fp4']],
    ['float6_e2m3fn', ['ml_dtypes.float6_e2m3fn', 'F6_E2M3']],
    ['float6_e3m2fn', ['F6_E3M2']],
    ['complex64', ['torch.complex64', 'torch.cfloat', 'C64', 'np.complex64']],
  ])('dtype %s', (dtype, words) => {
    for (const word of words)
      expect(ofDtype(word), word).toMatch(
        new RegExp(`Did you mean "${dtype}"\\?(?: An element .*)? Known: float32,`),
      );
  });

  test.each([
    'int4',
    'I4',
    'nf4',
    'tf32',
    'q4_0',
    'complex128',
    'float23',
    'float31',
    'float8_e4m3b11fnuz',
    'mxfp8',
  ])('dtype %s is not supported', (word) => {
    expect(ofDtype(word)).toMatch(/ is not supported[.:].* Known: float32,/);
    expect(ofDtype(word)).not.toContain('Did you mean');
  });

  test.each(['', 'x', 'constructor', '__proto__', 'weights'])('dtype %j resembles no other', (word) => {
    expect(ofDtype(word)).toBe(
      `tensors[0].dtype: Tensor "w": dtype is ${JSON.stringify(word)}. Known: ${DTYPE_NAMES.join(', ')}.`,
    );
  });

  const ofKind = (kind: string): string => messageOf({ tensors: [{ ...w, init: { kind } }] });
  test.each([
    [
      '"normal"',
      [
        'random_normal',
        'RandomNormal',
        'keras.initializers.RandomNormal',
        'normal_',
        'torch.nn.init.normal_',
        'gaussian',
      ],
    ],
    ['"uniform"', ['random_uniform', 'uniform_', 'RandomUniform']],
    ['"truncated_normal"', ['trunc_normal_', 'nn.init.trunc_normal_', 'TruncatedNormal', 'trunc_normal']],
    ['"kaiming_normal"', ['kaiming_normal_', 'torch.nn.init.kaiming_normal_', 'KaimingNormal']],
    ['"kaiming_uniform"', ['kaiming_uniform_']],
    ['"kaiming_normal" or "kaiming_uniform"', ['kaiming', 'msra']],
    ['"xavier_uniform"', ['xavier_uniform_', 'nn.init.xavier_uniform_']],
    ['"xavier_normal" or "xavier_uniform"', ['xavier', 'Xavier']],
    ['"he_normal"', ['HeNormal', 'keras.initializers.HeNormal', 'jax.nn.initializers.he_normal']],
    ['"glorot_uniform"', ['GlorotUniform', 'glorotUniform']],
    ['"glorot_normal"', ['GlorotNormal', 'jax.nn.initializers.glorot_normal']],
    ['"lecun_normal"', ['LecunNormal', 'leCunNormal', 'tf.initializers.leCunNormal']],
    ['"lecun_uniform"', ['lecunUniform', 'leCunUniform', 'jax.nn.initializers.lecun_uniform']],
    ['"truncated_normal"', ['truncatedNormal', 'jax.nn.initializers.truncated_normal', 'trunc_normal_tf_']],
    ['"normal"', ['randomNormal', 'mlx.nn.init.normal', 'np.random.standard_normal']],
    ['"uniform"', ['randomUniform', 'mlx.nn.init.uniform']],
    ['"log_uniform"', ['scipy.stats.loguniform', 'LogUniform']],
    ['"log_normal"', ['log_normal_', 'lognormal', 'LogNormal']],
    ['"exponential"', ['exponential_', 'expon', 'np.random.exponential']],
    ['"cauchy"', ['cauchy_', 'standard_cauchy']],
    ['"laplace"', ['Laplace', 'double_exponential']],
    ['"gumbel"', ['Gumbel', 'gumbel_r', 'jax.random.gumbel']],
    ['"arange"', ['torch.arange', 'linspace', 'iota']],
    ['"variance_scaling"', ['VarianceScaling', 'variance-scaling']],
    ['"zeros"', ['Zeros', 'zeros_', 'zero', 'zeroes']],
    ['"ones"', ['ones_', 'Ones', 'one']],
    ['"constant"', ['Constant', 'constant_', 'const', 'fill_']],
    ['"wage"', ['wage_init_', 'WAGE']],
    ['"eye"', ['eye_', 'torch.nn.init.eye_']],
    ['"identity"', ['Identity']],
    ['"dirac"', ['dirac_']],
    ['"sparse"', ['sparse_']],
  ])('kind %s', (kind, words) => {
    for (const word of words) expect(ofKind(word), word).toContain(`Did you mean ${kind}?`);
  });

  test('a name of torch or Keras whose parameters differ comes with a note', () => {
    expect(ofKind('trunc_normal_')).toContain(
      "torch's a and b are values, and so are ours; low and high are in standard deviations.",
    );
    expect(ofKind('timm.layers.trunc_normal_tf_')).toContain("timm's a and b are in standard deviations");
    expect(ofKind('random_normal')).toContain("Keras's has a default std of 0.05, ours of 1.");
  });

  const ofWord = (init: object): string => messageOf({ tensors: [{ ...w, init }] });
  test.each([
    [
      { kind: 'variance_scaling', distribution: 'gaussian' },
      'distribution is "gaussian". Did you mean "normal"?',
    ],
    [{ kind: 'variance_scaling', mode: 'average' }, 'mode is "average". Did you mean "fan_avg"?'],
    [{ kind: 'kaiming_normal', layout: 'pytorch' }, 'layout is "pytorch". Did you mean "torch"?'],
    [
      { kind: 'kaiming_normal', nonlinearity: 'gelu' },
      'nonlinearity is "gelu". torch has no gain for gelu. Known: linear,',
    ],
    [{ kind: 'kaiming_normal', nonlinearity: 'SiLU' }, 'torch has no gain for silu. Known: linear,'],
    [{ kind: 'kaiming_normal', nonlinearity: 'LeakyReLU' }, 'Did you mean "leaky_relu"?'],
    [{ kind: 'kaiming_normal', nonlinearity: 'rleu' }, 'Did you mean "relu"?'],
    [{ kind: 'kaiming_normal', nonlinearity: '' }, 'nonlinearity is "". Known: linear,'],
  ])('%j', (init, message) => {
    expect(ofWord(init)).toContain(message);
  });
});

describe('an initialiser that needs a fan-in, on a tensor without one, suggests the missing rule:', () => {
  const bias = { name: 'h.0.fc.bias', shape: [10] };
  test.each<[spec: object, offer: string]>([
    [
      { default: { init: { kind: 'xavier_normal' } }, tensors: [bias] },
      'default.init: Tensor "h.0.fc.bias": shape [10] has 1 dimension. Fan-in and fan-out need at least 2. Add a rule for such tensors: { "match": "*.bias", "init": { "kind": "zeros" } }.',
    ],
    [
      { rules: [{ match: '*', init: { kind: 'kaiming_uniform' } }], tensors: [bias] },
      'Add a rule for such tensors before rules[0]: { "match": "*.bias", "init": { "kind": "zeros" } }.',
    ],
    [
      { default: { init: { kind: 'wage', bits: 2 } }, tensors: [{ name: 'h.3.ln_1.weight', shape: [10] }] },
      'Add a rule for such tensors: { "match": "*.ln_*.weight", "init": { "kind": "ones" } }.',
    ],
    [
      { tensors: [{ ...bias, init: { kind: 'xavier_uniform' } }] },
      'Give this tensor another: "init": { "kind": "zeros" }.',
    ],
    [
      { default: { init: { kind: 'he_normal' } }, tensors: [{ name: 'temperature', shape: [] }] },
      'Add a rule for such tensors: { "match": "temperature", "init": { "kind": "zeros" } }.',
    ],
  ])('%j', (spec, offer) => {
    const error = refusal(spec);
    expect(error.code).toBe('BAD_SHAPE');
    expect(error.message).toContain(offer);
    // The suggested rule works.
    const rule = /\{ "match": .* \}(?=\.$)/.exec(error.message)?.[0];
    const { rules = [], ...rest } = spec as { rules?: readonly object[] };
    if (rule !== undefined)
      expect(() => resolveModel({ ...rest, rules: [JSON.parse(rule) as object, ...rules] })).not.toThrow();
  });

  test('other errors about a shape suggest none', () => {
    expect(messageOf({ tensors: [{ ...w, shape: [2, 0], init: { kind: 'wage', bits: 2 } }] })).not.toContain(
      '"match"',
    );
  });
});

describe('no message repeats a long text', () => {
  const long = '9'.repeat(1_000_000);
  test.each<[what: string, spec: unknown]>([
    ['a seed', { seed: long, tensors: [] }],
    ['a seed as a number', { seed: BigInt(long.slice(0, 100_000)), tensors: [] }],
    ['a key', { [long]: 1, tensors: [] }],
    ['a key of a tensor', { tensors: [{ ...w, [long]: 1 }] }],
    ['a dtype', { tensors: [{ ...w, dtype: long }] }],
    ['a kind', { tensors: [{ ...w, init: { kind: long } }] }],
    ['a word', { tensors: [{ ...w, init: { kind: 'variance_scaling', mode: long } }] }],
    ['a mode of wage', { tensors: [{ ...w, init: { kind: 'wage', bits: 2, mode: long } }] }],
    ['a shape', { tensors: [{ ...w, shape: long }] }],
    ['a dimension', { tensors: [{ ...w, shape: [long] }] }],
    ['a size', { shard_size: long, tensors: [] }],
    ['a name', { tensors: [{ name: long, shape: [1] }] }],
    [
      'a name that appears twice',
      {
        tensors: [
          { ...w, name: long },
          { ...w, name: long },
        ],
      },
    ],
    ['names in place of tensors', { tensors: { [long]: [1] } }],
    ['a pattern', { rules: [{ match: `re:(${long}`, init: zeros }], tensors: [] }],
    ['an invalid pattern', { rules: [{ match: `re:${long.slice(0, 5000)}(`, init: zeros }], tensors: [] }],
    [
      'a back-reference',
      { rules: [{ match: `re:(a)\\k<n>(?<n>${'a'.repeat(5000)})`, init: zeros }], tensors: [] },
    ],
    ['rules in place of rules', { rules: { [long]: zeros } }],
    ['an init', { tensors: [{ ...w, init: long }] }],
    ['a model type', { model_type: long }],
    [
      'a bias',
      { default: { init: { kind: 'xavier_normal' } }, tensors: [{ name: `${long}.${long}`, shape: [1] }] },
    ],
  ])('%s', (_, spec) => {
    expect(messageOf(spec).length).toBeLessThan(1000);
  });
});
