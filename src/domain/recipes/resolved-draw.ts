/**
 * A resolved draw: what a tensor is drawn with, before it is known from which words. Told apart by `kind`, as draws are.
 * @module
 */
import type { Kernel } from '../kernels/kernel.js';
import type { Narrowing } from '../kernels/narrowing.js';
import type { OrthogonalDraw } from '../draws/orthogonal-draw.js';
import type { PackedDraw } from '../draws/packed-draw.js';
import type { PatternDraw } from '../draws/pattern-draw.js';
import type { Pieces } from '../draws/pieces.js';
import type { SparseDraw } from '../draws/sparse-draw.js';
import type { SequenceGeneratorName } from '../streams/generators.js';
import type { TorchDtype, TorchKernel } from '../torch/torch-draw.js';

export type ResolvedDraw =
  | StreamKernel
  | ResolvedConstant
  | ResolvedPattern
  | ResolvedSparse
  | ResolvedOrthogonal
  | SequenceKernel
  | ResolvedPacked
  | ResolvedPieces
  | Kept;

/** A kernel that streams of words feed. */
export interface StreamKernel {
  readonly kind: 'stream';
  readonly kernel: Kernel;
  /** The narrowing of float32 values to elements. */
  readonly narrowing?: Narrowing;
}

/** The same value everywhere. */
export interface ResolvedConstant {
  readonly kind: 'constant';
  /** As the dtype holds it; rounded for whole numbers beyond 2^53. */
  readonly value: number;
  /** One element, little-endian; of elements below 8 bits, one byte of them. */
  readonly bytes: readonly number[];
}

/** Values that follow from the index. */
export type ResolvedPattern = Omit<PatternDraw, 'dtype'>;

/** A matrix some of whose values are set to zero. */
export interface ResolvedSparse extends Pick<SparseDraw, 'kind' | 'choice' | 'first'> {
  readonly values: StreamKernel;
}

/** A kernel that the sequence of a generator feeds. */
export interface SequenceKernel {
  readonly kind: SequenceGeneratorName;
  readonly kernel: TorchKernel;
  readonly dtype: TorchDtype;
}

/** An orthogonal matrix. */
export type ResolvedOrthogonal = Omit<OrthogonalDraw, 'dtype' | 'root'>;

/** Codes that are packed into int32, row by row. */
export interface ResolvedPacked extends Pick<PackedDraw, 'kind' | 'columns' | 'bits'> {
  readonly codes: StreamKernel;
}

/** Ranges that are drawn in different ways. At most one kernel among them takes words of a sequence, those of the whole tensor. */
export type ResolvedPieces = Pieces<ResolvedDraw>;

/** Bytes that another checkpoint has: they are copied, so there is no draw. */
export interface Kept {
  readonly kind: 'kept';
}

/** The kernel that takes words of a sequence; undefined if none of the tensor does. */
export function sequenceKernelOf(resolved: ResolvedDraw): SequenceKernel | undefined {
  switch (resolved.kind) {
    case 'torch':
      return resolved;
    case 'pieces':
      return resolved.pieces.map(({ of }) => sequenceKernelOf(of)).find((kernel) => kernel !== undefined);
    default:
      return undefined;
  }
}
