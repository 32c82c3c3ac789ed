/**
 * A tensor before it has memory.
 * @module
 */
import type { Dtype } from './dtypes.js';

/** What a recipe has to know of a tensor. */
export interface TensorForm {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly name?: string | undefined;
}
