/**
 * The models that pages name as `hf:OWNER/NAME`. Tests run the pages' commands and examples against a Hub on loopback (hub-server.ts,
 * through HF_ENDPOINT), which serves the same tiny Llama under every name that a page writes: two shards of bfloat16 with their index,
 * config.json, generation_config.json and a tokenizer. So a page may name any model, but must not print what only the real one gives.
 */
import { join } from 'node:path';
import type { Page } from './pages.js';
import { saveFiles } from './remote.js';
import { makeFolder } from './folder.js';
import { startHub, type Hub } from './hub-server.js';
import { frame, headerOf, indexOf, type Entry } from './stored-files.js';

const [HIDDEN, INTERMEDIATE, VOCABULARY] = [8, 16, 32];

const CONFIG = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  dtype: 'bfloat16',
  hidden_size: HIDDEN,
  intermediate_size: INTERMEDIATE,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 2,
  vocab_size: VOCABULARY,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
  initializer_range: 0.02,
  tie_word_embeddings: false,
};

const TOKENIZER = { version: '1.0', model: { type: 'BPE', vocab: { a: 0, b: 1 }, merges: [] } };

const SHARDS: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  'model-00001-of-00002.safetensors': {
    'model.embed_tokens.weight': [VOCABULARY, HIDDEN],
    'model.layers.0.input_layernorm.weight': [HIDDEN],
    ...Object.fromEntries(
      ['q', 'k', 'v', 'o'].map((name) => [`model.layers.0.self_attn.${name}_proj.weight`, [HIDDEN, HIDDEN]]),
    ),
  },
  'model-00002-of-00002.safetensors': {
    'model.layers.0.mlp.gate_proj.weight': [INTERMEDIATE, HIDDEN],
    'model.layers.0.mlp.up_proj.weight': [INTERMEDIATE, HIDDEN],
    'model.layers.0.mlp.down_proj.weight': [HIDDEN, INTERMEDIATE],
    'model.layers.0.post_attention_layernorm.weight': [HIDDEN],
    'model.norm.weight': [HIDDEN],
    'lm_head.weight': [VOCABULARY, HIDDEN],
  },
};

function shardOf(shapes: Readonly<Record<string, readonly number[]>>): Buffer {
  let end = 0;
  const entries = Object.entries(shapes).map(([name, shape]): [string, Entry] => {
    const begin = end;
    end += 2 * shape.reduce((product, size) => product * size, 1);
    return [name, ['BF16', shape, begin, end]];
  });
  return frame(headerOf(Object.fromEntries(entries), { format: 'pt' }), end);
}

/** @returns the folder of the tiny Llama */
export function saveTinyLlama(folder = makeFolder()): string {
  const names = Object.entries(SHARDS).map(([file, shapes]) => [file, Object.keys(shapes)] as const);
  return saveFiles(
    {
      'config.json': JSON.stringify(CONFIG),
      'generation_config.json': JSON.stringify({ bos_token_id: 0, eos_token_id: 1 }),
      'tokenizer.json': JSON.stringify(TOKENIZER),
      'tokenizer_config.json': JSON.stringify({ tokenizer_class: 'PreTrainedTokenizerFast' }),
      'model.safetensors.index.json': indexOf(Object.fromEntries(names)),
      ...Object.fromEntries(Object.entries(SHARDS).map(([file, shapes]) => [file, shardOf(shapes)])),
    },
    folder,
  );
}

const NAMED = /hf:([\w.-]+(?:\/[\w.-]+)?)/g;

/** A Hub that has the models of these pages. The environment of processes that use it: `hub.environment`. */
export async function startPagesHub(pages: readonly Page[]): Promise<Hub> {
  const code = pages.flatMap(({ blocks }) => blocks.map(({ text }) => text)).join('\n');
  const names = [...code.matchAll(NAMED)].map(([, name = '']) => name);
  const folder = saveTinyLlama(join(makeFolder(), 'tiny-llama'));
  return await startHub({ models: Object.fromEntries(names.map((name) => [name, folder])) });
}
