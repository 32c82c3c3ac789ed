/**
 * Generates the regular specs of this folder, or into the folder given: `npm run build && node bench/models/make.mjs [FOLDER]`.
 *
 * Names, shapes and order are those of Hugging Face's transformers (GPT2LMHeadModel, whose lm_head is tied to wte;
 * LlamaForCausalLM), with the sizes of the models' published config.json. Initialisers are those of `_init_weights` there:
 * https://github.com/huggingface/transformers/blob/main/src/transformers/models/gpt2/modeling_gpt2.py and
 * https://github.com/huggingface/transformers/blob/main/src/transformers/models/llama/modeling_llama.py.
 *
 * These are not the authors' own: OpenAI's src/model.py (https://github.com/openai/gpt-2) draws wpe with a std of 0.01, and its
 * c_proj with 0.02, where the paper (section 2.3) and transformers scale down what adds to the residual stream; Meta's
 * llama/model.py (https://github.com/meta-llama/llama3) initialises nothing but its norms, since it loads weights.
 * vgg7-wage.json is not generated here: its layers are those of QPyTorch's examples/WAGE/models/vgg_low.py, and its initialiser
 * comes from that file and source/NN.py of https://github.com/boluoweifenda/WAGE (uniform, fan-in, factor 1).
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatSpec } from '#built/storage/read/format-spec.js';

const normal = (std) => ({ kind: 'normal', std });
const zeros = { kind: 'zeros' };
const ones = { kind: 'ones' };
const repeat = (layers, block) => Array.from({ length: layers }, (_, layer) => block(layer)).flat();

/** A layer normalisation, or a linear layer, as pairs of name and shape. */
const withBias = (name, shape) => [
  [`${name}.weight`, shape],
  [`${name}.bias`, shape.slice(-1)],
];

/** Weights of linear layers are [in, out] here: GPT-2's are Conv1D. */
function gpt2({ layers, width, vocabulary, positions, initializerRange }) {
  const block = (layer) => {
    const h = `transformer.h.${layer}`;
    return [
      ...withBias(`${h}.ln_1`, [width]),
      ...withBias(`${h}.attn.c_attn`, [width, 3 * width]),
      ...withBias(`${h}.attn.c_proj`, [width, width]),
      ...withBias(`${h}.ln_2`, [width]),
      ...withBias(`${h}.mlp.c_fc`, [width, 4 * width]),
      ...withBias(`${h}.mlp.c_proj`, [4 * width, width]),
    ];
  };
  return {
    seed: 42,
    default: { dtype: 'float32', init: normal(initializerRange) },
    rules: [
      // The residual stream adds up two of these a layer.
      { match: '*.c_proj.weight', init: normal(initializerRange / Math.sqrt(2 * layers)) },
      { match: '*.ln_*.weight', init: ones },
      { match: '*.bias', init: zeros },
    ],
    tensors: [
      ['transformer.wte.weight', [vocabulary, width]],
      ['transformer.wpe.weight', [positions, width]],
      ...repeat(layers, block),
      ...withBias('transformer.ln_f', [width]),
    ],
  };
}

/** Weights of linear layers are [out, in], and none has a bias. */
function llama({ layers, width, hidden, keyWidth, vocabulary, initializerRange }) {
  const block = (layer) => {
    const prefix = `model.layers.${layer}`;
    return [
      [`${prefix}.self_attn.q_proj.weight`, [width, width]],
      [`${prefix}.self_attn.k_proj.weight`, [keyWidth, width]],
      [`${prefix}.self_attn.v_proj.weight`, [keyWidth, width]],
      [`${prefix}.self_attn.o_proj.weight`, [width, width]],
      [`${prefix}.mlp.gate_proj.weight`, [hidden, width]],
      [`${prefix}.mlp.up_proj.weight`, [hidden, width]],
      [`${prefix}.mlp.down_proj.weight`, [width, hidden]],
      [`${prefix}.input_layernorm.weight`, [width]],
      [`${prefix}.post_attention_layernorm.weight`, [width]],
    ];
  };
  return {
    seed: 42,
    shard_size: '5GB',
    default: { dtype: 'bfloat16', init: normal(initializerRange) },
    rules: [{ match: '*norm.weight', init: ones }],
    tensors: [
      ['model.embed_tokens.weight', [vocabulary, width]],
      ...repeat(layers, block),
      ['model.norm.weight', [width]],
      ['lm_head.weight', [vocabulary, width]],
    ],
  };
}

/** Llama 3: heads of 128; 8 of them are for keys and values. */
const LLAMA_3 = { keyWidth: 8 * 128, vocabulary: 128_256, initializerRange: 0.02 };

const MODELS = {
  gpt2: gpt2({ layers: 12, width: 768, vocabulary: 50_257, positions: 1024, initializerRange: 0.02 }),
  'llama-3-8b': llama({ layers: 32, width: 4096, hidden: 14_336, ...LLAMA_3 }),
  'llama-3-70b': llama({ layers: 80, width: 8192, hidden: 28_672, ...LLAMA_3 }),
};

const folder = process.argv[2] ?? import.meta.dirname;
for (const [name, { tensors, ...spec }] of Object.entries(MODELS)) {
  const listed = tensors.map(([tensor, shape]) => ({ name: tensor, shape }));
  writeFileSync(join(folder, `${name}.json`), formatSpec({ ...spec, tensors: listed }));
}
