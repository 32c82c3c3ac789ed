/**
 * What a safetensors file says of itself, once it has been checked.
 * @module
 */
import type { Dtype } from '../../domain/tensors/dtypes.js';

export interface StoredTensor {
  readonly name: string;
  /** As in the header: `BF16`. */
  readonly storedDtype: string;
  /** Ours, if it can be filled. */
  readonly dtype: Dtype | undefined;
  readonly shape: readonly number[];
  readonly elementCount: number;
  readonly byteLength: number;
  /** Of the file, absolute. */
  readonly path: string;
  /** Of its first byte in the file. */
  readonly position: number;
}

export interface StoredFile {
  /** Absolute. */
  readonly path: string;
  readonly byteLength: number;
  /** Where the header ends. */
  readonly dataOffset: number;
  readonly metadata: ReadonlyMap<string, string>;
  /** In file order. */
  readonly tensors: readonly StoredTensor[];
}
