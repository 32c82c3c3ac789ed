/**
 * Architectures that hear.
 * @module
 */
import type { Architecture } from './architecture.js';
import { always, dim, draws, fanIn, normal, ones, torchDefault, uniform, type DrawRow } from './draw-row.js';

/** A convolution whose weights are kept as directions and norms: the norms are those of what torch draws. */
const norms: DrawRow = draws(
  (tensor, { shapeOf }) => {
    const shape = shapeOf(tensor.name.replace(/original0$/, 'original1').replace(/weight_g$/, 'weight_v'));
    if (shape?.length !== 3) return undefined;
    const [out, inputs] = [dim({ ...tensor, shape }, 0), dim({ ...tensor, shape }, 1)];
    const mean = Math.sqrt((out * inputs) / (3 * fanIn({ shape })));
    // The relative deviation of a norm of n uniforms, whose kurtosis is 1.8.
    return { kind: 'normal', mean, std: mean * Math.sqrt(0.8 / (4 * out * inputs)) };
  },
  '*.original0',
  '*weight_g',
);

const SPEECH_ROWS: readonly DrawRow[] = [
  norms,
  draws(torchDefault, '*.original1', '*weight_v'),
  always(uniform(1, 0), '*masked_spec_embed'),
  always(
    { kind: 'kaiming_normal' },
    '*feature_extractor.conv_layers.*.conv.weight',
    '*adapter.layers.*.conv.weight',
  ),
];

const quantizer: readonly DrawRow[] = [
  always(normal(1), '*quantizer.weight_proj.weight'),
  always(uniform(1, 0), '*quantizer.codevectors'),
  draws(
    torchDefault,
    'project_hid.*',
    'project_q.*',
    '*feature_projection.projection.*',
    '*feature_extractor.conv_layers.*.conv.bias',
    '*adapter.layers.*.conv.bias',
  ),
];

export const SPEECH: readonly Architecture[] = [
  {
    types: ['wav2vec2', 'wavlm'],
    differs:
      'features `kaiming_normal`; projections as torch draws them; code vectors and `masked_spec_embed` uniform [0, 1]; `gru_rel_pos_const` 1',
    rows: [...SPEECH_ROWS, ...quantizer, always(ones, '*gru_rel_pos_const')],
  },
  {
    types: ['hubert'],
    differs: 'features `kaiming_normal`; `masked_spec_embed` uniform [0, 1]',
    rows: SPEECH_ROWS,
  },
];
