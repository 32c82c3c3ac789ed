/** Rules from a config and a list of tensors, whatever the two hold. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { autoRules } from '../../../src/domain/architectures/auto-rules.js';
import { ARCHITECTURES } from '../../../src/domain/architectures/table.js';
import { writeRules, type RuledTensor } from '../../../src/domain/architectures/write-rules.js';
import type { LikeTensor } from '../../../src/domain/specs/listed-tensors.js';
import { resolveModel } from '../../../src/domain/specs/spec.js';
import { STORED_DTYPES } from '../../../src/domain/tensors/stored-dtypes.js';

const tensor = (name: string, shape: readonly number[], dtype: LikeTensor['dtype'] = 'BF16'): LikeTensor => ({
  ...{ name, shape, dtype },
});

/** What each tensor is drawn from. */
function initsOf(config: object, ...tensors: readonly LikeTensor[]): readonly unknown[] {
  const { rules } = autoRules(config, tensors);
  return resolveModel({ rules }, tensors).tensors.map(({ recipe }) => recipe.init);
}

function catchFrom(act: () => unknown): Error | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

describe('a config', () => {
  const weight = tensor('model.layers.0.mlp.up_proj.weight', [8, 4]);

  test.each([
    ['a list', []],
    ['a text', '{}'],
    ['null', null],
    ['a number', 5],
    ['a width that is a text', { initializer_range: '0.02' }],
    ['a width that is true', { initializer_range: true }],
    ['an infinite width', { initializer_range: Infinity }],
    ['a width that is no number', { initializer_range: NaN }],
    ['a negative width', { initializer_range: -0.02 }],
    ['a huge width', { initializer_range: 1e300 }],
    ['no layers', { model_type: 'gpt2', n_layer: 0 }],
    ['half a layer', { model_type: 'gpt2', n_layer: 1.5 }],
    ['endless layers', { model_type: 'gpt2', n_layer: 1e30 }],
    ['a type that is a list', { model_type: ['llama'] }],
    ['a type of a million characters', { model_type: 'x'.repeat(1e6) }],
    ['a part that is a list', { vision_config: [] }],
    ['a part whose width is a text', { vision_config: { initializer_range: 'x' } }],
    ['padding that is a text', { model_type: 'llama', pad_token_id: 'x' }],
  ])('that is or has %s is refused', (_, config) => {
    const tensors = [weight, tensor('transformer.h.0.attn.c_proj.weight', [8, 8])];
    const failure = catchFrom(() => autoRules(config, tensors));
    expect(failure).toMatchObject({ code: 'BAD_CHECKPOINT' });
    expect(failure?.message).toMatch(/config\.json/);
    expect(failure?.message.length).toBeLessThan(600);
  });

  test('whose width is 0 or null has the default, as in transformers', () => {
    for (const initializer_range of [0, null, undefined])
      expect(initsOf({ model_type: 'llama', initializer_range }, weight)).toMatchObject([{ std: 0.02 }]);
  });

  test('whatever it holds gives rules, or is refused as a bad checkpoint', () => {
    const anyValue = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(Infinity, NaN, -0, 1e-320, 1e308, 0.02, 3, '0.02', true, null, [], {}),
    );
    const keys = [
      'initializer_range',
      'init_std',
      'pad_token_id',
      'n_layer',
      'num_hidden_layers',
      'd_model',
      'd_kv',
    ];
    const others = ['initializer_factor', 'time_step_min', 'time_step_max', 'time_step_floor', 'rope_theta'];
    const parts = [
      'text_config',
      'vision_config',
      'quantization_config',
      'rope_parameters',
      'layers_block_type',
    ];
    const anyConfig = fc.dictionary(fc.constantFrom('model_type', ...keys, ...others, ...parts), anyValue);
    const anyType = fc.constantFrom(...ARCHITECTURES.flatMap(({ types }) => types));
    const names = [
      'wte.weight',
      'layers.0.mixer.dt_proj.bias',
      'h.0.c_proj.weight',
      'shared.weight',
      'A_log',
    ];
    const tensors = [
      ...names.map((name) => tensor(name, [8, 4], 'F32')),
      tensor('rotary_emb.inv_freq', [4], 'F32'),
      tensor('proj.weight_scale', [8, 1], 'F32'),
      tensor('proj.qzeros', [8, 1], 'I32'),
    ];
    const property = fc.property(anyConfig, fc.option(anyType), (config, type) => {
      const whole = type === null ? config : { ...config, model_type: type };
      const failure = catchFrom(() => autoRules(whole, tensors));
      if (failure !== undefined) expect(failure).toMatchObject({ code: 'BAD_CHECKPOINT' });
    });
    fc.assert(property, { seed: 1, numRuns: 500 });
  });

  test('may hold anything where nobody looks', () => {
    let nested: object = {};
    for (let depth = 0; depth < 10_000; depth++) nested = { nested };
    const config = {
      model_type: 'llama',
      nested,
      time_step_limit: [0, Infinity],
      constructor: 1,
      toString: NaN,
    };
    expect(initsOf(config, weight)).toMatchObject([{ kind: 'normal', std: 0.02 }]);
  });

  test('of an unknown architecture, or of none, gives the default and a note', () => {
    for (const model_type of ['nobody_knows', '__proto__', 'constructor', undefined]) {
      const { architecture, notes } = autoRules({ model_type, initializer_range: 0.5 }, [weight]);
      expect(architecture).toBe(model_type);
      expect(notes).toHaveLength(1);
      expect(initsOf({ model_type, initializer_range: 0.5 }, weight)).toMatchObject([{ std: 0.5 }]);
    }
  });

  test('whose part is another model that is not in the table gives a note, if it has tensors', () => {
    const config = { model_type: 'llava', vision_config: { model_type: 'nobody_knows' } };
    const tower = tensor('model.vision_tower.blocks.0.weight', [8, 4]);
    const told = [expect.stringContaining('"nobody_knows" is not in the table')];
    expect(autoRules(config, [weight, tower]).notes).toEqual(told);
    expect(autoRules(config, [weight]).notes).toEqual([]);
  });

  test('with padding beyond the embedding, or none, gives no row of zeros', () => {
    const embedding = tensor('model.embed_tokens.weight', [8, 4]);
    const rowsOf = (pad_token_id: unknown): unknown => {
      const [init] = initsOf({ model_type: 'llama', pad_token_id }, embedding);
      return (init as { readonly zero_rows?: unknown }).zero_rows;
    };
    expect([7, 0, -1, -8].map(rowsOf)).toEqual([[7], [0], [7], [0]]);
    expect([8, -9, 1e8, 0.5, null, undefined].map(rowsOf)).toEqual(Array(6).fill(undefined));
  });

  test('of a part decides for the tensors of that part', () => {
    const config = {
      model_type: 'llava',
      text_config: { model_type: 'llama', initializer_range: 0.1 },
      vision_config: { model_type: 'siglip_vision_model' },
    };
    const tensors = [
      tensor('model.language_model.layers.0.mlp.up_proj.weight', [8, 4]),
      tensor('model.vision_tower.vision_model.encoder.layers.0.mlp.fc1.bias', [4]),
      tensor('model.multi_modal_projector.linear_1.weight', [8, 4]),
    ];
    expect(initsOf(config, ...tensors)).toMatchObject([{ std: 0.1 }, { std: 1e-6 }, { std: 0.1 }]);
  });
});

test('a modern encoder is truncated, unless nothing would be left of its normal', () => {
  const weight = tensor('layers.0.attn.Wqkv.weight', [8, 4]);
  const drawnBy = (config: object): unknown => initsOf({ model_type: 'modernbert', ...config }, weight)[0];
  expect(drawnBy({})).toMatchObject({ kind: 'truncated_normal', std: 0.02, low: -3, high: 3 });
  expect(drawnBy({ initializer_cutoff_factor: 2, initializer_range: 0.5 })).toMatchObject({
    ...{ kind: 'truncated_normal', std: 0.5, low: -2, high: 2 },
  });
  expect(drawnBy({ initializer_cutoff_factor: 0 })).toMatchObject({ kind: 'normal', std: 0.02 });
});

test('rules for names alone are in the order of the tensors', () => {
  const given = (value: number, ...names: readonly string[]): RuledTensor[] =>
    names.map((name) => ({ name, glob: '*bias', init: { kind: 'constant', value } }));
  const { rules, ruleOf } = writeRules([
    ...given(1, 'x.bias', 'c.bias', 'a.bias'),
    ...given(2, 'p.bias', 'q.bias', 'r.bias', 's.bias'),
  ]);
  expect(rules.map(({ match }) => match)).toEqual(['x.bias', 'c.bias', 'a.bias', '*bias']);
  expect(ruleOf).toEqual([0, 1, 2, 3, 3, 3, 3]);
});

describe('rules', () => {
  /** Names with digits, dots, stars and what regular expressions mean something by. */
  const anyStep = fc.constantFrom(
    'layers',
    'weight',
    'bias',
    'norm',
    '0',
    '12',
    '*',
    '(',
    '$',
    '[x]',
    'é',
    '\\d',
  );
  /** What rows of all architectures look for. */
  const anyLast = fc.constantFrom(
    ...[
      'qweight',
      'qzeros',
      'scales',
      'biases',
      'g_idx',
      'weight_scale',
      'weight_shape',
      'SCB',
      'masked_bias',
    ],
    ...['attn.bias', 'position_ids', 'inv_freq', 'lora_A.x', 'lora_B.x', 'layer_weights', 'weight_packed'],
    ...['weight_global_scale', 'running_var', 'A_log', 'dt_bias', 'c_proj.weight', 'embed_tokens.weight'],
  );
  const anyName = fc.oneof(fc.array(anyStep, { minLength: 1, maxLength: 5 }), fc.tuple(anyStep, anyLast));
  const anyTensor = fc.record({
    name: anyName.map((steps) => steps.join('.')),
    shape: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }),
    dtype: fc.constantFrom(...STORED_DTYPES.filter((dtype) => !/^F[46]|^C/.test(dtype))),
  });
  const anyTensors = fc.uniqueArray(anyTensor, { selector: ({ name }) => name, minLength: 1, maxLength: 12 });
  const anyConfig = fc.constantFrom(
    'llama',
    't5',
    'mamba',
    'rwkv',
    'siglip',
    'resnet',
    'wav2vec2',
    'clip',
    'unknown',
  );

  test('give every tensor something that its dtype holds, each is the first that matches some tensor, and together they are as few as they need be', () => {
    fc.assert(
      fc.property(anyTensors, anyConfig, (tensors, model_type) => {
        const { rules, ruleOf } = autoRules({ model_type }, tensors);
        const numbered = rules.map(({ match }, i) => ({ match, init: { kind: 'constant', value: i } }));
        const listed = tensors.map(({ name }) => ({ name, shape: [1] }));
        const first = resolveModel({ rules: numbered, tensors: listed });
        expect(first.tensors.map(({ recipe }) => (recipe.init as { readonly value?: number }).value)).toEqual(
          ruleOf,
        );
        expect(first.unusedRules).toEqual([]);
        expect(resolveModel({ rules }, tensors).tensors).toHaveLength(tensors.length);
        expect(rules.length).toBeLessThanOrEqual(tensors.length);
      }),
      { seed: 1, numRuns: 400 },
    );
  });

  test('of a deep model are few, and do not depend on its depth', () => {
    const layers = (count: number): LikeTensor[] =>
      Array.from({ length: count }, (_, i) => [
        tensor(`model.layers.${i}.self_attn.q_proj.weight`, [8, 8]),
        tensor(`model.layers.${i}.input_layernorm.weight`, [8]),
        tensor(`model.layers.${i}.self_attn.q_proj.bias`, [8]),
      ]).flat();
    const rulesOf = (count: number): unknown => autoRules({ model_type: 'llama' }, layers(count)).rules;
    expect(rulesOf(200)).toEqual(rulesOf(2));
    expect(rulesOf(2)).toEqual([
      { match: '*norm.weight', init: { kind: 'ones' } },
      { match: '*bias', init: { kind: 'zeros' } },
      { match: '*', init: { kind: 'normal', std: 0.02 } },
    ]);
  });

  test('of twenty thousand tensors, none of which is like another, take no time that grows with their square', () => {
    const tensors = Array.from({ length: 20_000 }, (_, i) =>
      tensor(`${i.toString(36)}x.weight`, i % 2 === 0 ? [i + 1] : [i + 1, 2]),
    );
    const { ruleOf } = autoRules({ model_type: 't5' }, tensors);
    expect(ruleOf).toHaveLength(tensors.length);
  });
});

describe('a quantized checkpoint', () => {
  const config = (quantization: object): object => ({
    model_type: 'llama',
    quantization_config: quantization,
  });
  const proj = 'model.layers.0.mlp.up_proj';

  test('of packed codes has scales that give the weights the usual width, and the shape of the weights', () => {
    const weights = { num_bits: 4 };
    const inits = initsOf(
      config({
        quant_method: 'compressed-tensors',
        format: 'pack-quantized',
        config_groups: { group_0: { weights } },
      }),
      tensor(`${proj}.weight_packed`, [16, 8], 'I32'),
      tensor(`${proj}.weight_scale`, [16, 1]),
      tensor(`${proj}.weight_shape`, [2], 'I64'),
    );
    // Sixteen codes that are equally likely have a std of √((16² - 1) / 12).
    expect(inits).toMatchObject([
      { kind: 'bits' },
      { kind: 'constant', value: 0.02 / Math.sqrt(255 / 12) },
      { kind: 'values', values: [16, 64] },
    ]);
  });

  test('of float8 has weights within what a float8 holds, and scales for blocks', () => {
    const inits = initsOf(
      config({ quant_method: 'fp8' }),
      tensor(`${proj}.weight`, [256, 128], 'F8_E4M3'),
      tensor(`${proj}.weight_scale_inv`, [2, 1], 'F32'),
    );
    expect(inits).toMatchObject([
      { kind: 'truncated_normal', std: 112, low: -4, high: 4 },
      { kind: 'constant', value: 0.02 / 112 },
    ]);
  });

  test('of GPTQ and AWQ has the middle code for zeros', () => {
    const zerosOf = (quant_method: string): unknown =>
      initsOf(config({ quant_method, bits: 4 }), tensor(`${proj}.qzeros`, [2, 8], 'I32'))[0];
    expect(zerosOf('gptq')).toMatchObject({ value: 0x77777777 });
    expect(zerosOf('awq')).toMatchObject({ value: 0x88888888 | 0 });
  });

  test('of MXFP4 has exponents with which the weights have about the usual width', () => {
    const [, scales] = initsOf(
      { model_type: 'gpt_oss' },
      tensor('model.layers.0.mlp.experts.gate_up_proj_blocks', [4, 8, 2, 16], 'U8'),
      tensor('model.layers.0.mlp.experts.gate_up_proj_scales', [4, 8, 2], 'U8'),
    );
    // 2^-7 times the root mean square of float4_e2m1, 2.93, is 0.023.
    expect(scales).toMatchObject({ kind: 'constant', value: 127 - 7 });
  });

  test('that has scales beside its codes needs no word of it in config.json', () => {
    const plain = { model_type: 'llama' };
    const inits = initsOf(
      plain,
      tensor(`${proj}.weight`, [8, 8], 'F8_E4M3'),
      tensor(`${proj}.weight_scale`, [], 'F32'),
      tensor('other.weight', [8, 8], 'I8'),
      tensor('other.SCB', [8], 'F32'),
    );
    expect(inits).toMatchObject([
      { kind: 'truncated_normal', std: 112 },
      { kind: 'constant', value: 0.02 / 112 },
      { kind: 'bits' },
      // The codes of a row are ±127 of its largest weight.
      { kind: 'constant', value: (127 * 0.02) / Math.sqrt(65535 / 12) },
    ]);
  });

  test('of MLX has offsets that take the mean of its codes away', () => {
    const [, scales, offsets] = initsOf(
      { model_type: 'llama', quantization: { group_size: 64, bits: 4 } },
      tensor(`${proj}.weight`, [64, 8], 'U32'),
      tensor(`${proj}.scales`, [64, 1]),
      tensor(`${proj}.biases`, [64, 1]),
    ) as readonly { readonly value: number }[];
    expect(scales?.value).toBeCloseTo(0.02 / Math.sqrt(255 / 12), 12);
    expect(offsets?.value).toBeCloseTo(-7.5 * (scales?.value ?? NaN), 12);
  });

  test('has as many zeros in a word as its dtype has room for', () => {
    const zerosOf = (quantization: object, dtype: LikeTensor['dtype']): unknown =>
      initsOf(config(quantization), tensor(`${proj}.qzeros`, [2, 8], dtype))[0];
    const awq = { quant_method: 'awq', bits: 4 };
    expect(zerosOf(awq, 'I16')).toMatchObject({ value: 0x8888 - 0x10000 });
    expect(zerosOf(awq, 'U8')).toMatchObject({ value: 0x88 });
    expect(zerosOf(awq, 'U32')).toMatchObject({ value: 0x88888888 });
    const gptq = { quant_method: 'gptq', bits: 8 };
    expect(zerosOf(gptq, 'I32')).toMatchObject({ value: 0x7f7f7f7f });
    expect(zerosOf({ ...gptq, checkpoint_format: 'gptq_v2' }, 'I32')).toMatchObject({
      value: 0x80808080 - 2 ** 32,
    });
  });

  test('of bitsandbytes with 4 bits does not open, which a note says with what to keep', () => {
    const { notes } = autoRules({ model_type: 'llama' }, [
      tensor(`${proj}.weight`, [32, 1], 'U8'),
      tensor(`${proj}.weight.absmax`, [4], 'U8'),
      tensor(`${proj}.weight.quant_state.bitsandbytes__nf4`, [90], 'U8'),
    ]);
    expect(notes).toContainEqual(expect.stringMatching(/no model opens: keep "\*absmax"/));
  });

  test('says that it is none of the authors’ draws', () => {
    const { notes } = autoRules({ model_type: 'llama' }, [tensor(`${proj}.qweight`, [8, 8], 'I32')]);
    expect(notes).toHaveLength(1);
  });
});

describe('tensors that no architecture names', () => {
  test('of float8 without a scale are parameters like others', () => {
    const tensors = [
      tensor('blocks.0.mlp.weight', [8, 8], 'F8_E4M3'),
      tensor('blocks.0.mlp.bias', [8], 'F8_E4M3'),
      tensor('blocks.0.norm.weight', [8], 'F8_E5M2'),
    ];
    expect(initsOf({ model_type: 'llama' }, ...tensors)).toMatchObject([
      { kind: 'normal', std: 0.02 },
      { kind: 'zeros' },
      { kind: 'ones' },
    ]);
    expect(autoRules({ model_type: 'llama' }, tensors).notes).toEqual([]);
  });

  test('of a LoRA adapter have a product of 0', () => {
    const inits = initsOf(
      { model_type: 'llama' },
      tensor('base_model.model.layers.0.q_proj.lora_A.weight', [8, 64]),
      tensor('base_model.model.layers.0.q_proj.lora_B.weight', [64, 8]),
      tensor('base_model.model.embed_tokens.lora_embedding_A', [8, 96]),
      tensor('base_model.model.embed_tokens.lora_embedding_B', [64, 8]),
    );
    expect(inits).toMatchObject([
      { kind: 'uniform', low: -1 / 8, high: 1 / 8 },
      { kind: 'zeros' },
      { kind: 'zeros' },
      { kind: 'normal', std: 1 },
    ]);
  });

  test.each([
    [{ rope_theta: 500_000 }, 500_000],
    [{ rope_parameters: { rope_theta: 5_000_000, rope_type: 'default' } }, 5_000_000],
    [{ rotary_emb_base: 25_000 }, 25_000],
    [{}, 10_000],
  ])('of rotary embeddings follow from %j', (config, base) => {
    const frequencies = tensor('layers.0.rotary_emb.inv_freq', [4], 'F32');
    expect(initsOf({ model_type: 'llama', ...config }, frequencies)).toMatchObject([{ step: -0.25, base }]);
  });

  test('of GPT-2’s old checkpoints are held by whatever dtype they were cast to', () => {
    const valuesOf = (dtype: LikeTensor['dtype']): unknown =>
      initsOf({ model_type: 'gpt2' }, tensor('h.0.attn.masked_bias', [], dtype))[0];
    expect(valuesOf('F32')).toMatchObject({ value: -1e9 });
    expect(valuesOf('F16')).toMatchObject({ value: -1e4 });
    expect(valuesOf('F8_E4M3')).toMatchObject({ value: -448 });
  });
});
