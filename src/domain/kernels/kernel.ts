/**
 * A kernel is the function that turns words into values, here with its parameters: a recipe has one for each shape and dtype.
 * @module
 */
import type { ElementArray } from '../tensors/dtypes.js';
import { fillBits, fillBits64, type Bits64Parameters, type BitsParameters } from './bits.js';
import { fillBoundedNormal, type BoundedNormalParameters } from './bounded-normal.js';
import { fillBoundedNormal64, type BoundedNormal64Parameters } from './bounded-normal64.js';
import {
  fillConstant,
  fillConstant64,
  type Constant64Parameters,
  type ConstantParameters,
} from './constant.js';
import { fillIntegers, type IntegersParameters } from './integers.js';
import {
  fillInversion,
  fillInversion64,
  type Inversion64Parameters,
  type InversionParameters,
} from './inversion.js';
import { mapDoubles, mapFloats, type MapWithin } from './mapped.js';
import { fillNormal, type NormalParameters } from './normal.js';
import { fillNormal64, type Normal64Parameters } from './normal64.js';
import { fillTruncatedNormal, type TruncatedNormalParameters } from './truncated-normal.js';
import { fillTruncatedNormal64, type TruncatedNormal64Parameters } from './truncated-normal64.js';
import { fillTwoValues, type TwoValuesParameters } from './two-values.js';
import { fillUniform, type UniformParameters } from './uniform.js';
import { fillUniform64, type Uniform64Parameters } from './uniform64.js';

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

/**
 * @param out    shape [n], overwritten
 * @param words  n uint32 words; unread by a kernel that is not random
 */
export function runKernel(kernel: FloatKernel, out: Float32Array, words: Uint32Array): void {
  switch (kernel.kind) {
    case 'words':
      new Uint32Array(out.buffer, out.byteOffset, out.length).set(words);
      break;
    case 'constant':
      fillConstant(out, kernel);
      break;
    case 'uniform':
      fillUniform(out, words, kernel);
      break;
    case 'truncated_normal':
      fillTruncatedNormal(out, words, kernel);
      break;
    case 'normal':
      fillNormal(out, words, kernel);
      break;
    case 'bounded_normal':
      fillBoundedNormal(out, words, kernel);
      break;
    case 'inversion':
      fillInversion(out, words, kernel);
      break;
    case 'mapped':
      runKernel(kernel.of, out, words);
      mapFloats(out, kernel);
      break;
  }
}

/**
 * @param out    shape [n], overwritten
 * @param words  2n uint32: n 64-bit words, low half first; unread by a kernel that is not random
 */
export function runDoubleKernel(kernel: DoubleKernel, out: Float64Array, words: Uint32Array): void {
  switch (kernel.kind) {
    case 'constant64':
      fillConstant64(out, kernel);
      break;
    case 'uniform64':
      fillUniform64(out, words, kernel);
      break;
    case 'truncated_normal64':
      fillTruncatedNormal64(out, words, kernel);
      break;
    case 'normal64':
      fillNormal64(out, words, kernel);
      break;
    case 'bounded_normal64':
      fillBoundedNormal64(out, words, kernel);
      break;
    case 'inversion64':
      fillInversion64(out, words, kernel);
      break;
    case 'mapped64':
      runDoubleKernel(kernel.of, out, words);
      mapDoubles(out, kernel);
      break;
  }
}

/**
 * @param out    shape [n], overwritten: integers, float32 or float64
 * @param words  for each of n elements the word or two that it takes
 */
export function runWholeKernel(kernel: WholeKernel, out: ElementArray, words: Uint32Array): void {
  switch (kernel.kind) {
    case 'integers':
      fillIntegers(out, words, kernel);
      break;
    case 'two_values':
      fillTwoValues(out, words, kernel);
      break;
    case 'bits':
      fillBits(out, words);
      break;
    case 'bits64':
      fillBits64(out, words);
      break;
  }
}
