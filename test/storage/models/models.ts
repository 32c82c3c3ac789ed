/** Specs of models of today: rules for real layer lists (vectors/layer_lists.py), as their authors initialise and store them. */
import { readFileSync } from 'node:fs';
import type { ModelSpec } from 'jumpfill';

const lists = JSON.parse(readFileSync('test/vectors/layer_lists.json', 'utf8')) as Readonly<
  Record<'bamba' | 'mamba' | 'deepseek_v3' | 'qwen2', Readonly<Record<string, readonly number[]>>>
>;

const listed = (model: keyof typeof lists): ModelSpec['tensors'] =>
  Object.entries(lists[model]).map(([name, shape]) => ({ name, shape }));

/** config.initializer_range of all of them. */
const RANGE = { kind: 'normal', std: 0.02 } as const;

/**
 * DeepSeek-V3 as published: matrices in e4m3fn, a float32 scale for every 128 x 128 block, the router and its bias in wider dtypes. The
 * numbers of a matrix are truncated normals of std 0.02, divided by its scale: e4m3fn holds 448 at most.
 */
const DEEPSEEK: ModelSpec = {
  seed: 1,
  default: { dtype: 'bfloat16', init: RANGE },
  rules: [
    { match: '*_scale_inv', dtype: 'float32', init: { kind: 'constant', value: 0.0002 } },
    { match: '*.e_score_correction_bias', dtype: 'float32', init: { kind: 'zeros' } },
    { match: '*norm.weight', init: { kind: 'ones' } },
    {
      match: 're:.*_(?:proj|with_mqa)\\.weight',
      dtype: 'float8_e4m3fn',
      init: { kind: 'truncated_normal', std: 100 },
    },
  ],
  tensors: listed('deepseek_v3'),
};

/** A hybrid of Mamba 2 and attention, as transformers' Bamba initialises it: A_log counts the heads, D and dt_bias are ones. */
const BAMBA: ModelSpec = {
  seed: 2,
  default: { dtype: 'bfloat16', init: RANGE },
  rules: [
    { match: '*.A_log', dtype: 'float32', init: { kind: 'arange', start: 1, map: 'log' } },
    { match: '*.dt_bias', dtype: 'float32', init: { kind: 'ones' } },
    { match: '*.D', dtype: 'float32', init: { kind: 'ones' } },
    { match: '*norm.weight', init: { kind: 'ones' } },
    { match: '*.bias', init: { kind: 'zeros' } },
  ],
  tensors: listed('bamba'),
};

/** Mamba as mamba_ssm initialises it: `lm_head` is tied, residual projections shrink with the number of layers. */
const MAMBA: ModelSpec = {
  seed: 3,
  default: { init: RANGE },
  rules: [
    { match: '*.A_log', init: { kind: 'arange', start: 1, axis: -1, map: 'log' } },
    { match: '*.D', init: { kind: 'ones' } },
    { match: '*.dt_proj.weight', init: { kind: 'uniform', low: -0.5, high: 0.5 } },
    {
      match: '*.dt_proj.bias',
      init: { kind: 'log_uniform', low: 0.001, high: 0.1, floor: 0.0001, map: 'inverse_softplus' },
    },
    {
      match: '*.conv1d.*',
      init: {
        kind: 'uniform',
        low: { of: -1, by: { fan_of: '$1.conv1d.weight' }, power: -0.5 },
        high: { of: 1, by: { fan_of: '$1.conv1d.weight' }, power: -0.5 },
      },
    },
    {
      match: '*.out_proj.weight',
      init: {
        kind: 'uniform',
        low: { of: { of: -1, by: { fan_of: '$0' }, power: -0.5 }, by: 2, power: -0.5 },
        high: { of: { of: 1, by: { fan_of: '$0' }, power: -0.5 }, by: 2, power: -0.5 },
      },
    },
    { match: '*norm*.weight', init: { kind: 'ones' } },
  ],
  tensors: (listed('mamba') ?? []).map((tensor) =>
    tensor.name === 'lm_head.weight' ? { ...tensor, same_as: 'backbone.embeddings.weight' } : tensor,
  ),
};

/** Qwen2 with Linear layers of 4-bit codes, as compressed-tensors packs them. */
const QWEN2: ModelSpec = {
  seed: 9,
  default: { dtype: 'bfloat16', init: RANGE },
  rules: [
    { match: '*_proj.weight', init: { kind: 'wage', bits: 4, codes: 'pack-quantized' } },
    { match: '*norm.weight', init: { kind: 'ones' } },
    { match: '*.bias', init: { kind: 'zeros' } },
  ],
  tensors: listed('qwen2'),
};

export const MODELS: Readonly<Record<string, ModelSpec>> = {
  'DeepSeek-V3 in float8': DEEPSEEK,
  Bamba: BAMBA,
  Mamba: MAMBA,
  'Qwen2 in packed int4': QWEN2,
};
