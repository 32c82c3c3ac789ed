/**
 * A tensor of a model, ready to be drawn.
 * @module
 */
import type { Recipe } from '../recipes/recipe.js';
import type { Dtype } from '../tensors/dtypes.js';
import type { Origin } from '../torch/sequence.js';

export interface ModelTensor {
  readonly name: string;
  /** Its name in the spec, or in the checkpoint that it is like, if a rule renames it. */
  readonly listedName?: string | undefined;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly elementCount: number;
  readonly recipe: Recipe;
  /** Where its draw begins in the generator's sequence, if not where the draw of the tensor before it ended. */
  readonly origin?: Origin | undefined;
  /** The name whose streams it draws from. @defaultValue its own, or that of the tensor that it is the same as */
  readonly stream?: string | undefined;
  /** The tensor that it is the same as, by another name: it takes no words of a sequence. */
  readonly sameAs?: string | undefined;
}
