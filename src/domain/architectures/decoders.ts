/**
 * Architectures of language models that generate text with attention alone.
 * @module
 */
import type { Architecture } from './architecture.js';
import { always, constant, dim, draws, layersOf, normal, ones, zeros, type DrawRow } from './draw-row.js';

const TOKENS = ['*embed_tokens.weight'];

/** GPT-2's: the weights that end a path of the residual are scaled down by the number of such paths, two a layer. */
const residual: DrawRow = draws(
  (_, facts) => normal(facts.std / Math.sqrt(2 * layersOf(facts))),
  '*c_proj.weight',
);

/** RMSNorms that multiply by 1 + weight. */
const centred: DrawRow = draws(
  ({ shape }) => (shape.length < 2 ? zeros : undefined),
  '*norm.weight',
  '*layernorm.weight',
);

/** Draw nothing but the default, and have a row of padding. */
const PLAIN_DECODERS = [
  ...['opt', 'phi', 'phi3', 'phimoe', 'mistral', 'mistral3', 'ministral3', 'pixtral'],
  ...['mixtral', 'qwen2', 'qwen2_moe', 'qwen2_vl', 'qwen2_vl_text', 'qwen2_5_vl', 'qwen2_5_vl_text', 'qwen3'],
  ...['qwen3_moe', 'qwen3_vl', 'qwen3_vl_text', 'llama', 'llama4_text', 'olmo', 'olmo2', 'olmo3'],
  ...['olmoe', 'cohere2', 'starcoder2', 'glm', 'glm4', 'granite', 'granitemoe', 'stablelm'],
  ...['nemotron', 'persimmon', 'smollm3', 'smolvlm', 'ernie4_5', 'ernie4_5_moe', 'exaone4', 'lfm2'],
  ...['deepseek_v2', 'xglm', 'llava', 'seed_oss', 'arcee', 'hunyuan_v1_dense', 'minimax_m2', 'helium'],
  ...['bitnet', 'cwm', 'eurobert', 'granitemoeshared', 'idefics3', 'ministral', 'qwen3_5', 'qwen3_5_moe'],
  ...['qwen3_vl_moe', 'qwen3_vl_moe_text'],
];

export const DECODERS: readonly Architecture[] = [
  { types: ['gpt2', 'gpt_bigcode'], differs: '`c_proj` of std / √(2 layers)', rows: [residual] },
  {
    types: ['gpt_neo', 'gpt_neox', 'gptj', 'codegen', 'bloom', 'falcon', 'mpt', 'dbrx'],
    differs: '',
    rows: [],
  },
  { types: PLAIN_DECODERS, differs: '', rows: [], padded: TOKENS },
  {
    types: ['llava_next'],
    differs: '`image_newline` of 1 / √width',
    rows: [draws((tensor) => normal(dim(tensor, -1) ** -0.5), '*image_newline')],
    padded: TOKENS,
  },
  {
    types: ['deepseek_v3', 'deepseek_v32', 'glm4_moe', 'dots1'],
    differs: '`e_score_correction_bias` 0',
    rows: [],
    padded: TOKENS,
  },
  {
    types: ['gemma', 'gemma2', 'gemma3_text', 'gemma3', 'paligemma'],
    differs: 'norms 0, since they multiply by 1 + weight; `mm_input_projection_weight` 0',
    rows: [always(zeros, '*mm_input_projection_weight'), centred],
    padded: TOKENS,
  },
  {
    types: ['cohere'],
    differs: 'norms of queries and keys 1, though they are matrices',
    rows: [always(ones, '*q_norm.weight', '*k_norm.weight')],
    padded: TOKENS,
  },
  {
    types: ['gpt_oss'],
    differs: '`router.bias` and `sinks` normal',
    rows: [draws((_, { std }) => normal(std), '*router.bias')],
    padded: TOKENS,
  },
  {
    types: ['qwen3_next', 'qwen3_5_text', 'qwen3_5_moe_text'],
    differs: 'norms 0, but `linear_attn.norm` 1; `A_log` log of uniform [0.01, 16]; `dt_bias` 1',
    rows: [
      always({ kind: 'uniform', low: 0.01, high: 16, map: 'log' }, '*A_log'),
      always(ones, '*dt_bias', '*linear_attn.norm.weight'),
      centred,
    ],
    padded: TOKENS,
  },
  {
    types: ['llama4', 'llama4_vision_model'],
    differs: 'embeddings of classes and positions of 1 / √width',
    rows: [
      draws((tensor) => normal(dim(tensor, -1) ** -0.5), '*class_embedding', '*positional_embedding_vlm'),
    ],
    padded: TOKENS,
  },
  {
    types: ['apertus'],
    differs: 'xIELU’s `alpha_p` log(e^0.8 - 1), `alpha_n` log(e^0.3 - 1), `beta` 0.5, `eps` -1e-6',
    // As torch computes them, in float32.
    rows: [
      always(constant(0.20338237285614014), '*act_fn.alpha_p'),
      always(constant(-1.0502256155014038), '*act_fn.alpha_n'),
      always(constant(0.5), '*act_fn.beta'),
      always(constant(-1e-6), '*act_fn.eps'),
    ],
    padded: TOKENS,
  },
  {
    types: ['minimax'],
    differs: '`slope_rate` and decays follow from the layer: ones here',
    rows: [
      always(
        { init: ones, note: 'slope_rate and decays of lightning attention are ones' },
        '*.slope_rate',
        '*_decay',
      ),
    ],
    padded: TOKENS,
  },
  {
    types: ['xlnet'],
    differs: '`r_w_bias`, `r_r_bias`, `r_s_bias` normal',
    rows: [draws((_, { std }) => normal(std), '*r_w_bias', '*r_r_bias', '*r_s_bias')],
  },
];
