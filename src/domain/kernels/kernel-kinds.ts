/**
 * A kernel is the function that turns words into values, here with its parameters: a recipe has one for each shape and dtype. This file
 * computes nothing: kernel.ts does.
 * @module
 */
import type { Bits64Parameters, BitsParameters } from './bits.js';
import type { BoundedNormalParameters } from './bounded-normal.js';
import type { BoundedNormal64Parameters } from './bounded-normal64.js';
import type { Constant64Parameters, ConstantParameters } from './constant.js';
import type { IntegersParameters } from './integers.js';
import type { Inversion64Parameters, InversionParameters } from './inversion.js';
import type { MapWithin } from './mapped.js';
import type { NormalParameters } from './normal.js';
import type { Normal64Parameters } from './normal64.js';
import type { TruncatedNormalParameters } from './truncated-normal.js';
import type { TruncatedNormal64Parameters } from './truncated-normal64.js';
import type { TwoValuesParameters } from './two-values.js';
import type { UniformParameters } from './uniform.js';
import type { Uniform64Parameters } from './uniform64.js';

/** The words themselves, as bit patterns, for stochastic rounding. */
export interface WordsParameters {
  readonly kind: 'words';
}

/** Kernels of float32 values, from which halves and codes are made as well; each element takes a 32-bit word. */
export type FloatKernel =
  | WordsParameters
  | ConstantParameters
  | UniformParameters
  | TruncatedNormalParameters
  | NormalParameters
  | BoundedNormalParameters
  | InversionParameters
  | MappedParameters;

/** A map of each value of another kernel. */
export interface MappedParameters extends MapWithin {
  readonly kind: 'mapped';
  readonly of: FloatKernel;
}

/** Kernels of float64 values; each element takes a 64-bit word. */
export type DoubleKernel =
  | Constant64Parameters
  | Uniform64Parameters
  | TruncatedNormal64Parameters
  | Normal64Parameters
  | BoundedNormal64Parameters
  | Inversion64Parameters
  | Mapped64Parameters;

export interface Mapped64Parameters extends MapWithin {
  readonly kind: 'mapped64';
  readonly of: DoubleKernel;
}

/**
 * Kernels of whole numbers and of two values, which are the same in every dtype that holds them. Halves and 8-bit floats are made from
 * float32.
 */
export type WholeKernel = IntegersParameters | TwoValuesParameters | BitsParameters | Bits64Parameters;

/** The kernels that streams of words feed. torch's sequence feeds kernels of its own: domain/torch. */
export type Kernel = FloatKernel | DoubleKernel | WholeKernel;

export function isDouble(kernel: Kernel): kernel is DoubleKernel {
  switch (kernel.kind) {
    case 'constant64':
    case 'uniform64':
    case 'truncated_normal64':
    case 'normal64':
    case 'bounded_normal64':
    case 'inversion64':
    case 'mapped64':
      return true;
    default:
      return false;
  }
}

export function isWhole(kernel: Kernel): kernel is WholeKernel {
  switch (kernel.kind) {
    case 'integers':
    case 'two_values':
    case 'bits':
    case 'bits64':
      return true;
    default:
      return false;
  }
}

export const isFloat = (kernel: Kernel): kernel is FloatKernel => !isDouble(kernel) && !isWhole(kernel);

/** The number of uint32 words that an element takes, if the kernel takes words. */
export const wordsPerElement = (kernel: Kernel): 1 | 2 =>
  isDouble(kernel) || kernel.kind === 'integers' || kernel.kind === 'bits64' ? 2 : 1;

/** Checks whether the kernel takes words. */
export const isRandom = (kernel: Kernel): boolean =>
  kernel.kind !== 'constant' && kernel.kind !== 'constant64';
