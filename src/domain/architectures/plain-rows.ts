/**
 * What transformers draws unless an architecture says otherwise: `_init_weights` of PreTrainedModel (src/transformers/modeling_utils.py), by
 * the names and ranks of tensors, since a file has no modules. Linear layers, convolutions and embeddings are normal, biases 0, norms 1.
 * @module
 */
import type { InitInput } from '../recipes/init.js';
import type { LikeTensor } from '../specs/listed-tensors.js';
import type { ModelConfig } from './model-config.js';
import {
  always,
  constant,
  dim,
  draws,
  isFloat,
  isFloat8,
  isWhole,
  normal,
  ones,
  torchDefault,
  zeros,
  type DrawRow,
} from './draw-row.js';

/** GPT-2's and GPT-NeoX's, which older checkpoints have; nothing reads them since transformers 4.30. */
const maskedBias = ({ dtype }: LikeTensor): InitInput | undefined => {
  if (isFloat({ dtype })) return constant(dtype === 'F16' ? -1e4 : -1e9);
  return isFloat8({ dtype }) ? constant(-448) : undefined;
};

const rotaryBase = (config: ModelConfig): number =>
  config.part('rope_parameters')?.scalar('rope_theta') ??
  config.scalar('rope_theta', 'rotary_emb_base') ??
  10_000;

const positions = ({ shape, dtype }: LikeTensor): InitInput | undefined => {
  if (shape.length === 0) return zeros;
  return isWhole({ dtype }) || isFloat({ dtype }) ? { kind: 'arange', axis: -1 } : undefined;
};

/** Tensors of numbers that are no parameters: they follow from the shape or from the config. */
export const BUFFER_ROWS: readonly DrawRow[] = [
  draws(positions, '*position_ids'),
  always(zeros, '*token_type_ids', '*num_batches_tracked'),
  draws(
    ({ shape, dtype }) => {
      if (shape.length !== 4 || dim({ shape, name: '', dtype }, -1) !== dim({ shape, name: '', dtype }, -2))
        return undefined;
      return { init: ones, note: 'causal masks are ones: loaders make their own' };
    },
    '*attn.bias',
    '*attention.bias',
  ),
  draws(maskedBias, '*masked_bias'),
  draws(
    (tensor, { config }) =>
      isFloat(tensor)
        ? { kind: 'arange', step: -1 / dim(tensor, 0), map: 'power', base: rotaryBase(config) }
        : undefined,
    '*inv_freq',
  ),
  always(zeros, '*running_mean'),
  always(ones, '*running_var'),
];

/** The usual names first: their globs match no weights of more dimensions, so they can be rules. */
const NORMS = [
  '*norm.weight',
  '*Norm.weight',
  '*ln_*.weight',
  '*norm?.weight',
  '*weight',
  '*.gamma',
  '*norm.scale',
];

/** Adapters of PEFT: LoRA's product begins at 0 (peft 0.18, src/peft/tuners/lora/layer.py, reset_lora_parameters). */
const LORA: readonly DrawRow[] = [
  always(zeros, '*.lora_B.*', '*.lora_embedding_A*'),
  draws(torchDefault, '*.lora_A.*'),
  always(normal(1), '*.lora_embedding_B*'),
];

/** Parameters, the last row for all others. */
export const PLAIN_ROWS: readonly DrawRow[] = [
  ...LORA,
  // Of a sum over layers, as classifiers of speech take.
  draws((tensor) => constant(1 / dim(tensor, 0)), '*layer_weights'),
  draws(
    ({ shape }) => (shape.length === 2 ? { kind: 'xavier_uniform' } : undefined),
    '*weight_ih_l*',
    '*weight_hh_l*',
  ),
  always(zeros, '*bias', '*bias_ih_l*', '*bias_hh_l*', '*.beta'),
  draws(({ shape }) => (shape.length < 2 ? ones : undefined), ...NORMS),
  draws((_, { std }) => normal(std), '*'),
];
