/**
 * The types of a model spec as a person writes it; structure.ts checks it.
 * @module
 */
import type { InitInput } from '../recipes/init.js';
import type { GeneratorName } from '../streams/generators.js';
import type { Dtype } from '../tensors/dtypes.js';

/** The keys that tensors, rules and `default` may all set. */
export interface TensorDefaults {
  readonly dtype?: Dtype | undefined;
  readonly init?: InitInput | undefined;
}

/** A tensor of a model spec. */
export interface SpecTensor extends TensorDefaults {
  readonly name: string;
  readonly shape: readonly number[];
  /**
   * How many words of the generator come before the tensor's draw. Only with `"generator": "torch"`, and only needed where the draw does
   * not begin where that of the tensor before it ended.
   */
  readonly first_word?: number | undefined;
  /**
   * With `first_word`: the second normal of a pair that is left over there, from -8.57 to 8.57. As in torch, it waits for the next draw of
   * fewer than 16 normals: this one, or a later one before another `first_word`.
   */
  readonly cached_normal?: number | undefined;
  /**
   * Another tensor of the spec, of the same shape and dtype, of which this one has the bytes: a tied weight. It has no initialiser and
   * takes no words; the other may lie in another file.
   */
  readonly same_as?: string | undefined;
  /** Draws as if the tensor had this name. Only with the default generator. */
  readonly stream?: string | undefined;
}

/** Applies to the tensors that its pattern matches and no earlier rule's. */
export interface SpecRule extends TensorDefaults {
  /** Matches whole names: a glob such as `*.weight`, or `re:` and a regular expression in RE2's syntax. */
  readonly match: string;
  /** Leaves its tensors out. Beside the pattern alone. */
  readonly skip?: true | undefined;
  /** The shape that its tensors have in place of their own. Only beside an `init` that draws them. */
  readonly shape?: readonly number[] | undefined;
  /** The name that its tensors are written by: `$1` is what the pattern's first group or `*` captures, `$0` the whole name, `$$` a dollar sign. */
  readonly rename?: string | undefined;
}

/** A model spec. */
export interface ModelSpec {
  /** For editors. */
  readonly $schema?: string | undefined;
  readonly seed?: number | bigint | string | undefined;
  /** Where the words come from. @defaultValue `"xoroshiro128+"` */
  readonly generator?: GeneratorName | undefined;
  /** The most bytes that a shard's tensors may have together, such as `"5GB"`. */
  readonly shard_size?: number | string | undefined;
  /** For tensors that neither set it themselves nor take it from a rule. */
  readonly default?: TensorDefaults | undefined;
  readonly rules?: readonly SpecRule[] | undefined;
  /** Left out where another checkpoint gives names and shapes. */
  readonly tensors?: readonly SpecTensor[] | undefined;
}

interface ParsedDefaults {
  readonly dtype?: string | undefined;
  readonly init?: object | undefined;
}

/** A spec with the right structure; its values are still to be checked. */
export interface ParsedSpec {
  readonly seed?: number | bigint | string | undefined;
  readonly generator?: string | undefined;
  readonly shard_size?: number | string | undefined;
  readonly default: ParsedDefaults;
  readonly rules: readonly ParsedRule[];
  readonly tensors?: readonly ParsedTensor[] | undefined;
}

export interface ParsedRule extends ParsedDefaults {
  readonly match: string;
  readonly shape?: readonly unknown[] | undefined;
  readonly skip?: true | undefined;
  readonly rename?: string | undefined;
}

export interface ParsedTensor extends ParsedDefaults, ParsedOrigin {
  readonly name: string;
  readonly shape: readonly unknown[];
  readonly same_as?: string | undefined;
  readonly stream?: string | undefined;
}

/** Where a tensor's draw begins, if the tensor says so. */
export interface ParsedOrigin {
  readonly first_word?: number | undefined;
  readonly cached_normal?: number | undefined;
}
