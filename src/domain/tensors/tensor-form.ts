/**
 * A tensor before it has memory.
 * @module
 */
import type { Dtype } from './dtypes.js';

/** A tensor's shape, dtype and name, from which a recipe is resolved. */
export interface TensorForm {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly name?: string | undefined;
}
