/**
 * The row of an embedding that stands for padding: torch's `padding_idx`, which transformers sets to zero.
 * @module
 */
import type { InitInput } from '../recipes/init.js';
import type { LikeTensor } from '../specs/listed-tensors.js';
import { compilePattern } from '../specs/patterns.js';
import type { Architecture } from './architecture.js';
import { defaultsOf } from './defaults.js';
import type { ModelConfig } from './model-config.js';

/** Gives an embedding its row of zeros, and returns whatever else it is given as it is. */
export type Padder = (tensor: LikeTensor, init: InitInput) => InitInput;

/** @throws {ValueError} BAD_CHECKPOINT: no number of a row */
export function padderOf(config: ModelConfig, architecture: Architecture | undefined): Padder {
  const matchers = (architecture?.padded ?? []).map(compilePattern);
  const { pad } = defaultsOf(config.text('model_type'));
  const id = config.has('pad_token_id') ? config.scalar('pad_token_id') : pad;
  if (id === undefined || matchers.length === 0) return (_, init) => init;
  return ({ name, shape }, init) => {
    const [rows = 0] = shape;
    const row = id < 0 ? id + rows : id;
    const isRow = shape.length === 2 && Number.isInteger(row) && row >= 0 && row < rows;
    if (!isRow || init.kind !== 'normal' || !matchers.some((matches) => matches(name))) return init;
    return { ...init, zero_rows: [row] };
  };
}
