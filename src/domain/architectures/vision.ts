/**
 * Architectures that see, if only spectrograms.
 * @module
 */
import type { Architecture } from './architecture.js';
import { always, constant, draws, torchDefault, truncated, zeros, type DrawRow } from './draw-row.js';

/** Learned vectors of a vision transformer. */
const VECTORS = [
  '*cls_token',
  '*position_embeddings',
  '*position_embedding',
  '*class_embedding',
  '*register_tokens',
];

const truncatedVectors: DrawRow = draws((_, { std }) => truncated(std), ...VECTORS);
const noMask: DrawRow = always(zeros, '*mask_token');

/** Layer scales begin at what the config says. */
const layerScale = (key: string, usual: number, ...names: readonly string[]): DrawRow =>
  draws((_, { config }) => constant(config.width(key) ?? usual), ...names);

/** Matrices and kernels truncated, by `trunc_normal_`. */
const truncatedWeights: DrawRow = draws(
  ({ shape }, { std }) => (shape.length > 1 ? truncated(std) : undefined),
  '*weight',
);

export const VISION: readonly Architecture[] = [
  {
    types: ['vit'],
    differs: 'positions and `cls_token` truncated; `mask_token` 0',
    rows: [noMask, truncatedVectors],
  },
  {
    types: ['deit', 'audio-spectrogram-transformer'],
    differs: 'positions and tokens 0',
    rows: [always(zeros, ...VECTORS, '*distillation_token', '*mask_token')],
  },
  {
    types: ['beit'],
    differs: 'positions and tokens 0; `lambda_*` of `layer_scale_init_value`',
    rows: [
      always(zeros, ...VECTORS, '*mask_token', '*relative_position_bias_table'),
      layerScale('layer_scale_init_value', 0.1, '*lambda_1', '*lambda_2'),
    ],
  },
  {
    types: ['swin', 'swinv2'],
    differs: '`relative_position_bias_table` 0; `logit_scale` log 10',
    rows: [
      always(zeros, ...VECTORS, '*mask_token', '*relative_position_bias_table'),
      always(constant(Math.log(10)), '*logit_scale'),
    ],
  },
  {
    types: ['convnext', 'convnextv2'],
    differs: '`layer_scale_parameter` of `layer_scale_init_value`; `grn` 0',
    rows: [
      layerScale('layer_scale_init_value', 1e-6, '*layer_scale_parameter'),
      always(zeros, '*grn.weight'),
    ],
  },
  {
    types: ['dinov2', 'dinov3_vit'],
    differs: 'all weights truncated; `lambda1` of `layerscale_value`; `mask_token` 0',
    rows: [noMask, layerScale('layerscale_value', 1, '*lambda1'), truncatedVectors, truncatedWeights],
  },
  {
    types: ['resnet'],
    differs: 'convolutions `kaiming_normal` of fan_out; the classifier as torch draws it',
    rows: [
      draws(
        ({ shape }) =>
          shape.length === 4 ? { kind: 'kaiming_normal', mode: 'fan_out', nonlinearity: 'relu' } : undefined,
        '*weight',
      ),
      draws(torchDefault, '*classifier.1.weight', '*classifier.1.bias'),
    ],
  },
  { types: ['segformer'], differs: '', rows: [] },
];
