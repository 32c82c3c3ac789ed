/**
 * Architectures of encoders, and of encoders with a decoder.
 * @module
 */
import type { Architecture } from './architecture.js';
import {
  always,
  dim,
  draws,
  layersOf,
  normal,
  type ChosenInit,
  type DrawRow,
  type ModelFacts,
} from './draw-row.js';
import type { InitInput } from '../recipes/init.js';

const WORDS = ['*word_embeddings.weight'];
const SHARED = ['*shared.weight', '*embed_tokens.weight'];

const SINUSOIDS =
  'sinusoidal position embeddings are normal, with their root mean square: keep them, or make them anew when loading';

/** The root mean square of sines and cosines. */
const sinusoids: ChosenInit = { init: normal(Math.SQRT1_2), note: SINUSOIDS };

/** T5's `initializer_factor` over a root. */
const factorOver = (size: number, { config }: ModelFacts): InitInput =>
  normal((config.width('initializer_factor') ?? 1) * size ** -0.5);

/** Queries are not divided by √d_kv when they are used, so they are drawn so much smaller. */
const queries: DrawRow = draws(
  (tensor, facts) => factorOver(dim(tensor, -1) * (facts.config.count('d_kv') ?? 64), facts),
  '*Attention.q.weight',
);

const T5_ROWS: readonly DrawRow[] = [
  draws((_, { config }) => {
    const value = config.width('initializer_factor') ?? 1;
    return { kind: 'constant', value };
  }, '*layer_norm.weight'),
  queries,
  draws(
    ({ shape: [buckets = 1] }, facts) => factorOver(facts.config.count('d_model') ?? buckets, facts),
    '*relative_attention_bias.weight',
  ),
  draws(
    (_, facts) => factorOver(1, facts),
    '*shared.weight',
    '*embed_tokens.weight',
    '*lm_head.weight',
    '*classifier.weight',
  ),
  draws(
    (tensor, facts) => (tensor.shape.length === 2 ? factorOver(dim(tensor, -1), facts) : undefined),
    '*.weight',
  ),
];

/** A truncated normal, of so many standard deviations. */
function cutOff(std: number, { config }: ModelFacts): InitInput {
  const cutoff = config.width('initializer_cutoff_factor') ?? 3;
  return std === 0 || cutoff === 0
    ? normal(std)
    : { kind: 'truncated_normal', std, low: -cutoff, high: cutoff };
}

const MODERN_ROWS: readonly DrawRow[] = [
  draws(
    (_, facts) => cutOff(facts.std / Math.sqrt(2 * layersOf(facts)), facts),
    '*Wo.weight',
    'head.dense.weight',
    'decoder.weight',
  ),
  draws((tensor, facts) => cutOff(dim(tensor, -1) ** -0.5, facts), 'classifier.weight'),
  draws((_, facts) => cutOff(facts.std, facts), '*tok_embeddings.weight', '*Wqkv.weight', '*Wi.weight'),
];

export const ENCODERS: readonly Architecture[] = [
  {
    types: [
      'bert',
      'electra',
      'deberta',
      'deberta-v2',
      'albert',
      'layoutlm',
      'big_bird',
      'convbert',
      'ernie',
      'nomic_bert',
    ],
    differs: '',
    rows: [],
    padded: WORDS,
  },
  {
    types: [
      'roberta',
      'xlm-roberta',
      'camembert',
      'mpnet',
      'longformer',
      'esm',
      'xlm-roberta-xl',
      'roberta-prelayernorm',
    ],
    differs: 'a row of padding among positions, too',
    rows: [],
    padded: [...WORDS, '*position_embeddings.weight'],
  },
  {
    types: ['distilbert'],
    differs: 'with `sinusoidal_pos_embds`, positions are sinusoids: normal here',
    rows: [
      draws(
        (_, { config }) => (config.flag('sinusoidal_pos_embds') === true ? sinusoids : undefined),
        '*position_embeddings.weight',
      ),
    ],
    padded: WORDS,
  },
  {
    types: ['modernbert'],
    differs:
      'truncated at `initializer_cutoff_factor` deviations; `Wo`, `head.dense` and `decoder` of std / √(2 layers), `classifier` of 1 / √hidden',
    rows: MODERN_ROWS,
  },
  { types: ['bart', 'mbart', 'blenderbot', 'm2m_100', 'led'], differs: '', rows: [], padded: SHARED },
  {
    types: ['pegasus', 'marian', 'whisper'],
    differs: 'positions that are sinusoids (of `whisper`, the encoder’s): normal here',
    rows: [
      always(sinusoids, '*encoder.embed_positions.weight'),
      draws(
        (_, { config }) => (config.text('model_type') === 'whisper' ? undefined : sinusoids),
        '*embed_positions.weight',
      ),
    ],
    padded: SHARED,
  },
  {
    types: ['t5', 'mt5', 'umt5'],
    differs:
      'normal of `initializer_factor`, over √(d_model d_kv) for queries, else over √(columns), of positions over √d_model; embeddings and norms of the factor itself',
    rows: T5_ROWS,
  },
];
