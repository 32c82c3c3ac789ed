/**
 * The spec that stands for a checkpoint.
 * @module
 */
import type { SpecRule } from '../../domain/specs/model-spec.js';
import type { GeneratorName } from '../../domain/streams/generators.js';
import type { Dtype } from '../../domain/tensors/dtypes.js';

/** A spec of a checkpoint's tensors, as JSON; its initialisers are not checked yet. */
export interface StoredSpec {
  /** Left out for the default one. */
  readonly generator?: GeneratorName;
  /** In decimal digits. */
  readonly seed: string;
  /** Present for a checkpoint of shards. */
  readonly shard_size?: number;
  /** Only where kept tensors had other names. */
  readonly rules?: readonly SpecRule[];
  readonly tensors: readonly StoredSpecTensor[];
}

export interface StoredSpecTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Left out of a kept tensor, which has that of the checkpoint that it is kept from. */
  readonly dtype?: Dtype | undefined;
  /** Left out of a tensor that is the same as another. */
  readonly init?: unknown;
  readonly same_as?: string | undefined;
  readonly stream?: string | undefined;
  /** Where its draw begins in the generator's sequence, if the order of the tensors does not say so. */
  readonly first_word?: number | undefined;
  readonly cached_normal?: number | undefined;
}
