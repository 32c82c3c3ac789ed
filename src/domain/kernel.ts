/**
 * A kernel and its parameters, ready to run: what a recipe becomes once shape and dtype are known.
 * @module
 */
import { fillConstant, type ConstantParameters } from './kernels/constant.js';
import { fillTruncatedNormal, type TruncatedNormalParameters } from './kernels/truncated-normal.js';
import { fillUniform, type UniformParameters } from './kernels/uniform.js';

export type Kernel = ConstantParameters | UniformParameters | TruncatedNormalParameters;

/** Whether the kernel's values depend on the stream at all. */
export const isRandom = (kernel: Kernel): boolean => kernel.kind !== 'constant';

/**
 * @param out    shape [n], overwritten
 * @param words  n uint32 words; unread by a kernel that is not random
 */
export function runKernel(kernel: Kernel, out: Float32Array, words: Uint32Array): void {
  switch (kernel.kind) {
    case 'constant':
      fillConstant(out, kernel);
      break;
    case 'uniform':
      fillUniform(out, words, kernel);
      break;
    case 'truncated_normal':
      fillTruncatedNormal(out, words, kernel);
      break;
  }
}
