/**
 * What a config leaves out: the defaults of transformers' configuration classes (5.24, src/transformers/models/NAME/configuration_NAME.py).
 * `config.json` may lack whatever has its default.
 * @module
 */

export interface ConfigDefaults {
  /** `initializer_range` or `init_std`, where it is not 0.02. */
  readonly std?: number;
  /** `pad_token_id`, where it is not null. */
  readonly pad?: number;
}

const STDS: Readonly<Record<string, number>> = {
  blip_vision_model: 1e-10,
  falcon_mamba: 0.1,
  mamba: 0.1,
  mamba2: 0.1,
  nemotron: 0.0134,
  starcoder2: 0.018042,
};

const PADS: readonly (readonly [pad: number, ...types: readonly string[]])[] = [
  [0, 'albert', 'bamba', 'bert', 'blenderbot', 'blip_text_model', 'chinese_clip_text_model', 'cohere'],
  [0, 'big_bird', 'cohere2', 'deberta', 'ernie4_5_moe', 'falcon_h1', 'hunyuan_v1_dense', 'layoutlm'],
  [0, 'deberta-v2', 'distilbert', 'electra', 'ernie4_5', 'gemma', 'gemma2', 'gemma3_text', 'jamba', 'lfm2'],
  [0, 'ernie', 'nomic_bert', 'pegasus', 'recurrent_gemma', 'zamba2'],
  [1, 'bart', 'camembert', 'led', 'longformer', 'm2m_100', 'mbart', 'mpnet', 'olmo', 'olmo2', 'olmoe'],
  [1, 'convbert', 'olmo3', 'seed_oss', 'opt', 'roberta', 'xglm', 'xlm-roberta'],
  [1, 'roberta-prelayernorm', 'xlm-roberta-xl'],
  [3, 'apertus', 'helium'],
  [11, 'ministral3'],
  [32_000, 'phi3'],
  [50_256, 'whisper'],
  [58_100, 'marian'],
  [128_001, 'eurobert'],
  [128_002, 'idefics3', 'smolvlm'],
  [128_004, 'smollm3'],
  [151_329, 'glm', 'glm4'],
];

/** @param type  `model_type` */
export function defaultsOf(type: string | undefined): ConfigDefaults {
  if (type === undefined) return {};
  const std = Object.hasOwn(STDS, type) ? STDS[type] : undefined;
  const pad = PADS.find(([, ...types]) => types.includes(type))?.[0];
  return { ...(std !== undefined && { std }), ...(pad !== undefined && { pad }) };
}
