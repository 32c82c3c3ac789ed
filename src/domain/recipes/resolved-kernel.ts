/**
 * What a distribution is drawn with: a kernel of the generator's own, with its parameters.
 * @module
 */
import type { Kernel } from '../kernels/kernel.js';
import type { Narrowing } from '../kernels/narrowing.js';
import type { SequenceGeneratorName } from '../streams/generators.js';
import type { TorchDtype, TorchKernel } from '../torch/torch-draw.js';

export type ResolvedKernel = StreamKernel | SequenceKernel;

/** A kernel that streams of words feed, or a constant, which takes no words. */
export interface StreamKernel {
  readonly generator?: undefined;
  readonly kernel: Kernel;
  /** The narrowing of float32 values to elements. */
  readonly narrowing?: Narrowing;
}

/** A kernel that the sequence of a generator feeds. */
export interface SequenceKernel {
  readonly generator: SequenceGeneratorName;
  readonly kernel: TorchKernel;
  readonly dtype: TorchDtype;
  readonly narrowing?: undefined;
}

export const isSequenceKernel = (resolved: ResolvedKernel): resolved is SequenceKernel =>
  resolved.generator !== undefined;
