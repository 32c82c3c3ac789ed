/**
 * What decides the values of a tensor that torch's CPU generator draws: its state, the position of the tensor's first word, and the
 * call that torch would make. All of it is plain data, so it crosses threads.
 * @module
 */
import type { StreamState } from '../streams/generator.js';
import type { DtypesOf, ElementArrays } from '../tensors/dtypes.js';

/** The dtypes that torch draws. */
export type TorchDtype = DtypesOf['float' | 'half'];

export type TorchElements = ElementArrays[TorchDtype];

/** One call of torch; parameters are doubles, as the caller gave them, and torch rounds them as the dtype asks. */
export type TorchKernel =
  | { readonly kind: 'torch_uniform'; readonly low: number; readonly high: number }
  | { readonly kind: 'torch_normal'; readonly mean: number; readonly std: number }
  /** Upstream's `truncated_normal_`: four normals for each element. */
  | { readonly kind: 'torch_truncated_normal'; readonly mean: number; readonly std: number };

export interface TorchDraw {
  readonly kind: 'torch';
  readonly dtype: TorchDtype;
  readonly kernel: TorchKernel;
  readonly root: StreamState;
  /** The position of the draw's first word in the generator's sequence. */
  readonly firstWord: number;
  /** Of the whole tensor: `normal_` draws its last 16 a second time. */
  readonly elementCount: number;
  /** The second normal of an earlier pair; only a draw of fewer than 16 normals reads it. */
  readonly cachedNormal?: number | undefined;
}
