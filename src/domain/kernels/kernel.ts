/**
 * Kernels, and what they compute: the scalar specification of values from words.
 * @module
 */
import type { ElementArray } from '../tensors/dtypes.js';
import { fillBits, fillBits64 } from './bits.js';
import { fillBoundedNormal } from './bounded-normal.js';
import { fillBoundedNormal64 } from './bounded-normal64.js';
import { fillConstant, fillConstant64 } from './constant.js';
import { fillIntegers } from './integers.js';
import { fillInversion, fillInversion64 } from './inversion.js';
import type { DoubleKernel, FloatKernel, WholeKernel } from './kernel-kinds.js';
import { mapDoubles, mapFloats } from './mapped.js';
import { fillNormal } from './normal.js';
import { fillNormal64 } from './normal64.js';
import { fillTruncatedNormal } from './truncated-normal.js';
import { fillTruncatedNormal64 } from './truncated-normal64.js';
import { fillTwoValues } from './two-values.js';
import { fillUniform } from './uniform.js';
import { fillUniform64 } from './uniform64.js';

export * from './kernel-kinds.js';

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
