/**
 * The table of architectures that `init: 'auto'` knows. What they draw is written in `_init_weights` of transformers 5.24, in
 * src/transformers/models/NAME/modeling_NAME.py; test/vectors/architectures.json has what that draws.
 * @module
 */
import type { Architecture } from './architecture.js';
import { DECODERS } from './decoders.js';
import { ENCODERS } from './encoders.js';
import { IMAGE_TEXT } from './image-text.js';
import { SPEECH } from './speech.js';
import { STATE_SPACE } from './state-space.js';
import { VISION } from './vision.js';

export const ARCHITECTURES: readonly Architecture[] = [
  ...DECODERS,
  ...STATE_SPACE,
  ...ENCODERS,
  ...VISION,
  ...IMAGE_TEXT,
  ...SPEECH,
];

export function findArchitecture(type: string | undefined): Architecture | undefined {
  return ARCHITECTURES.find(({ types }) => type !== undefined && types.includes(type));
}

/** Parts of models have a type of their own, and the folder of the whole. */
const FOLDERS: Readonly<Record<string, string>> = {
  clip_text_model: 'clip',
  clip_vision_model: 'clip',
  chinese_clip_text_model: 'chinese_clip',
  chinese_clip_vision_model: 'chinese_clip',
  siglip_text_model: 'siglip',
  siglip_vision_model: 'siglip',
  blip_text_model: 'blip',
  blip_vision_model: 'blip',
  gemma3_text: 'gemma3',
  llama4_text: 'llama4',
  llama4_vision_model: 'llama4',
  qwen2_5_vl_text: 'qwen2_5_vl',
  qwen2_vl_text: 'qwen2_vl',
  qwen3_5_moe_text: 'qwen3_5_moe',
  qwen3_5_text: 'qwen3_5',
  qwen3_vl_text: 'qwen3_vl',
  qwen3_vl_moe_text: 'qwen3_vl_moe',
};

/** Where the files are. */
export const TRANSFORMERS = 'transformers 5.24, src/transformers/models';

/** The file of transformers that draws an architecture, under src/transformers/models. */
export function sourceOf(type: string): string {
  const folder = FOLDERS[type] ?? type.replaceAll('-', '_');
  return `${folder}/modeling_${folder}.py`;
}
