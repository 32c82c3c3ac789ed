/**
 * Architectures that compare images with texts.
 * @module
 */
import type { InitInput } from '../recipes/init.js';
import type { Architecture } from './architecture.js';
import {
  always,
  constant,
  dim,
  draws,
  fanIn,
  layersOf,
  normal,
  truncated,
  zeros,
  type DrawRow,
  type ModelFacts,
} from './draw-row.js';

const factorOf = ({ config, whole }: ModelFacts): number =>
  config.width('initializer_factor') ?? whole.width('initializer_factor') ?? 1;

/** CLIP's factor over a root. */
const over = (size: number, facts: ModelFacts): InitInput => normal(factorOf(facts) * size ** -0.5);

const inner = (size: number, facts: ModelFacts): InitInput =>
  normal(size ** -0.5 * (2 * layersOf(facts)) ** -0.5 * factorOf(facts));

const temperature: DrawRow = draws(
  (_, { whole }) => constant(whole.scalar('logit_scale_init_value') ?? 2.6592),
  '*logit_scale',
);

const CLIP_TOWER: readonly DrawRow[] = [
  draws(
    (tensor, facts) => over(dim(tensor, -1), facts),
    '*class_embedding',
    '*text_projection.weight',
    '*visual_projection.weight',
    'classifier.weight',
  ),
  draws(
    (_, facts) => normal(factorOf(facts) * facts.std),
    '*patch_embedding.weight',
    '*vision_model.*position_embedding.weight',
  ),
  // A text model alone has no `text_model.` before its names.
  draws(
    (_, facts) =>
      normal(factorOf(facts) * (facts.config.text('model_type') === 'clip_text_model' ? 0.02 : facts.std)),
    'embeddings.position_embedding.weight',
  ),
  draws(
    (tensor, facts) => inner(dim(tensor, 0), facts),
    '*self_attn.q_proj.weight',
    '*self_attn.k_proj.weight',
    '*self_attn.v_proj.weight',
    '*mlp.fc2.weight',
  ),
  draws((tensor, facts) => over(dim(tensor, -1), facts), '*self_attn.out_proj.weight'),
  draws((tensor, facts) => over(2 * dim(tensor, -1), facts), '*mlp.fc1.weight'),
];

const CLIP_ROWS: readonly DrawRow[] = [
  temperature,
  draws(
    (_, facts) => normal(0.02 * factorOf(facts)),
    '*token_embedding.weight',
    '*text_model.*position_embedding.weight',
  ),
  ...CLIP_TOWER,
];

/** Google's from flax: Xavier in attention, LeCun elsewhere. torch's `trunc_normal_` bounds values, so these are hardly truncated. */
const lecun = (tensor: { readonly shape: readonly number[] }): InitInput =>
  truncated(Math.sqrt(1 / fanIn(tensor)) / 0.87962566103423978);

const SIGLIP_ROWS: readonly DrawRow[] = [
  always(zeros, '*logit_scale', '*logit_bias'),
  draws((tensor) => normal(dim(tensor, -1) ** -0.5), '*token_embedding.weight', '*position_embedding.weight'),
  always(normal(1e-6), '*mlp.fc1.bias', '*mlp.fc2.bias'),
  draws(
    lecun,
    '*head.attention.out_proj.weight',
    '*patch_embedding.weight',
    '*text_model.head.weight',
    'head.weight',
  ),
  always(
    { kind: 'xavier_uniform' },
    '*.probe',
    '*in_proj_weight',
    '*self_attn.*.weight',
    '*mlp.fc1.weight',
    '*mlp.fc2.weight',
  ),
];

export const IMAGE_TEXT: readonly Architecture[] = [
  {
    types: ['clip', 'clip_text_model', 'clip_vision_model'],
    differs: 'widths of `initializer_factor` over roots of width and depth; `logit_scale` of the config',
    rows: CLIP_ROWS,
  },
  {
    types: ['chinese_clip_vision_model'],
    differs: 'as CLIP',
    rows: CLIP_TOWER,
  },
  {
    types: ['chinese_clip', 'chinese_clip_text_model'],
    differs: 'projections and `logit_scale` as CLIP',
    rows: [
      temperature,
      draws(
        (tensor, facts) => over(dim(tensor, -1), facts),
        '*text_projection.weight',
        '*visual_projection.weight',
      ),
    ],
    padded: ['*word_embeddings.weight'],
  },
  {
    types: ['siglip', 'siglip_text_model', 'siglip_vision_model'],
    differs:
      'Xavier in attention and MLP, whose biases have std 1e-6; embeddings of 1 / √width; LeCun elsewhere; `logit_scale` 0',
    rows: SIGLIP_ROWS,
  },
  {
    types: ['blip', 'blip_vision_model', 'blip_text_model'],
    differs: 'positions and classes of images truncated; `logit_scale` of the config',
    rows: [
      temperature,
      draws((_, { std }) => truncated(std), '*vision_model.*position_embedding', '*class_embedding'),
    ],
    padded: ['*word_embeddings.weight'],
  },
];
