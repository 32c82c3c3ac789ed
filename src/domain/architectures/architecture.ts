/**
 * What is known of an architecture.
 * @module
 */
import type { DrawRow } from './draw-row.js';

export interface Architecture {
  /** `model_type` of `config.json`: those that draw alike. */
  readonly types: readonly string[];
  /** What differs from transformers' default, for people; empty if nothing does. */
  readonly differs: string;
  /** Before the plain rows. */
  readonly rows: readonly DrawRow[];
  /** Globs of embeddings whose row of padding is zero. */
  readonly padded?: readonly string[];
}
