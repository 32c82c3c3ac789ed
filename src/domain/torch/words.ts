/**
 * How many words a draw takes and whether a normal is left over, known before a word is drawn: from the kernel, the dtype, the size,
 * and whether an earlier draw left a normal.
 * @module
 */
import {
  countFirstUniforms,
  countNewPairs,
  countNormals,
  isRedone,
  NORMAL_BLOCK,
  WORDS_PER_PAIR,
  wordsPerUniform,
} from './normal-layout.js';
import type { TorchDtype, TorchKernel } from './torch-draw.js';

/**
 * @param elementCount  of the whole tensor
 * @param cached        whether the second normal of an earlier pair waits
 * @returns             the 32-bit words that the whole draw takes
 */
export function countWords(
  kernel: TorchKernel,
  dtype: TorchDtype,
  elementCount: number,
  cached: boolean,
): number {
  if (kernel.kind === 'torch_uniform') return wordsPerUniform(dtype) * elementCount;
  const normals = countNormals(kernel, elementCount);
  if (normals < NORMAL_BLOCK) return WORDS_PER_PAIR * countNewPairs(normals, cached);
  const redone = isRedone(normals) ? NORMAL_BLOCK : 0;
  return wordsPerUniform(dtype) * (countFirstUniforms(dtype, normals) + redone);
}

/** Whether a normal waits after the draw; the parameters of `countWords`. */
export function leavesCached(
  kernel: TorchKernel,
  _dtype: TorchDtype,
  elementCount: number,
  cached: boolean,
): boolean {
  const normals = countNormals(kernel, elementCount);
  if (normals >= NORMAL_BLOCK) return cached;
  return (normals + (cached ? 1 : 0)) % 2 === 1;
}
