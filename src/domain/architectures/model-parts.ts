/**
 * The parts of a model with a config of their own: text, images, sound. A tensor's name tells which it belongs to.
 * @module
 */
import { compilePattern, type Matcher } from '../specs/patterns.js';
import type { Architecture } from './architecture.js';
import { findArchitecture } from './table.js';
import type { ModelConfig } from './model-config.js';

export interface ModelPart {
  /** `model_type`, or what follows from that of the whole. */
  readonly type: string | undefined;
  readonly config: ModelConfig;
  readonly architecture: Architecture | undefined;
  readonly matches: readonly Matcher[];
}

/** The keys of `config.json`, and globs of the names of their tensors. */
const PARTS = {
  vision_config: ['vision_model.*', '*.vision_model.*', '*vision_tower.*', 'visual.*', '*.visual.*'],
  audio_config: ['*audio_tower.*', '*audio_model.*'],
  text_config: [
    ...['text_model.*', '*.text_model.*', '*language_model.*', '*text_encoder.*', '*text_decoder.*'],
    ...['model.embed_tokens.*', 'model.layers.*', 'model.norm.*'],
  ],
} as const;

/** Parts first, the whole last. @throws {ValueError} BAD_CHECKPOINT */
export function partsOf(whole: ModelConfig): readonly ModelPart[] {
  const type = whole.text('model_type');
  const parts = Object.entries(PARTS).flatMap(([key, globs]): ModelPart[] => {
    const config = whole.part(key);
    if (config === undefined) return [];
    const own = config.text('model_type') ?? nameOfPart(type, key);
    const architecture = findArchitecture(own) ?? findOfWhole(own, type);
    return [{ type: own, config, architecture, matches: globs.map(compilePattern) }];
  });
  const matches = [compilePattern('*')];
  return [...parts, { type, config: whole, architecture: findArchitecture(type), matches }];
}

/** `vision_model` of `clip` is a `clip_vision_model`. */
const nameOfPart = (type: string | undefined, key: string): string | undefined =>
  type === undefined ? undefined : `${type}_${key.replace('config', 'model')}`;

/** That of the whole, for a part that is not another model of its own. */
const findOfWhole = (own: string | undefined, type: string | undefined): Architecture | undefined =>
  own === undefined || type === undefined || own.startsWith(type) ? findArchitecture(type) : undefined;

/** The first part whose tensors have such names. */
export function partOf(parts: readonly ModelPart[], name: string): ModelPart {
  const part = parts.find(({ matches }) => matches.some((matcher) => matcher(name)));
  if (part === undefined) throw new RangeError('no part of the model has the tensor');
  return part;
}
