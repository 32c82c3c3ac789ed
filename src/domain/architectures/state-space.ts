/**
 * Architectures with state space models and other recurrences.
 * @module
 */
import type { InitInput } from '../recipes/init.js';
import type { Architecture } from './architecture.js';
import {
  always,
  dim,
  draws,
  layersOf,
  normal,
  ones,
  torchDefault,
  uniform,
  zeros,
  type DrawRow,
  type ModelFacts,
} from './draw-row.js';

const TOKENS = ['*embed_tokens.weight'];

/** log 1, log 2, ...: of Mamba along the states, of Mamba 2 along the heads. */
const decay: DrawRow = always({ kind: 'arange', start: 1, axis: -1, map: 'log' }, '*A_log');
const skip: DrawRow = always(ones, '*.D');

/** Steps that are log-uniform once a softplus is applied. */
const steps: DrawRow = draws(
  (_, { config }) => {
    const low = config.width('time_step_min') ?? 0.001;
    const high = config.width('time_step_max') ?? 0.1;
    if (low <= 0 || high < low) return undefined;
    const floor = config.width('time_step_floor') ?? 1e-4;
    return { kind: 'log_uniform', low, high, map: 'inverse_softplus', ...(floor > 0 && { floor }) };
  },
  '*dt_proj.bias',
  '*dt_bias',
);

const stepWeights: DrawRow = draws((tensor, { config }) => {
  const bound = (config.width('time_step_scale') ?? 1) * dim(tensor, -1) ** -0.5;
  return config.text('time_step_init_scheme') === 'constant'
    ? { kind: 'constant', value: bound }
    : uniform(bound);
}, '*dt_proj.weight');

/** As torch draws them, those that end in the residual perhaps divided by √layers. */
const mixers: readonly DrawRow[] = [
  draws(torchDefault, '*conv1d.weight'),
  draws((tensor, facts) => {
    const bound = dim(tensor, -1) ** -0.5;
    return uniform(
      facts.config.flag('rescale_prenorm_residual') === true ? bound / Math.sqrt(layersOf(facts)) : bound,
    );
  }, '*mixer.out_proj.weight'),
];

const rootOver = (scale: number, size: number): InitInput => normal(Math.sqrt(scale / size));

/** The standard deviation of what nothing else is said of. */
const griffinStd = ({ config }: ModelFacts): number =>
  Math.sqrt((config.width('w_init_variance_scale') ?? 0.01) / (config.count('conv1d_width') ?? 4));

const finalScale = (facts: ModelFacts): number =>
  facts.config.width('final_w_init_variance_scale') ?? 2 / layersOf(facts);

const GRIFFIN_ROWS: readonly DrawRow[] = [
  always(zeros, '*norm.weight'),
  draws((tensor) => rootOver(1, dim(tensor, -1)), '*q_proj.weight', '*k_proj.weight', '*v_proj.weight'),
  draws((tensor) => rootOver(1, dim(tensor, -1)), '*linear_x.weight', '*linear_y.weight'),
  draws(
    (tensor, facts) => rootOver(finalScale(facts), dim(tensor, -1)),
    '*o_proj.weight',
    '*linear_out.weight',
  ),
  draws(
    (tensor, { config }) => rootOver(config.width('w_init_variance_scale') ?? 0.01, dim(tensor, -1)),
    '*input_gate_weight',
    '*recurrent_gate_weight',
  ),
  // log(u^(-1/2) - 1) of a uniform u is the inverse softplus of -log(u) / 2, which is nearly uniform between the same bounds.
  always(
    {
      init: {
        kind: 'uniform',
        low: -0.5 * Math.log(0.999 ** 2 + 1e-8),
        high: -0.5 * Math.log(0.9 ** 2 + 1e-8),
        map: 'inverse_softplus',
      },
      note: 'recurrent_param is drawn from a density that differs from that of the authors by up to a tenth',
    },
    '*recurrent_param',
  ),
  draws((_, facts) => normal(griffinStd(facts)), '*.weight'),
];

const MIXES =
  'time_decay and time_mix of RWKV, which follow from the index and the layer, are uniform on the same range';

/** Orthogonal, wide enough for the larger side. */
const RWKV_ROWS: readonly DrawRow[] = [
  draws((tensor) => {
    const [rows, columns] = [dim(tensor, 0), dim(tensor, -1)];
    return { kind: 'orthogonal', gain: 1e-4 * Math.sqrt(Math.max(rows, columns)) };
  }, '*embeddings.weight'),
  draws((tensor) => {
    if (tensor.shape.length !== 2) return undefined;
    const [rows, columns] = [dim(tensor, 0), dim(tensor, -1)];
    const gain = rows > columns ? Math.sqrt(rows / columns) : 1;
    return { kind: 'orthogonal', gain: /(?:^|\.)head\.weight$/.test(tensor.name) ? gain / 2 : gain };
  }, '*.weight'),
  always(ones, '*time_first'),
  always({ init: uniform(3, -5), note: MIXES }, '*time_decay'),
  always({ init: uniform(1, 0), note: MIXES }, '*time_mix_*'),
];

export const STATE_SPACE: readonly Architecture[] = [
  {
    types: ['mamba', 'falcon_mamba'],
    differs:
      '`A_log` log 1, log 2, ...; `D` 1; `dt_proj` uniform, its bias the inverse softplus of log-uniform steps; `conv1d`, `out_proj` as torch draws them',
    rows: [decay, skip, steps, stepWeights, ...mixers],
  },
  {
    types: ['mamba2'],
    differs: '`A_log`, `D`, `dt_bias` as Mamba’s, of heads; `conv1d`, `out_proj` as torch draws them',
    rows: [decay, skip, steps, ...mixers],
  },
  {
    types: ['zamba2'],
    differs: '`A_log`, `D`, `dt_bias` as Mamba’s',
    rows: [decay, skip, steps],
    padded: TOKENS,
  },
  { types: ['jamba'], differs: '`A_log` log 1, log 2, ...; `D` 1', rows: [decay, skip], padded: TOKENS },
  {
    types: ['bamba', 'granitemoehybrid', 'falcon_h1'],
    differs: '`A_log` log 1, log 2, ...; `D` and `dt_bias` 1',
    rows: [decay, skip, always(ones, '*dt_bias')],
    padded: TOKENS,
  },
  {
    types: ['nemotron_h'],
    differs:
      '`A_log`, `D`, `dt_bias` as Mamba’s; `out_proj` as torch draws it, over √layers, unless `rescale_prenorm_residual` is false',
    rows: [
      ...[decay, skip, steps],
      draws(
        (tensor, facts) =>
          facts.config.flag('rescale_prenorm_residual') === false
            ? undefined
            : uniform((dim(tensor, -1) * layersOf(facts)) ** -0.5),
        '*mixer.out_proj.weight',
      ),
    ],
  },
  {
    types: ['recurrent_gemma'],
    differs:
      'norms 0; widths from `w_init_variance_scale` and `final_w_init_variance_scale`; `recurrent_param` nearly as theirs',
    rows: GRIFFIN_ROWS,
    padded: TOKENS,
  },
  {
    types: ['rwkv'],
    differs: 'orthogonal matrices; `time_decay` and `time_mix_*` follow from index and layer: uniform here',
    rows: RWKV_ROWS,
  },
];
